"""The window: one form for a matter, a question and an application, by keyboard alone, with and without JavaScript."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST

from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.http import error_response, once, posts_only, put_errors, sign_in_first
from sanshe.people.public import person_card

from .. import actions
from ..actions.applying import said_of
from ..catalogue import item_of, item_typed, items_in_force, known_facts, materials_for
from ..forms.desk import DeskForm
from ..models import ServiceItem
from ..proposal import urgent_in
from ..window import WINDOW, earlier_of, figures, owed_counts, person_met
from ..words import Channel, MatterKind
from .callers import Caller, filled_by, find_caller
from .filing import _placed, _suggest


def _at_the_window(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.holds(*WINDOW):
        raise NotVisible()
    return viewer


def _key(text: Any) -> int | None:
    """A key that was posted; None for what is none."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


@posts_only
def desk(request: HttpRequest) -> HttpResponse:
    """File for a caller. Enter looks the caller up while somebody else is typed than was found, else it files."""
    viewer = _at_the_window(request)
    if request.method != "POST":
        item = item_of(viewer, request.GET.get("service", "")[:20], clock.today())
        first = {"kind": MatterKind.APPLICATION, "service_text": item.name} if item else {}
        return _page(request, DeskForm(initial=first), None, item=item)
    # By POST only: a phone number must not stand in an address, which servers and browsers write down.
    given, typed = request.POST, " ".join(request.POST.get("caller", "").split())
    fresh = bool(typed) and typed != given.get("looked", "")
    if "look" in given or ("enter" in given and fresh) or not ({"kind", "channel"} & set(given)):
        # Not under `once`: nothing is filed yet, and a second look is a second look.
        caller = find_caller(viewer, typed)
        return _page(request, _as_typed(request, caller), caller, looked=True)
    return _take_in(request)


@once
def _take_in(request: HttpRequest) -> HttpResponse:
    viewer, given = _at_the_window(request), request.POST
    caller = _found_before(viewer, request)
    item, likely = item_typed(viewer, given.get("service_text", "")[:80], clock.today())
    form = DeskForm(given if "kind" in given else _with_kind(given), request.FILES)
    valid = form.is_valid()
    area, place = _placed(request, form) if "place_text" in form.cleaned_data else (None, None)
    if valid and form.cleaned_data["kind"] == MatterKind.APPLICATION:
        valid = _application_ready(form, given, item, likely)
    if not valid or area is None or form.errors:
        return _page(request, form, caller, item=item, likely=likely, status=422)
    told = form.cleaned_data
    kind = MatterKind(told["kind"])
    try:
        matter = actions.file_matter(
            text=told["text"], area_id=area, place_text=told["place_text"], place_id=place, subject=told["subject"],
            channel=Channel(told["channel"]), contact_name=told["contact_name"], contact_phone=told["contact_phone"],
            person_id=told["person"], wants_reply=told["wants_reply"], photos=request.FILES.getlist("photos"),
            kind=kind, answer=told["answer"] if kind == MatterKind.QUESTION else "",
            service_id=item.pk if item is not None and kind == MatterKind.APPLICATION else None,
            materials=said_of(given), by=viewer, now=clock.now(),
        )  # fmt: skip
    except Invalid as error:
        put_errors(form, _at_fields(error))
        return _page(request, form, caller, item=item, likely=likely, status=422)
    return HttpResponseRedirect(reverse("matters:filed", kwargs={"token": matter.token}))


def _with_kind(given: Any) -> Any:
    copy = given.copy()
    copy["kind"] = MatterKind.MATTER
    return copy


def _at_fields(error: Invalid) -> Invalid:
    """The action's names as the form's."""
    names = {"service": "service_text", "materials": "service_text"}
    return Invalid({names.get(name, name): sentence for name, sentence in error.errors.items()})


def _application_ready(form: DeskForm, given: Any, item: ServiceItem | None, likely: list[ServiceItem]) -> bool:
    """Whether the item is chosen and its materials were on the screen; else the form says what is missing."""
    if item is None:
        if likely:
            sentence = "有几项都像，请写全名称：" + "、".join(one.name for one in likely) + "。"
        elif form.cleaned_data["service_text"]:
            sentence = "目录里没有这一项，请换个说法，或按“反映事项”登记。"
        else:
            sentence = "请填写要申请的服务事项。"
        form.add_error("service_text", sentence)
        return False
    if given.get("materials_for") != item.code:
        form.add_error("service_text", f"请核对「{item.name}」的材料，再登记。")
        return False
    return True


def _found_before(viewer: Viewer, request: HttpRequest) -> Caller | None:
    """The caller that was found in the step before, without looking anybody up again."""
    looked = request.POST.get("looked", "")
    if not looked:
        return None
    person = person_met(viewer, _key(request.POST.get("person")), clock.now())
    people = [person] if person is not None else []
    return Caller(looked, [person_card(viewer, one) for one in people], people)


def _as_typed(request: HttpRequest, caller: Caller | None) -> DeskForm:
    """The form as it was typed, nothing judged yet, with what the caller's file fills in."""
    typed = {name: value for name, value in request.POST.items() if name in DeskForm.base_fields}
    typed["wants_reply"] = "wants_reply" in request.POST or "kind" not in request.POST
    typed["person"] = ""
    for name, value in filled_by(caller).items():
        if not typed.get(name) or name in ("person", "area"):
            typed[name] = value
    return DeskForm(initial=typed)


def _page(
    request: HttpRequest, form: DeskForm, caller: Caller | None, *, item: ServiceItem | None = None,
    likely: list[ServiceItem] | None = None, looked: bool = False, status: int = 200,
) -> HttpResponse:  # fmt: skip
    viewer, now = _at_the_window(request), clock.now()
    today = clock.today()
    if item is None and request.method == "POST":
        item = item_typed(viewer, request.POST.get("service_text", "")[:80], today)[0]
    place = str(form["place_text"].value() or "")
    text = str(form["text"].value() or "")
    if looked and caller is not None:
        stop = "text" if caller.cards else "contact_name"
        if len(caller.cards) < 2 and form["kind"].value() != MatterKind.APPLICATION:
            form.fields[stop].widget.attrs["autofocus"] = True
    elif not form.is_bound:
        form.fields["caller"].widget.attrs["autofocus"] = True
    context = {
        "form": form,
        "caller": caller,
        "found": _suggest(place) if request.method == "POST" and not form["area"].value() else [],
        "earlier": earlier_of(viewer, caller.phone, caller.people) if caller else [],
        "services": items_in_force(viewer, today).only("code", "name", "field"),
        "likely": likely or [],
        "urgent": urgent_in(text, today) if text else None,
        "figures": figures(viewer, today.replace(day=1)),
        **owed_counts(viewer, today),
        "similar_url": _similar_url(),
        "several": len(caller.cards) > 1 if caller else False,
        **_materials(viewer, item, request, now),
    }
    return render(request, "matters/desk.html", context, status=status)


def _similar_url() -> str:
    try:
        return reverse("matters:similar")
    except NoReverseMatch:
        return ""


def _materials(viewer: Viewer, item: ServiceItem | None, request: HttpRequest, now: Any) -> dict[str, Any]:
    """What the fragment of the materials shows: each with what was said of it, or that the index knows it."""
    if item is None:
        return {"item": None}
    person = person_met(viewer, _key(request.POST.get("person")), now)
    today = clock.local(now).date()
    rows, said = materials_for(item, known_facts(person, today)), said_of(request.POST)
    last = clock.local(clock.add_working_days(now, int(params.get("window.later_days", on=today).value))).date()
    return {
        "item": item,
        "rows": [{"m": row, "said": said.get(row.position, ("", None))} for row in rows],
        "known": sum(row.known for row in rows),
        "person_known": person is not None,
        "today": today,
        "last": last,
    }


@require_POST
@posts_only
def materials(request: HttpRequest) -> HttpResponse:
    """The materials of the item that is typed, as a fragment."""
    viewer = _at_the_window(request)
    item, likely = item_typed(viewer, request.POST.get("service_text", "")[:80], clock.today())
    context = {"likely": likely, "typed": request.POST.get("service_text", ""), **_materials(
        viewer, item, request, clock.now())}  # fmt: skip
    return render(request, "matters/_materials.html", context)


@require_POST
@once
@sign_in_first
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """A material that was to come later is there."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    try:
        matter = actions.settle_material(
            material_id=pk, state=request.POST.get("state", ""), by=viewer, now=clock.now()
        )
    except Invalid as error:
        return error_response(request, 422, error.sentence)
    messages.success(request, "已记下。")
    if request.GET.get("back") == "owed":
        return HttpResponseRedirect(reverse("matters:owed"))
    return HttpResponseRedirect(matter.get_absolute_url())


@require_POST
@posts_only
def sounds(request: HttpRequest) -> HttpResponse:
    """Whether the text sounds urgent, as a fragment: what to tell the caller at once."""
    _at_the_window(request)
    text = request.POST.get("text", "").replace("\x00", "")[:5000]
    return render(request, "matters/_urgent.html", {"urgent": urgent_in(text, clock.today()) if text else None})
