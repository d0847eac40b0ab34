"""The workbench: the list, the page of a matter, the contact, photos, the receipt."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.files import response as file_response
from sanshe.kernel.flow import Flow
from sanshe.kernel.http import once, posts_only, sign_in_first

from .. import actions
from ..access import HotTopicAccess, MatterAccess, OversightAccess
from ..beside import beside
from ..flow_parts import ASSIST, CALLBACK, EXTENSION, OBJECTION, OVERSIGHT
from ..forms.filters import WorkFilter
from ..models import Assist, CallBack, Extension, Matter, Objection, OversightOrder
from ..orders import topic_of_order
from ..paging import page_by_key
from ..queries import matter_page, subject_name, unit_choices, worklist
from ..same.finding import merged_with
from ..sentences import lead
from ..suggesting.view import proposals_of, suggestion_for
from ..window import living_elsewhere, materials_of, photos_of
from ..words import OPEN, RUNNING, MaterialState, MatterState

VERBS = ("work", "triage", "contact", "receipt", "handle", "add", "merge", "relay", "review")
PARTS: tuple[tuple[str, type[Any], Flow[Any]], ...] = (
    ("督办", OversightOrder, OVERSIGHT),
    ("协办", Assist, ASSIST),
    ("延期申请", Extension, EXTENSION),
    ("对分流的异议", Objection, OBJECTION),
    ("差评回访", CallBack, CALLBACK),
)


@require_GET
@posts_only
def work_list(request: HttpRequest) -> HttpResponse:
    """The matters that a post covers, narrowed, newest first, page by key."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    now = clock.now()
    form = WorkFilter(request.GET or None, units=list(unit_choices(viewer)))
    chosen = form.chosen()
    page = page_by_key(worklist(viewer, chosen, now), request.GET.get("after", ""), request.GET.get("before", ""), 30)
    context = {"page": page, "form": form, "narrowed": any(chosen.values()), "running": RUNNING, "open": OPEN}
    context["hot"] = HotTopicAccess.q(viewer) is not False
    return render(request, "matters/list.html", context)


@require_GET
@sign_in_first
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One matter for those who work on it; its reporter is led to the page of progress."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    matter = matter_page(viewer, pk)
    verbs = MatterAccess.verbs(viewer, matter, VERBS)
    if "work" not in verbs:
        return HttpResponseRedirect(matter.progress_url)
    return render(request, "matters/page.html", _page_context(viewer, matter, verbs))


def _page_context(viewer: Viewer, matter: Matter, verbs: set[str]) -> dict[str, Any]:
    now, materials = clock.now(), materials_of(matter)
    received = matter.state == MatterState.RECEIVED
    return {
        "matter": matter,
        "lead": lead(matter, now),
        "verbs": verbs,
        "subject": subject_name(matter.subject),
        "photos": photos_of(matter) if matter.has_photos else [],  # type: ignore[attr-defined]
        **(_suggested(matter, now) if received and "triage" in verbs else {}),
        "parts": _parts(viewer, matter, now),
        "beside": beside(viewer, matter),
        "materials": materials,
        "sent": sum(m.state == MaterialState.SENT for m in materials),
        "may_settle": matter.is_open and bool({"handle", "relay"} & verbs),
        "may_judge": matter.is_open and "review" in verbs,
        "living": living_elsewhere(matter),
        "accepted": matter.state in (MatterState.HANDLING, MatterState.WAITING),
        "today": clock.local(now).date(),
        "triages": list(matter.triages.select_related("criterion", "by", "unit").order_by("-at")),
        "handlings": _handlings(matter),
        "running": matter.state in RUNNING,
        "merged": merged_with(viewer, matter) if matter.has_merged else [],  # type: ignore[attr-defined]
        "may_be_same": matter.state in OPEN and "merge" in verbs,
        "has_contact": bool(matter.contact_phone or matter.contact_name or matter.person_id),
    }  # fmt: skip


def _suggested(matter: Matter, now: Any) -> dict[str, Any]:
    """The suggestion for the triage, for who decides it."""
    suggestion = suggestion_for(matter, now)
    others = [p for p in proposals_of(suggestion, now) if p.criterion.pk != suggestion.criterion_id]
    subject = subject_name(suggestion.subject) if suggestion.subject != matter.subject else ""
    return {"suggestion": suggestion, "suggestion_others": others, "suggestion_subject": subject}


def _handlings(matter: Matter) -> list[Any]:
    """The completed rounds with their ratings, newest first; no query while there can be none."""
    if not matter.done_at and not matter.reopened:
        return []
    return list(matter.handlings.select_related("rating").order_by("-round"))


def _parts(viewer: Viewer, matter: Matter, now: Any) -> list[dict[str, Any]]:
    """What hangs on the matter, each with its buttons: a query a kind, none where nothing does."""
    found: list[dict[str, Any]] = []
    if not matter.has_parts:  # type: ignore[attr-defined]
        return found
    for label, model, flow in PARTS:
        rows = list(flow.access.rows(viewer).filter(matter=matter).select_related(*flow.related).order_by("-pk"))
        for row in rows:
            open_now = any(flow.state(row) in step.sources for step in flow.steps)
            named = row.get_about_display() if model is Objection else label
            group = topic_of_order(row) is not None if model is OversightOrder else False
            found.append({"label": "整组督办" if group else named, "row": row, "kind": model._meta.model_name,
                          "group": group and OversightAccess.may(viewer, "answer", row),
                          "offers": flow.offers(row, viewer, now) if open_now else []})  # fmt: skip
    return found


@sign_in_first
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Name and phone of the reporter, after a reason was given; each look is logged.

    Not `@once`: nothing changes but the log, and a second look is a second look.
    """
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    matter = MatterAccess.get(viewer, pk, "contact")
    context: dict[str, Any] = {"matter": matter, "error": ""}
    status = 200
    if request.method == "POST":
        try:
            name, phone = actions.show_contact(
                matter_id=pk, reason=request.POST.get("reason", ""), by=viewer, now=clock.now()
            )
            context |= {"name": name, "phone": phone, "shown": True}
        except Invalid as error:
            context["error"], status = error.sentence, 422
    return render(request, "matters/contact.html", context, status=status)


@require_GET
@sign_in_first
def photo(request: HttpRequest, pk: int, photo: int) -> HttpResponse:
    """A photo of a matter, for who sees the matter."""
    matter = MatterAccess.get(request.viewer, pk)  # type: ignore[attr-defined]
    found = matter.attachments.select_related("file").filter(pk=photo).first()
    if found is None:
        raise NotVisible()
    return file_response(found.file)  # type: ignore[return-value]


@require_POST
@once
@sign_in_first
def print_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk prints a receipt again; that is written down, for it holds the way to the page of progress."""
    matter = actions.note_receipt(matter_id=pk, by=request.viewer, now=clock.now())  # type: ignore[attr-defined]
    return HttpResponseRedirect(reverse("matters:receipt", kwargs={"token": matter.token}))
