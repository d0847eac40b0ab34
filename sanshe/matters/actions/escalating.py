"""What is overdue goes up post by post: the unit's lead, the street, the service centre and the New Area.

Each post is told once for each deadline. Nothing goes up for what is paused, merged or over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from sanshe.accounts.public import Role, holders
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.flow import Flow
from sanshe.kernel.notices import notify

from .. import deadlines
from ..flow import FLOW
from ..flow_parts import ASSIST, CALLBACK, EXTENSION, OBJECTION, OVERSIGHT
from ..models import Matter
from ..words import (
    OPEN,
    RUNNING,
    AssistState,
    CallBackState,
    ExtensionState,
    MatterState,
    ObjectionState,
    OversightState,
)
from .telling import KIND

Roles = tuple[Role, ...]
#: The posts above those who have it, in order; None stands for the lead of the unit that has it.
ABOVE: tuple[Roles | None, ...] = (
    None,
    (Role.STREET_OFFICER,),
    (Role.SERVICE_CENTRE, Role.DISTRICT_OFFICER),
)
#: Without a unit: the community's lead comes first.
COMMUNITY: Roles = (Role.COMMUNITY_LEAD,)
TOP = len(ABOVE)
NAMES = ("lead_after", "street_after", "above_after")
CHUNK = 200


@dataclass(frozen=True)
class Watched:
    """A kind of part: its procedure, the states in which somebody's deadline runs, whom a delay is reported to."""

    flow: Flow[Any]
    states: tuple[Any, ...]
    what: str
    chain: tuple[Roles | None, ...] = ABOVE
    unit: str = "unit_id"
    # What the matter must not be: an answer that is no longer wanted is not chased.
    stops: tuple[MatterState, ...] = (MatterState.MERGED, MatterState.WITHDRAWN)


PARTS = (
    Watched(ASSIST, (AssistState.ASKED,), "协办答复", stops=tuple(s for s in MatterState if s not in RUNNING)),
    Watched(
        OVERSIGHT, (OversightState.ISSUED,), "督办回复",
        stops=(MatterState.MERGED, MatterState.WITHDRAWN, MatterState.WAITING),
    ),
    # The street answers these two itself, so the next posts up are those above it.
    Watched(OBJECTION, (ObjectionState.RAISED,), "异议答复",
            ((Role.SERVICE_CENTRE,), (Role.DISTRICT_OFFICER,)), unit=""),
    Watched(EXTENSION, (ExtensionState.ASKED,), "延期申请的答复",
            ((Role.STREET_OFFICER,), (Role.SERVICE_CENTRE,), (Role.DISTRICT_OFFICER,)), unit="",
            stops=tuple(s for s in MatterState if s not in OPEN)),
    Watched(CALLBACK, (CallBackState.OPEN, CallBackState.LISTED), "差评回访整改"),
)  # fmt: skip


def level_reached(due: datetime, now: datetime, version: str = "", urgent: bool = False, most: int = TOP) -> int:
    """How many posts up an overdue thing has to be known by now; 0 while it is not overdue."""
    level = 0
    for number, name in enumerate(NAMES[:most], 1):
        if urgent:
            last = due + timedelta(hours=deadlines.days(f"{name}_hours", now, "watch"))
        else:
            count = deadlines.days(name, now, "watch")
            last = clock.add_working_days(due, count, version or None) if count else due
        if now <= last:
            break
        level = number
    return level


def escalate_matters(by: Viewer, now: datetime, stop: Callable[[], bool]) -> int:
    """Report overdue matters to the next post up. One transaction a matter; returns how many went up."""
    rows = Matter.objects.filter(state__in=RUNNING, due_at__lt=now, escalations__lt=TOP)
    return sum(_matter(pk, by, now) for pk in _candidates(rows, now, stop))


def _candidates(rows: Any, now: datetime, stop: Callable[[], bool]) -> Iterator[int]:
    """Keys of what may be due at the next post, the longest overdue first.

    A working day is at least a day, so what was told at one post is looked at again no sooner than in so many days.
    """
    ready = Q(escalations=0)
    for told, name in enumerate(NAMES[1:], 1):
        days = timedelta(days=deadlines.days(name, now, "watch"))
        hours = timedelta(hours=deadlines.days(f"{name}_hours", now, "watch"))
        ready |= Q(escalations=told, due_at__lt=now - min(days, hours))
    for pk in list(rows.filter(ready).order_by("due_at").values_list("pk", flat=True)[:CHUNK]):
        if stop():
            return
        yield pk


@transaction.atomic
def _matter(pk: int, by: Viewer, now: datetime) -> int:
    matter = Matter.objects.select_for_update().get(pk=pk)
    if matter.state not in RUNNING or matter.due_at is None or matter.due_at >= now:
        return 0
    level = level_reached(matter.due_at, now, matter.calendar_version, matter.hours is not None)
    if level <= matter.escalations:
        return 0
    chain = (ABOVE[0] if matter.host_unit_id else COMMUNITY, *ABOVE[1:])
    said = clock.say_due(matter.due_at, now, matter.calendar_version or None)
    told, level = _posts(chain, matter.escalations, level, matter.area, matter.host_unit_id)
    matter.escalations, matter.escalated_at = level, matter.escalated_at or now
    FLOW.move(
        matter, "escalate", by, now, data={"due": matter.due_at.isoformat(), "level": level}
    )  # fmt: skip
    notify(told, f"{said}，请督促：{matter}", matter.get_absolute_url(), now, KIND)
    return 1


def _posts(
    chain: tuple[Roles | None, ...], told: int, level: int, area: Any, unit_id: int | None
) -> tuple[list[int], int]:
    """Who is told now, and how far up that reaches: where nobody holds a post, the next one is told in its place."""
    people: list[int] = []
    number = told
    while number < min(max(level, told), len(chain)) or (number < len(chain) and not people):
        roles = chain[number]
        if roles is None:
            found = holders(Role.UNIT_LEAD, body_id=unit_id) if unit_id else holders(*COMMUNITY, area=area)
        else:
            found = holders(*roles, area=area)
        people += [pk for pk in found.values_list("pk", flat=True) if pk not in people]
        number += 1
    return people, number


def escalate_parts(by: Viewer, now: datetime, stop: Callable[[], bool]) -> int:
    """The same for assists, oversight answers, objections, requests for more time and call-backs."""
    count = 0
    for kind in PARTS:
        rows = kind.flow.model._default_manager.filter(
            state__in=kind.states, due_at__lt=now, escalations__lt=len(kind.chain)
        ).exclude(matter__state__in=kind.stops)
        for pk in list(rows.order_by("due_at").values_list("pk", flat=True)[:CHUNK]):
            if stop():
                return count
            count += _part(kind, pk, by, now)
    return count


@transaction.atomic
def _part(kind: Watched, pk: int, by: Viewer, now: datetime) -> int:
    # The part alone is locked: its own steps take it before the matter, and the other order would block them.
    row: Any = kind.flow.model._default_manager.select_for_update().get(pk=pk)
    matter = Matter.objects.select_related("area").get(pk=row.matter_id)
    if row.state not in kind.states or matter.state in kind.stops or row.due_at is None or row.due_at >= now:
        return 0
    level = level_reached(row.due_at, now, row.calendar_version, most=len(kind.chain))
    if level <= row.escalations:
        return 0
    unit_id = getattr(row, kind.unit) if kind.unit else None
    told, level = _posts(kind.chain, row.escalations, level, matter.area, unit_id)
    row.escalations = level
    kind.flow.move(row, "escalate", by, now, data={"due": row.due_at.isoformat(), "level": level})
    said = clock.say_due(row.due_at, now, row.calendar_version or None)
    notify(told, f"{kind.what}{said}，请督促：{matter}", matter.get_absolute_url(), now, KIND)
    return 1
