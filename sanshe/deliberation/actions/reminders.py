"""Reminders, as scheduled work: a day before a meeting, when views close, when a task is due. Each is sent once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer

from ..access import REMINDER
from ..models import Deliberation, Meeting, Task
from ..words import DeliberationState, MeetingState, TaskState
from .outcome import tell_owner
from .telling import tell_community, tell_participants

AHEAD = timedelta(days=1)
CHUNK = 200


@transaction.atomic
def remind(*, by: Viewer, now: datetime) -> int:
    """Send what is due to be reminded of and was not yet. Returns how many things. Closing is left to people."""
    if by.system != REMINDER:
        return 0
    return _views(now) + _meetings(now) + _tasks(now)


def _views(now: datetime) -> int:
    rows = (
        Deliberation.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("area")
        .filter(state=DeliberationState.COLLECTING, statement_deadline__lte=now, reminded_at=None)
    )[:CHUNK]
    for row in rows:
        tell_community(row, f"协商「{row.title}」的意见征集已到期，请约定会议。", now)
        row.reminded_at = now
        row.save(update_fields=["reminded_at"])
    return len(rows)


def _meetings(now: datetime) -> int:
    rows = (
        Meeting.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("deliberation__area")
        .filter(state=MeetingState.PLANNED, starts_at__gt=now, starts_at__lte=now + AHEAD, reminded_at=None)
    )[:CHUNK]
    for row in rows:
        said = f"{clock.say_moment(row.starts_at)}在{row.place}"
        tell_participants(row.deliberation, f"提醒：协商「{row.deliberation.title}」{said}开会。", now)
        row.reminded_at = now
        row.save(update_fields=["reminded_at"])
    return len(rows)


def _tasks(now: datetime) -> int:
    rows = (
        Task.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("deliberation")
        .filter(
            state=TaskState.OPEN,
            due_at__lte=now + AHEAD,
            reminded_at=None,
            deliberation__state__in=[DeliberationState.PUBLISHED, DeliberationState.CARRYING_OUT],
        )
    )[:CHUNK]
    for row in rows:
        tell_owner(row, now)
        row.reminded_at = now
        row.save(update_fields=["reminded_at"])
    return len(rows)
