"""Triage one after another: the desk decides each matter by keyboard, the next one follows by itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sanshe.accounts.public import Role
from sanshe.areas.public import handling_units_for
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from sanshe.kernel.http import once, posts_only, put_errors

from .. import actions, batch
from ..access import MatterAccess
from ..forms.batch import BatchForm, decision
from ..forms.steps import unit_choices
from ..models import Matter
from ..queries import subject_name
from ..suggesting.view import proposals_of, suggestion_for
from ..words import Route

ACTIONS = {
    Route.GOVERNMENT: actions.triage_government,
    Route.JOINT: actions.triage_joint,
    Route.SELF: actions.triage_self,
}
#: Under this name the session keeps what was skipped and done today, so that one comes back to the same place.
PLACE = "triage_batch"
#: So many of the decided ones are listed beside the form.
SHOWN = 6


@once
@posts_only
def one_after_another(request: HttpRequest) -> HttpResponse:
    """The next matter with its suggestion and a form; POST decides it or skips it, and leads to the next."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.holds(Role.FRONT_DESK):
        raise NotVisible()
    place = _place(request)
    if request.method != "POST":
        if "again" in request.GET:
            place["skipped"] = []
            request.session[PLACE] = place
        given = request.GET.get("matter", "")
        wanted = int(given) if given.isdigit() and len(given) < 18 else None
        found = batch.next_for(viewer, place["skipped"], wanted)
        return _page(request, viewer, found, place)
    given = request.POST.get("matter", "")
    pk = int(given) if given.isdigit() and len(given) < 18 else 0
    matter = MatterAccess.get(viewer, pk)
    if "skip" in request.POST:
        batch.let_go(matter.pk, viewer)
        place["skipped"] = [*(one for one in place["skipped"] if one != matter.pk), matter.pk]
        request.session[PLACE] = place
        return HttpResponseRedirect(reverse("matters:batch"))
    return _decide(request, viewer, matter, place)


def _place(request: HttpRequest) -> dict[str, Any]:
    """Where one was: what was skipped and done on this day."""
    today = clock.today().isoformat()
    kept = request.session.get(PLACE)
    if not isinstance(kept, dict) or kept.get("day") != today:
        kept = {"day": today, "skipped": [], "done": []}
    return kept


def _form(matter: Matter, data: Any = None) -> tuple[BatchForm, dict[str, Any]]:
    now = clock.now()
    suggestion = suggestion_for(matter, now)
    proposals = proposals_of(suggestion, now)
    criteria = batch.choices(now)
    units = list(handling_units_for(matter.area, clock.today()))
    about = batch.about(criteria, units)
    current = next((c for c in criteria if suggestion.criterion and c.code == suggestion.criterion.code), None)
    first = batch.first_reason(suggestion) if current is not None else ""
    initial: dict[str, Any] = {"public": True}
    if suggestion.certain and current is not None:
        known = about[str(current.pk)]
        initial |= {"criterion": str(current.pk), "reason": first, "guidance": known["guidance"],
                    "host_unit": str(suggestion.unit_id or known["unit"])}  # fmt: skip
    form = BatchForm(
        data, initial=initial, criteria=criteria, units=unit_choices(matter),
        near=[p.criterion.pk for p in proposals], first=first, suggestion=suggestion,
    )  # fmt: skip
    others = [p for p in proposals if p.criterion.pk != suggestion.criterion_id]
    shown = {"suggestion": suggestion, "suggestion_others": others, "about": about,
             "suggestion_subject": subject_name(suggestion.subject) if suggestion.subject != matter.subject else "",
             "pieces": batch.marked(matter.text, suggestion.words)}  # fmt: skip
    return form, shown


def _decide(request: HttpRequest, viewer: Viewer, matter: Matter, place: dict[str, Any]) -> HttpResponse:
    form, shown = _form(matter, request.POST)
    if not form.is_valid():
        return _again(request, viewer, matter, form, shown, place, 422)
    route = form.cleaned_data["route"]
    try:
        done = ACTIONS[route](**decision(matter, form.cleaned_data), by=viewer, now=clock.now())
    except Invalid as error:
        put_errors(form, error)
        return _again(request, viewer, matter, form, shown, place, 422)
    except (WrongState, NotAllowed) as error:
        # Somebody else was quicker: what was typed stays on the page, the way on leads to the next one.
        form.add_error(None, error.sentence)
        return _again(request, viewer, matter, form, shown, place, error.status, moved=isinstance(error, WrongState))
    batch.let_go(matter.pk, viewer)
    place["done"] = [*place["done"], done.pk]
    request.session[PLACE] = place
    where = f"，交{done.host_unit.name}" if done.host_unit is not None else ""
    messages.success(request, f"「{done}」已分流为{route.label}{where}。")
    return HttpResponseRedirect(reverse("matters:batch"))


def _again(
    request: HttpRequest, viewer: Viewer, matter: Matter, form: BatchForm, shown: dict[str, Any],
    place: dict[str, Any], status: int, moved: bool = False,
) -> HttpResponse:  # fmt: skip
    found = batch.Next(matter, batch.waiting(viewer).count(), 0)
    return _page(request, viewer, found, place, form, shown, status, moved)


def _page(
    request: HttpRequest, viewer: Viewer, found: batch.Next, place: dict[str, Any], form: BatchForm | None = None,
    shown: dict[str, Any] | None = None, status: int = 200, moved: bool = False,
) -> HttpResponse:  # fmt: skip
    matter = found.matter
    if matter is not None and form is None:
        form, shown = _form(matter)
    last = place["done"][-SHOWN:]
    done = {m.pk: m for m in MatterAccess.rows(viewer).filter(pk__in=last).select_related("criterion", "host_unit")}
    context = {
        "matter": matter, "form": form, "left": found.left, "held": found.held, "moved": moved,
        "done_count": len(place["done"]), "skipped": len(place["skipped"]),
        "done": [done[pk] for pk in reversed(last) if pk in done],
        "photos": list(matter.attachments.select_related("file")) if matter is not None else [],  # type: ignore[attr-defined]
        **(shown or {}),
    }  # fmt: skip
    return render(request, "matters/batch.html", context, status=status)
