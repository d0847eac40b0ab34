"""What is overdue goes up post by post: the unit's lead, the street, the service centre and the New Area.

Each post is told once for each deadline. Nothing goes up for what is paused, merged or over. The parts of a matter, and
tasks in the communities, are watched the same way: their people are reminded before the day, those above told after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from sanshe.accounts.public import Role, on_duty
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.flow import Flow
from sanshe.kernel.notices import notify

from .. import deadlines
from ..flow import FLOW
from ..flow_parts import ASSIST, CALLBACK, EXTENSION, OBJECTION, OVERSIGHT
from ..models import Matter
from ..tasks.flow import PART as TASK
from ..tasks.words import PartState
from ..words import (
    CLOSED,
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
    """A kind of part: its procedure, the states in which somebody's deadline runs, whom a delay is reported to.

    `unit`: the column of the body whose people work on it; without a body, the posts of `by`; `person`: the column of
    the one who took it on. `of_matter`: it hangs on a matter, and nobody is chased for it while that is in `stops`.
    """

    flow: Flow[Any]
    states: tuple[Any, ...]
    what: str
    chain: tuple[Roles | None, ...] = ABOVE
    unit: str = "unit_id"
    by: Roles = ()
    person: str = ""
    of_matter: bool = True
    # What the matter must not be: an answer that is no longer wanted is not chased.
    stops: tuple[MatterState, ...] = (MatterState.MERGED, MatterState.WITHDRAWN)

    def rows(self) -> Any:
        """Those of this kind whose deadline runs."""
        rows = self.flow.model._default_manager.filter(state__in=self.states)
        return rows.exclude(matter__state__in=self.stops) if self.of_matter else rows

    def taken(self, pk: int) -> tuple[Any, Matter | None] | None:
        """The row, locked, and its matter; None when its deadline does not run any more.

        The row alone is locked: its own steps take it before the matter, and the other order would block them.
        """
        row: Any = self.flow.model._default_manager.select_for_update().get(pk=pk)
        matter = Matter.objects.select_related("area").get(pk=row.matter_id) if self.of_matter else None
        stopped = matter is not None and matter.state in self.stops
        return None if row.state not in self.states or stopped or row.due_at is None else (row, matter)


PARTS = (
    Watched(ASSIST, (AssistState.ASKED,), "协办答复", stops=tuple(s for s in MatterState if s not in RUNNING)),
    Watched(
        OVERSIGHT, (OversightState.ISSUED,), "督办回复", stops=(*CLOSED, MatterState.WAITING),
    ),
    # The street answers these two itself, so the next posts up are those above it.
    Watched(OBJECTION, (ObjectionState.RAISED,), "异议答复",
            ((Role.SERVICE_CENTRE,), (Role.DISTRICT_OFFICER,)), unit="", by=(Role.STREET_OFFICER,)),
    Watched(EXTENSION, (ExtensionState.ASKED,), "延期申请的答复",
            ((Role.STREET_OFFICER,), (Role.SERVICE_CENTRE,), (Role.DISTRICT_OFFICER,)), unit="",
            by=(Role.COMMUNITY_LEAD,), stops=tuple(s for s in MatterState if s not in OPEN)),
    Watched(CALLBACK, (CallBackState.OPEN, CallBackState.LISTED), "差评回访整改",
            by=(Role.COMMUNITY_LEAD, Role.FRONT_DESK)),
    Watched(TASK, (PartState.SENT, PartState.ACCEPTED), "下派任务", (COMMUNITY, *ABOVE[1:]), unit="",
            by=(Role.COMMUNITY_LEAD, Role.COMMUNITY_WORKER), person="handler_id", of_matter=False),
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
            found = on_duty(Role.UNIT_LEAD, body_id=unit_id) if unit_id else on_duty(*COMMUNITY, area=area)
        else:
            found = on_duty(*roles, area=area)
        people += [pk for pk in found.values_list("pk", flat=True) if pk not in people]
        number += 1
    return people, number


def escalate_parts(by: Viewer, now: datetime, stop: Callable[[], bool]) -> int:
    """The same for assists, oversight answers, objections, requests for more time, call-backs and tasks."""
    count = 0
    for kind in PARTS:
        rows = kind.rows().filter(due_at__lt=now, escalations__lt=len(kind.chain))
        for pk in list(rows.order_by("due_at").values_list("pk", flat=True)[:CHUNK]):
            if stop():
                return count
            count += _part(kind, pk, by, now)
    return count


@transaction.atomic
def _part(kind: Watched, pk: int, by: Viewer, now: datetime) -> int:
    found = kind.taken(pk)
    if found is None or found[0].due_at >= now:
        return 0
    row, matter = found
    level = level_reached(row.due_at, now, row.calendar_version, _in_hours(matter), most=len(kind.chain))
    if level <= row.escalations:
        return 0
    told, level = _posts(kind.chain, row.escalations, level, row.area, _unit(kind, row))
    row.escalations = level
    kind.flow.move(row, "escalate", by, now, data={"due": row.due_at.isoformat(), "level": level})
    said = clock.say_due(row.due_at, now, row.calendar_version or None)
    notify(told, f"{kind.what}{said}，请督促{_where(row, matter)}：{matter or row}", row.get_absolute_url(), now, KIND)
    return 1


def _where(row: Any, matter: Matter | None) -> str:
    """One task goes to many communities: whose is late is said, or four notices read the same."""
    return "" if matter is not None else str(row.area)


def _in_hours(matter: Matter | None) -> bool:
    return matter is not None and matter.hours is not None


def _unit(kind: Watched, row: Any) -> int | None:
    return getattr(row, kind.unit) if kind.unit else None


def remind_parts(by: Viewer, now: datetime, stop: Callable[[], bool]) -> int:
    """Remind the people of a part before its day, once for each deadline. Parts of what runs in hours have rung."""
    soon = clock.add_working_days(now, deadlines.days("remind_before", now))
    count = 0
    for kind in PARTS:
        rows = kind.rows().filter(due_at__gte=now, due_at__lte=soon, reminded_at=None)
        if kind.of_matter:
            rows = rows.filter(matter__hours=None)
        for pk in list(rows.order_by("due_at").values_list("pk", flat=True)[:CHUNK]):
            if stop():
                return count
            count += _remind_part(kind, pk, by, now)
    return count


@transaction.atomic
def _remind_part(kind: Watched, pk: int, by: Viewer, now: datetime) -> int:
    found = kind.taken(pk)
    if found is None or found[0].reminded_at is not None:
        return 0
    row, matter = found
    row.reminded_at = now
    kind.flow.move(row, "remind", by, now, data={"due": row.due_at.isoformat()})
    said = clock.say_due(row.due_at, now, row.calendar_version or None)
    notify(_people(kind, row), f"{kind.what}{said}：{matter or row}", row.get_absolute_url(), now, KIND)
    return 1


def _people(kind: Watched, row: Any) -> list[int]:
    """Who works on a part: the one who took it on, else the people of its unit, else the posts of its place."""
    person = getattr(row, kind.person) if kind.person else None
    unit = _unit(kind, row)
    if unit is not None:
        return list(on_duty(Role.UNIT_HANDLER, Role.UNIT_LEAD, body_id=unit).values_list("pk", flat=True))
    near = on_duty(*kind.by, area=row.area)
    if person is not None and near.filter(pk=person).exists():
        return [person]
    return list(near.values_list("pk", flat=True))
