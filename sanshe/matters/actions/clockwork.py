"""Scheduled work: reminders before a deadline, what goes up after it, orders by rule, waiting that is over.

Never for what is paused, merged or closed. Killed in between and run again, it does nothing twice: each thing is one
transaction, and the mark is set in the transaction of the notice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from sanshe.accounts.public import Role
from sanshe.areas.public import move_from_gone
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer

from .. import deadlines
from ..access import CLOCK
from ..flow import FLOW
from ..models import Matter
from ..words import RUNNING, MatterState
from .escalating import escalate_matters, escalate_parts, remind_parts
from .online import drop_old_drafts
from .overseeing import oversee_by_rule
from .owed import watch_owed
from .telling import tell_posts, tell_unit

CHUNK = 200
WHO = {
    MatterState.RECEIVED: (Role.FRONT_DESK,),
    MatterState.TOGETHER: (Role.COMMUNITY_LEAD,),
    MatterState.GUIDED: (Role.FRONT_DESK,),
}


def run_clock(now: datetime, stop: Callable[[], bool] = lambda: False) -> tuple[int, int]:
    """Do what is due by now. Returns how many matters were reminded of and how many were reported upwards."""
    by = Viewer.system_account(CLOCK)
    move_from_gone(now, stop)
    escalated = escalate_matters(by, now, stop)
    reminded = _remind_soon(by, now, stop)
    escalate_parts(by, now, stop)
    remind_parts(by, now, stop)
    oversee_by_rule(by, now, stop)
    _waiting_over(by, now, stop)
    watch_owed(by, now, stop)
    drop_old_drafts(now, stop)
    return reminded, escalated


def _remind_soon(by: Viewer, now: datetime, stop: Callable[[], bool]) -> int:
    soon = clock.add_working_days(now, deadlines.days("remind_before", now))
    coming = Matter.objects.filter(
        state__in=RUNNING, due_at__gte=now, due_at__lte=soon, reminded_at=None, hours=None
    ).order_by("due_at")
    reminded = 0
    for pk in list(coming.values_list("pk", flat=True)[:CHUNK]):
        if stop():
            break
        reminded += _remind(pk, by, now)
    return reminded


@transaction.atomic
def _remind(pk: int, by: Viewer, now: datetime) -> int:
    matter = Matter.objects.select_for_update().get(pk=pk)
    if matter.state not in RUNNING or matter.reminded_at is not None or matter.due_at is None:
        return 0
    matter.reminded_at = now
    FLOW.move(matter, "remind", by, now, data={"due": matter.due_at.isoformat()})
    _tell(matter, f"{clock.say_due(matter.due_at, now, matter.calendar_version)}：{matter}", now)
    return 1


def _waiting_over(by: Viewer, now: datetime, stop: Callable[[], bool]) -> None:
    """Tell the unit, once, that the reporter has not answered within the limit."""
    days = timedelta(days=deadlines.days("waiting_days", now, "watch"))
    rows = Matter.objects.filter(state=MatterState.WAITING, waited_at=None, paused_at__lt=now - days, owed_on=None)
    for pk in list(rows.order_by("paused_at").values_list("pk", flat=True)[:CHUNK]):
        if stop():
            return
        _waited(pk, by, now)


@transaction.atomic
def _waited(pk: int, by: Viewer, now: datetime) -> None:
    matter = Matter.objects.select_for_update().get(pk=pk)
    count = deadlines.days("waiting_days", now, "watch")
    over = not deadlines.within(matter.paused_at, count, now, matter.calendar_version)
    if matter.state != MatterState.WAITING or matter.waited_at is not None or not over:
        return
    matter.waited_at = now
    FLOW.move(matter, "waited", by, now)
    tell_unit(
        matter, matter.host_unit_id, f"反映人超过 {count} 个工作日没有补充，请恢复办理或终止办理：{matter}", now
    )  # fmt: skip


def _tell(matter: Matter, text: str, now: datetime) -> None:
    if matter.host_unit_id is not None and matter.state != MatterState.RECEIVED:
        tell_unit(matter, matter.host_unit_id, text, now)
    else:
        tell_posts(matter, WHO.get(MatterState(matter.state), (Role.FRONT_DESK,)), text, now)
