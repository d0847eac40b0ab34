"""Requests of the person: asked online or at the desk, answered, the copy fetched."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.http import once, posts_only, put_errors, sign_in_first
from sanshe.kernel.steps import StepPage, step_view

from .. import actions, queries
from ..access import MAY_LOOK, RightsAccess
from ..flow import FLOW
from ..forms import AnswerForm, GrantForm, RequestForm
from ..models import Person
from ..words import RightsKind, RightsState


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


@posts_only
def waiting(request: HttpRequest) -> HttpResponse:
    """Requests of the community: open ones first."""
    viewer = _viewer(request)
    if not queries.answers_requests(viewer):
        raise NotVisible()
    return render(request, "people/requests.html", {"rows": queries.requests_here(viewer)[:200]})


@sign_in_first
def mine(request: HttpRequest) -> HttpResponse:
    """What I asked for, and what I may ask for."""
    viewer = _viewer(request)
    own = queries.person_of(viewer.user_id)
    context = {
        "own": own,
        "rows": queries.requests_of(viewer, own) if own else [],
        "kinds": RightsKind.choices,
        "limit": params.get("people.answer_days"),
    }
    return render(request, "people/my_requests.html", context)


def _ask(request: HttpRequest, person: Person, template_own: bool) -> HttpResponse:
    viewer = _viewer(request)
    kind = request.POST.get("kind") or request.GET.get("kind", "")
    if kind not in RightsKind.values:
        context = {"person": person, "own": template_own, "kinds": RightsKind.choices}
        return render(request, "people/request_kind.html", context, status=422 if request.method == "POST" else 200)
    form = RequestForm(request.POST or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.ask(person_id=person.pk, **form.cleaned_data, by=viewer, now=clock.now())
        except Invalid as error:
            put_errors(form, error)
        else:
            messages.success(request, f"请求已登记，最迟 {clock.local(made.due_at):%Y-%m-%d} 前答复。")
            return HttpResponseRedirect(made.get_absolute_url())
    context = {
        "form": form,
        "kind": RightsKind(kind).label,
        "person": person,
        "own": template_own,
        "limit": params.get("people.answer_days"),
    }
    return render(request, "people/request_new.html", context, status=422 if form.errors else 200)


@sign_in_first
@once
def new(request: HttpRequest) -> HttpResponse:
    """Ask online, for oneself."""
    own = queries.person_of(_viewer(request).user_id)
    if own is None:
        return HttpResponseRedirect(reverse("people:my_requests"))
    return _ask(request, own, True)


@posts_only
@once
def at_the_desk(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a request for someone whose papers were seen."""
    viewer = _viewer(request)
    person = queries.file_of(viewer, pk)
    if MAY_LOOK.q(viewer) is not True:
        raise NotVisible()
    return _ask(request, person, False)


@sign_in_first
def request(request: HttpRequest, pk: int) -> HttpResponse:
    """One request with its answer."""
    viewer = _viewer(request)
    row = RightsAccess.get(viewer, pk, rows=queries.requests())
    fetch = RightsAccess.verbs(viewer, row, {"fetch", "hand_over"})
    stands: list[str] = []
    if row.kind == RightsKind.ERASE and row.state == RightsState.RECEIVED and RightsAccess.may(viewer, "decide", row):
        stands = actions.why_not_erased(row.person, clock.now())
    context: dict[str, Any] = {
        "row": row,
        "own": row.person.user_id is not None and row.person.user_id == viewer.user_id,
        "stands": stands,
        "copy": bool(fetch) and row.kind == RightsKind.COPY and row.state == RightsState.GRANTED,
        "copy_limit": params.get("people.copy_days"),
    }
    return render(request, "people/request.html", context)


@sign_in_first
def copy(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The copy, as a page to keep or print, or as JSON for machines. Each fetching is written down."""
    if form not in ("html", "json"):
        raise NotVisible()
    made = actions.deliver_copy(request_id=pk, by=_viewer(request), now=clock.now())
    answer: HttpResponse
    if form == "json":
        answer = JsonResponse(made.as_data(), json_dumps_params={"ensure_ascii": False, "indent": 2})
    else:
        answer = render(request, "people/copy.html", {"copy": made})
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Disposition"] = f'attachment; filename="copy-{pk}.{form}"'
    return answer


step = step_view(
    FLOW,
    "request_id",
    {
        "grant": StepPage(actions.grant, GrantForm, done="已办理，并已告知本人。"),
        "refuse": StepPage(actions.refuse, AnswerForm, done="已答复，理由已告知本人。"),
        "withdraw": StepPage(actions.withdraw, done="已撤回。"),
    },
)
