"""The auditor's pages: the audit by person, object and time, and the soundness of its chain."""

from __future__ import annotations

from django.apps import apps
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from sanshe.kernel import clock
from sanshe.kernel.audit import SealHead
from sanshe.kernel.errors import NotVisible
from sanshe.kernel.http import once, sign_in_first

from . import actions, queries
from .forms import AuditForm
from .pages import _viewer, keyed
from .words import Role


def _kinds() -> list[tuple[str, str]]:
    """Return the models of our own modules with their Chinese names, for the filter."""
    return sorted(
        (m._meta.label, str(m._meta.verbose_name))
        for m in apps.get_models()
        if m.__module__.startswith("sanshe.") and m._meta.app_label != "kernel"
    )


@sign_in_first
def entries(request: HttpRequest) -> HttpResponse:
    """List audit entries, newest first."""
    viewer = _viewer(request)
    if not viewer.holds(Role.AUDITOR):
        raise NotVisible()
    kinds = _kinds()
    form = AuditForm(request.GET or None, kinds=kinds)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    actors = queries.users_named(chosen["who"]) if chosen.get("who") else None
    rows = queries.audit_entries(
        viewer,
        actors=actors,
        kind=chosen.get("kind", ""),
        object_id=chosen.get("number"),
        since=chosen.get("since"),
        until=chosen.get("until"),
    )
    page = keyed(rows, request, 50)
    context = {
        "form": form,
        "page": page,
        "labels": dict(kinds),
        "head": SealHead.objects.order_by("-era").first(),
        "last_check": queries.last_verification(viewer),
    }
    return render(request, "accounts/audit.html", context, status=422 if form.errors else 200)


@sign_in_first
@require_http_methods(["POST"])
@once
def verify(request: HttpRequest) -> HttpResponse:
    """Read the whole chain again and write down the result."""
    verdict = actions.verify_audit(by=_viewer(request), now=clock.now())
    if verdict.sound:
        messages.success(request, f"核对完毕：已封存的 {verdict.sealed} 条记录未被改动或删除。")
    else:
        messages.error(request, verdict.problem)
    return HttpResponseRedirect(reverse("accounts:audit"))
