"""Assisting units (协办): asked at triage or later by the host unit, each with its own part and its own due date."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from .. import deadlines
from ..flow import FLOW
from ..flow_parts import ASSIST
from ..models import Assist, Matter
from ..words import AssistState
from .telling import clean, tell_unit
from .triage import a_unit


@transaction.atomic
def ask_assist(
    *, matter_id: int, unit: int | None, part: str, by: Viewer, now: datetime, until: date | None = None
) -> Matter:
    """The host unit asks another to do or to tell something, by a day of its own; one answer stays the host's.

    Without `until` the usual limit runs, never longer than the matter's own deadline. Raises Invalid for the host
    itself, for a unit that was asked already, and for a day that has passed or lies after the matter's deadline.
    """
    matter = FLOW.take(matter_id, "ask_assist", by)
    asked = a_unit(matter, unit, "unit", now)
    part = clean(part, "part", 500, "请写明请这个单位做什么、答复什么。", 2)
    if asked.pk == matter.host_unit_id:
        raise Invalid({"unit": "主办单位不必协办自己，请选择其他单位。"})
    if Assist.objects.filter(matter=matter, unit=asked).exclude(state=AssistState.LAPSED).exists():
        raise Invalid({"unit": f"已经请{asked}协办过这件事项，请看它的答复，或选择其他单位。"})
    FLOW.move(
        matter, "ask_assist", by, now, note=part, sentence=f"{{actor}}请{asked.name}协办", data={"unit": asked.pk}
    )  # fmt: skip
    version = clock.calendar_version()
    assist = Assist(
        matter=matter, area_id=matter.area_id, unit=asked, part=part, state=AssistState.ASKED, asked_at=now,
        due_at=_due(matter, until, now, version), calendar_version=version,
    )  # fmt: skip
    ASSIST.begin(assist, by, now, f"{{actor}}请{asked.name}协办")
    tell_unit(matter, asked.pk, f"请协办：{matter}", now)
    return matter


def _due(matter: Matter, until: date | None, now: datetime, version: str) -> datetime:
    if until is None:
        return deadlines.assist_due(matter, now, version)
    if until < clock.local(now).date():
        raise Invalid({"until": "答复期限不能早于今天。"})
    due = clock.add_working_days(clock.start_of(until), 0, version)
    if matter.due_at is not None and now < matter.due_at < due:
        day = clock.say_day(matter.due_at)
        raise Invalid({"until": f"这件事项自己的期限是{day}，协办的答复期限不能晚于它。"})
    return due


def open_parts(matter: Matter) -> list[Assist]:
    """The parts that are not answered yet, oldest first."""
    return list(Assist.objects.filter(matter=matter, state=AssistState.ASKED).select_related("unit").order_by("pk"))


def answered_parts(matter: Matter) -> list[Assist]:
    """The parts that were answered, oldest first."""
    return list(Assist.objects.filter(matter=matter, state=AssistState.ANSWERED).select_related("unit").order_by("pk"))
