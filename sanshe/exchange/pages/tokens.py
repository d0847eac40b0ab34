"""One's own tokens, and how programs connect."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from sanshe.kernel import clock, crypto, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.kernel.http import once, put_errors, sign_in_first

from .. import actions, queries
from ..forms import TokenForm

_HANDED = "exchange_token"


@sign_in_first
@once
def tokens(request: HttpRequest) -> HttpResponse:
    """List one's tokens and make one."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = actions.make_token(**form.cleaned_data, by=viewer, now=clock.now())
        except Invalid as error:
            put_errors(form, error)
        else:
            request.session[_HANDED] = crypto.encrypt(secret, _HANDED)
            return HttpResponseRedirect(reverse("exchange:tokens"))
    now = clock.now()
    rows = queries.tokens(viewer)
    for token in rows:
        token.live = token.works(now)  # type: ignore[attr-defined]
    handed = request.session.pop(_HANDED, "") if request.method == "GET" else ""
    context = {
        "tokens": rows, "form": form, "secret": crypto.decrypt(handed, _HANDED) if handed else "",
        "calls": queries.calls_of(viewer, limit=20, token__user=viewer.user_id),
    }  # fmt: skip
    return render(request, "exchange/tokens.html", context, status=422 if form.errors else 200)


@sign_in_first
@require_http_methods(["POST"])
@once
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's tokens."""
    actions.revoke_token(token_id=pk, by=request.viewer, now=clock.now())  # type: ignore[attr-defined]
    messages.success(request, "令牌已撤销，使用它的程序不能再读取或办理。")
    return HttpResponseRedirect(reverse("exchange:tokens"))


@require_GET
def guide(request: HttpRequest) -> HttpResponse:
    """How programs and systems connect, in Chinese."""
    context = {
        "base": settings.SANSHE_BASE_URL,
        "minutes": params.get("intake.signed_minutes").value,
        "often": params.get("intake.token_minutely").value,
    }
    return render(request, "exchange/guide.html", context)
