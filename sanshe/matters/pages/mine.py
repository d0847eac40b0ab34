"""One's own matters on the phone, "me too", and what one says of a putting right."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, WrongState
from sanshe.kernel.http import once, put_errors, sign_in_first

from .. import actions
from ..access import CallBackAccess
from ..catalogue import drafts_of
from ..flow_parts import CALLBACK
from ..forms.rating import SatisfiedForm
from ..mine import closed_of_mine, followed, open_of_mine, waiting_for_me
from ..paging import page_by_key
from ..queries import by_token, public_matter


@require_GET
@sign_in_first
def mine(request: HttpRequest) -> HttpResponse:
    """What waits for me first, then what is under way, what I follow, what is over."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    page = page_by_key(closed_of_mine(viewer), request.GET.get("after", ""), request.GET.get("before", ""))
    turned = bool(request.GET.get("after") or request.GET.get("before"))
    context = {
        "page": page,
        "turned": turned,
        "waiting": [] if turned else waiting_for_me(viewer, clock.now()),
        "open": [] if turned else list(open_of_mine(viewer)[:50]),
        "followed": [] if turned else followed(viewer),
        "drafts": [] if turned else drafts_of(viewer, clock.today()),
    }
    return render(request, "matters/mine.html", context)


@require_POST
@once
@sign_in_first
def support(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """ "Me too", or taking it back."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    matter = public_matter(viewer, number)
    if step == "back":
        actions.take_back_support(matter_id=matter.pk, by=viewer, now=clock.now())
        messages.success(request, "已收回，不再提醒您。")
    else:
        actions.support(matter_id=matter.pk, by=viewer, now=clock.now())
        messages.success(request, "记下了。办结时会告诉您；您的名字不会公开。")
    return HttpResponseRedirect(matter.get_absolute_url())


@once
def satisfied(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """Whether the putting right satisfies, by who holds the receipt. Only a sent form counts, once."""
    matter, holder = by_token(request.viewer, token)  # type: ignore[attr-defined]
    callback = CallBackAccess.get(holder, pk, "say")
    form = SatisfiedForm(request.POST or None)
    back, status = matter.progress_url, 200
    if request.method == "POST":
        if form.is_valid():
            try:
                actions.say_satisfied(callback_id=pk, by=holder, now=clock.now(), **form.cleaned_data)
                messages.success(request, "谢谢您，已记下。")
                return HttpResponseRedirect(back)
            except Invalid as error:
                put_errors(form, error)
            except WrongState as error:
                form.add_error(None, error.sentence)
        status = 422
    context = {"obj": matter, "callback": callback, "form": form, "back": back, "flow": CALLBACK,
               "step": CALLBACK.step("say")}  # fmt: skip
    return render(request, "matters/satisfied.html", context, status=status)
