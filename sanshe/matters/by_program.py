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

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState

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
    found = []
    for offer in FLOW.offers(matter, viewer):
        page = PAGES.get(offer.step.name)
        if page is None:
            continue
        form = _form(page.form, matter, viewer, None, None)
        found.append(
            {
                "name": offer.step.name, "label": offer.step.label, "allowed": offer.allowed, "why": offer.why,
                "fields": [_field(name, field) for name, field in form.fields.items()],
            }
        )  # fmt: skip
    return {"number": matter.number, "state": matter.state, "steps": found}


def take_step(
    viewer: Viewer, number: str, step: str, fields: Mapping[str, Any], photos: Sequence[UploadedFile[Any]] = ()
) -> Matter:
    """Take a step, as its page would. Raises NotVisible, NotAllowed, WrongState or Invalid, with their sentences."""
    from .pages.steps import PAGES

    found, page = FLOW.step(step), PAGES.get(step)
    matter = matter_of(viewer, number)
    if page is None or found.hidden or not FLOW.access.may(viewer, found.verb, matter):
        raise NotAllowed(f"「{found.label}」这一步不由您办理。")
    if FLOW.state(matter) not in found.sources:
        raise WrongState(FLOW._moved_on(matter, found))
    if photos and not page.files:
        raise Invalid({"photos": "这一步不收照片。"})
    form = _form(page.form, matter, viewer, _data(fields), photos)
    unknown = sorted(set(fields) - set(form.fields))
    if unknown:
        raise Invalid({unknown[0][:40]: "这一步没有这个填写项。"})
    if not form.is_valid():
        raise Invalid({name if name != "__all__" else "": str(said[0]) for name, said in form.errors.items()})
    given = {name: value for name, value in form.cleaned_data.items() if name not in page.files}
    given |= {name: list(photos) for name in page.files}
    page.action(matter_id=matter.pk, **given, by=viewer, now=clock.now())
    # Read again without the rule: the step may have ended the viewer's right to see it, and it is their answer.
    return Matter.objects.get(pk=matter.pk)


def _form(
    kind: type[forms.Form], matter: Matter, viewer: Viewer, data: Any, photos: Sequence[UploadedFile[Any]] | None
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
