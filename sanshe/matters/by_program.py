"""The steps of a matter for programs: the same forms and the same actions as the pages have.

A program gives the fields by the names that `offers` told it; what is wrong is said field by field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model
from django.utils.datastructures import MultiValueDict

from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from sanshe.kernel.flow import Flow
from sanshe.kernel.steps import StepPage

from .access import MatterAccess
from .flow import FLOW
from .models import Matter


def matter_of(viewer: Viewer, number: str) -> Matter:
    """The matter of that number that the viewer may see. Raises NotVisible."""
    found = MatterAccess.rows(viewer).filter(number=number).first()
    if found is None:
        raise NotVisible("没有找到这个编号的事项，或者它不在您可以查看的范围内。")
    return found


def offers(viewer: Viewer, number: str) -> dict[str, Any]:
    """What may be done with a matter now, each with the fields that it takes."""
    from .pages.steps import PAGES

    matter = matter_of(viewer, number)
    return {
        "number": matter.number, "state": matter.state, "version": version_of(matter),
        "steps": _offered(FLOW, matter, viewer, PAGES),
    }  # fmt: skip


def version_of(obj: Model) -> str:
    """Which form of a matter or of a part a program has seen: it changes with every step."""
    last = audit.last_step(obj)
    return str(last.pk if last is not None else 0)


def _unchanged(obj: Any, flow: Flow[Any], seen: str) -> None:
    """Raises WrongState, with who was quicker, when the thing is not in the form that the program has seen."""
    if seen and seen != version_of(obj):
        last = audit.last_step(obj)
        quicker = f"{last.told()}（{clock.say_moment(last.at)}）。" if last is not None else ""
        state = flow.state(obj).label
        raise WrongState(f"{quicker}这件{flow.title}在您读取之后有变化，现在是「{state}」，请重新读取后再办理。")


def _offered(flow: Flow[Any], obj: Any, viewer: Viewer, pages: Mapping[str, StepPage]) -> list[dict[str, Any]]:
    found = []
    for offer in flow.offers(obj, viewer):
        page = pages.get(offer.step.name)
        if page is None:
            continue
        form = _form(page.form, obj, viewer, None, None)
        found.append(
            {
                "name": offer.step.name, "label": offer.step.label, "allowed": offer.allowed, "why": offer.why,
                "fields": [_field(name, field) for name, field in form.fields.items()],
            }
        )  # fmt: skip
    return found


def part_offers(viewer: Viewer, number: str) -> dict[str, Any]:
    """What hangs on a matter (协办, 延期, 督办, 异议, 回访 …), what is asked there, what may be done with it now."""
    from .pages.steps import PARTS

    matter = matter_of(viewer, number)
    found = []
    for kind, (flow, _, pages) in PARTS.items():
        rows = flow.access.rows(viewer).filter(matter=matter).select_related(*flow.related).order_by("pk")
        found += [_part(kind, flow, row, _offered(flow, row, viewer, pages)) for row in rows]
    return {"number": matter.number, "state": matter.state, "parts": found}


def waiting_parts(viewer: Viewer, limit: int = 100) -> list[dict[str, Any]]:
    """The parts that wait for the viewer's posts, most urgent first, each with the number of its matter."""
    from .pages.steps import PARTS

    found = []
    for kind, (flow, _, pages) in PARTS.items():
        for todo in flow.todos(viewer, limit):
            found.append(_part(kind, flow, todo.obj, _offered(flow, todo.obj, viewer, pages)))
    found.sort(key=lambda part: (part["due_at"] is None, part["due_at"], part["id"]))
    return found[:limit]


def _part(kind: str, flow: Flow[Any], row: Any, steps: list[dict[str, Any]]) -> dict[str, Any]:
    state = flow.state(row)
    unit, asked = getattr(row, "unit", None), ""
    for name in ("part", "requirement"):  # the words of a unit or an officer, never of a resident
        asked = asked or str(getattr(row, name, "") or "")
    if kind == "extension":
        asked = f"延长 {row.days} 个工作日：{row.reason}"
    return {
        "kind": kind, "id": row.pk, "label": flow.title, "number": row.matter.number, "state": str(state),
        "state_label": str(state.label), "version": version_of(row),
        "unit": unit.name if unit is not None else "", "asked": asked, "due_at": getattr(row, "due_at", None),
        "steps": steps,
    }  # fmt: skip


def take_part_step(
    viewer: Viewer, number: str, kind: str, part_id: int, step: str, fields: Mapping[str, Any], seen: str = ""
) -> dict[str, Any]:
    """Take a step of a part, as its page would. Raises NotVisible, NotAllowed, WrongState or Invalid."""
    from .pages.steps import PARTS

    if kind not in PARTS:
        raise NotVisible()
    flow, key, pages = PARTS[kind]
    row = flow.access.rows(viewer).filter(pk=part_id, matter__number=number).select_related(*flow.related).first()
    if row is None:
        raise NotVisible("没有找到这件事项的这一部分，或者它不在您可以查看的范围内。")
    page = pages.get(step)
    _ready(flow, step, page, row, viewer)
    _unchanged(row, flow, seen)
    assert page is not None
    page.action(**{key: row.pk}, **_cleaned(page, row, viewer, fields, ()), by=viewer, now=clock.now())
    after = flow.model._default_manager.select_related(*flow.related).get(pk=row.pk)
    return _part(kind, flow, after, _offered(flow, after, viewer, pages))


def _ready(flow: Flow[Any], step: str, page: StepPage | None, obj: Any, viewer: Viewer) -> None:
    """Raises NotVisible for a step that there is not, NotAllowed, or WrongState."""
    found = flow.step(step)
    if page is None or found.hidden or not flow.access.may(viewer, found.verb, obj):
        raise NotAllowed(f"「{found.label}」这一步不由您办理。")
    if flow.state(obj) not in found.sources:
        raise WrongState(flow._moved_on(obj, found))


def take_step(
    viewer: Viewer, number: str, step: str, fields: Mapping[str, Any], photos: Sequence[UploadedFile[Any]] = (),
    seen: str = "",
) -> Matter:  # fmt: skip
    """Take a step, as its page would. Raises NotVisible, NotAllowed, WrongState or Invalid, with their sentences.

    `seen`: the version that the program has read; when it is another by now, nothing is done.
    """
    from .pages.steps import PAGES

    FLOW.step(step)
    matter = matter_of(viewer, number)
    page = PAGES.get(step)
    _ready(FLOW, step, page, matter, viewer)
    _unchanged(matter, FLOW, seen)
    assert page is not None
    given = _cleaned(page, matter, viewer, fields, photos)
    page.action(matter_id=matter.pk, **given, by=viewer, now=clock.now())
    # Read again without the rule: the step may have ended the viewer's right to see it, and it is their answer.
    return Matter.objects.get(pk=matter.pk)


def _cleaned(
    page: StepPage, obj: Any, viewer: Viewer, fields: Mapping[str, Any], photos: Sequence[UploadedFile[Any]]
) -> dict[str, Any]:
    """What the action is called with. Raises Invalid, field by field."""
    if photos and not page.files:
        raise Invalid({"photos": "这一步不收照片。"})
    form = _form(page.form, obj, viewer, _data(fields), photos)
    unknown = sorted(set(fields) - set(form.fields))
    if unknown:
        raise Invalid({unknown[0][:40]: "这一步没有这个填写项。"})
    if not form.is_valid():
        raise Invalid({name if name != "__all__" else "": str(said[0]) for name, said in form.errors.items()})
    given = {name: value for name, value in form.cleaned_data.items() if name not in page.files}
    return given | {name: list(photos) for name in page.files}


def _form(
    kind: type[forms.Form], matter: Any, viewer: Viewer, data: Any, photos: Sequence[UploadedFile[Any]] | None
) -> forms.Form:
    more: dict[str, Any] = {"obj": matter, "viewer": viewer} if getattr(kind, "wants_object", False) else {}
    if data is None:
        return kind(**more)
    return kind(data, MultiValueDict({"photos": list(photos or ())}), **more)


def _data(fields: Mapping[str, Any]) -> MultiValueDict[str, str]:
    """The fields as a browser would send them. Raises Invalid for what no form holds."""
    out: MultiValueDict[str, str] = MultiValueDict()
    for name, value in fields.items():
        values = value if isinstance(value, list) else [value]
        if any(not isinstance(one, (str, int, float, bool, type(None))) for one in values):
            raise Invalid({str(name)[:40]: "请填写文字、数字、是否，或它们的列表。"})
        kept = ["on" if one is True else str(one) for one in values if one is not None and one is not False]
        if kept:
            out.setlist(str(name), kept)
    return out


def _field(name: str, field: forms.Field) -> dict[str, Any]:
    choices = []
    for key, label in getattr(field, "choices", None) or []:
        inner = label if isinstance(label, (list, tuple)) else [(key, label)]
        choices += [{"value": str(k), "label": str(v)} for k, v in inner if str(k)]
    initial = field.initial
    if callable(initial) or isinstance(initial, Model):
        initial = None
    kind = "list" if isinstance(field, forms.MultipleChoiceField) else "text"
    if isinstance(field, forms.BooleanField):
        kind = "boolean"
    elif isinstance(field, forms.IntegerField):
        kind = "integer"
    elif isinstance(field, forms.FileField):
        kind = "photos"
    elif isinstance(field, forms.DateField):
        kind = "date"
    elif choices and kind != "list":
        kind = "choice"
    return {
        "name": name, "label": str(field.label or name), "required": bool(field.required), "kind": kind,
        "hint": str(field.help_text or ""), "choices": choices, "initial": initial if initial is None else str(initial),
    }  # fmt: skip
