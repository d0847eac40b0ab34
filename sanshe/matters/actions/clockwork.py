"""Scheduled work: reminders before a deadline, escalation after it. Never for what is paused or closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from sanshe.accounts.public import Role
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer

from .. import deadlines
from ..access import CLOCK
from ..flow import FLOW
from ..models import Matter
from ..words import RUNNING, MatterState
from .telling import tell_posts, tell_unit

CHUNK = 200
WHO = {
    MatterState.RECEIVED: (Role.FRONT_DESK,),
    MatterState.TOGETHER: (Role.COMMUNITY_LEAD,),
    MatterState.GUIDED: (Role.FRONT_DESK,),
}


def run_clock(now: datetime, stop: Callable[[], bool] = lambda: False) -> tuple[int, int]:
    """Remind of what is due soon and escalate what is overdue. Returns how many of each.

    Run again, it does nothing twice: the mark is set in the transaction of the notice. One transaction a matter.
    """
    by = Viewer.system_account(CLOCK)
    soon = clock.add_working_days(now, deadlines.days("remind_before", now))
    open_rows = Matter.objects.filter(state__in=RUNNING)
    reminded = escalated = 0
    overdue = open_rows.filter(due_at__lt=now, escalated_at=None).order_by("due_at").values_list("pk", flat=True)
    for pk in list(overdue[:CHUNK]):
        if stop():
            return reminded, escalated
        escalated += _escalate(pk, by, now)
    coming = open_rows.filter(due_at__gte=now, due_at__lte=soon, reminded_at=None, urgent=False).order_by("due_at")
    for pk in list(coming.values_list("pk", flat=True)[:CHUNK]):
        if stop():
            return reminded, escalated
        reminded += _remind(pk, by, now)
    return reminded, escalated


@transaction.atomic
def _remind(pk: int, by: Viewer, now: datetime) -> int:
    matter = Matter.objects.select_for_update().get(pk=pk)
    if matter.state not in RUNNING or matter.reminded_at is not None or matter.due_at is None:
        return 0
    matter.reminded_at = now
    FLOW.move(matter, "remind", by, now, data={"due": matter.due_at.isoformat()})
    _tell(matter, f"{clock.say_due(matter.due_at, now, matter.calendar_version)}：{matter}", now)
    return 1


@transaction.atomic
def _escalate(pk: int, by: Viewer, now: datetime) -> int:
    matter = Matter.objects.select_for_update().get(pk=pk)
    if matter.state not in RUNNING or matter.escalated_at is not None or matter.due_at is None:
        return 0
    if matter.due_at >= now:
        return 0
    matter.escalated_at = now
    FLOW.move(matter, "escalate", by, now, data={"due": matter.due_at.isoformat()})
    text = f"{clock.say_due(matter.due_at, now, matter.calendar_version)}：{matter}"
    _tell(matter, text, now)
    tell_posts(matter, (Role.STREET_OFFICER,), text, now)
    return 1


def _tell(matter: Matter, text: str, now: datetime) -> None:
    if matter.host_unit_id is not None:
        tell_unit(matter, matter.host_unit_id, text, now)
    else:
        tell_posts(matter, WHO.get(MatterState(matter.state), (Role.FRONT_DESK,)), text, now)
