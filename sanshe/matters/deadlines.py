"""Deadlines of a matter: which parameter, from when, and how a pause moves them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sanshe.kernel import clock, params

from .models import Criterion, Matter
from .words import AssistState, DeadlineKind


def days(name: str, now: datetime, prefix: str = "matter") -> int:
    """A figure of `policy/*/matter.yaml` (or of another prefix) as in force on the day of `now`."""
    return int(params.get(f"{prefix}.{name}", on=clock.local(now).date()).value)


def days_of(criterion: Criterion | None, now: datetime) -> int:
    """Working days that a criterion gives (the default without one)."""
    kind = criterion.deadline if criterion is not None else DeadlineKind.DEFAULT
    return days(f"deadline_{kind}", now)


def set_working_days(matter: Matter, count: int, now: datetime, promise: bool = True) -> None:
    """Let the matter be due at the end of the `count`-th working day after today.

    `promise`: the same date is what the resident is told. The calendar's version is frozen with it.
    """
    matter.calendar_version = clock.calendar_version()
    matter.hours = None
    matter.due_at = clock.add_working_days(now, count, matter.calendar_version)
    if promise:
        matter.promised_at = matter.due_at
    _begin_watch(matter)


def set_hours(matter: Matter, hours: int, now: datetime, promise: bool = True) -> None:
    """Let an urgent matter be due in so many hours, day and night."""
    matter.calendar_version = clock.calendar_version()
    matter.hours = hours
    matter.due_at = clock.add_hours(now, hours)
    if promise:
        matter.promised_at = matter.due_at
    _begin_watch(matter)


def begin_handling(matter: Matter, now: datetime) -> None:
    """Let the deadline of handling begin: hours for what is urgent, also when it is handed on or opened again."""
    if matter.urgent:
        rule = matter.criterion
        set_hours(matter, (rule.hours if rule is not None else None) or days("urgent_hours", now), now)
    else:
        set_working_days(matter, days_for(matter, now), now)


def begin_triage(matter: Matter, now: datetime) -> None:
    """Let the deadline of triage begin anew; what the resident was told stands. The urgent waits hours, not days."""
    if matter.urgent:
        set_hours(matter, days("urgent_triage_hours", now, "window"), now, promise=False)
    else:
        set_working_days(matter, days("deadline_triage", now), now, promise=False)


def assist_due(matter: Matter, now: datetime, version: str) -> datetime:
    """When an assisting part is due: by the usual limit, never after the matter's own; in hours for the urgent."""
    own = matter.due_at if matter.due_at is not None and matter.due_at > now else None
    if matter.hours is not None:
        return own or clock.add_hours(now, matter.hours)
    due = clock.add_working_days(now, days("deadline_assist", now), version)
    return min(due, own) if own is not None else due


def days_for(matter: Matter, now: datetime) -> int:
    """Working days of a matter's handling: an application's are its item's, else those of the criterion."""
    if matter.service is not None:
        return matter.service.days
    return days_of(matter.criterion, now)


def _begin_watch(matter: Matter) -> None:
    """A deadline that has changed is watched anew: reminded of again, and reported upwards from the first post."""
    matter.reminded_at = matter.escalated_at = matter.waited_at = None
    matter.escalations = 0


def unknown_holidays(matter: Matter) -> str:
    """A sentence when the deadline lies in a year whose holidays were not published when it was set, else "".

    The date stays as it was told: the calendar is frozen on the record, a table published later changes nothing by
    itself; whoever needs more time asks for it.
    """
    if matter.due_at is None or not matter.calendar_version:
        return ""
    years = clock.unknown_years(matter.due_at, matter.calendar_version)
    if not years:
        return ""
    said = "、".join(f"{year}年" for year in years)
    return f"{said}节假日安排尚未公布，这个期限暂按周一至周五计算，公布后也不变动。"


def first_promise(now: datetime, question: bool = False) -> tuple[datetime, datetime, str]:
    """For a matter just filed: when it must be triaged, what the resident is told, and the calendar's version.

    Nobody knows its class yet, so the promise is the limit of triage plus the default of handling (of a question, for
    a question); triage corrects it.
    """
    version = clock.calendar_version()
    triage, handling = days("deadline_triage", now), days("deadline_question" if question else "deadline_default", now)
    return (
        clock.add_working_days(now, triage, version),
        clock.add_working_days(now, triage + handling, version),
        version,
    )


def resume(matter: Matter, now: datetime) -> None:
    """Move the deadlines on by the length of the pause: working days, or hours for an urgent matter.

    What assisting units still owe moves with them: the host unit cannot use it sooner. An oversight order keeps the
    day that its issuer named.
    """
    if matter.paused_at is None:
        return
    paused, version = matter.paused_at, matter.calendar_version

    def moved(due: datetime | None) -> datetime | None:
        if due is None:
            return None
        if matter.hours is not None:
            return clock.shift_hours(due, paused, now)
        return clock.shift(due, paused, now, version)

    matter.due_at, matter.promised_at = moved(matter.due_at), moved(matter.promised_at)
    for part in matter.assists.filter(state=AssistState.ASKED, due_at__gte=paused):
        part.due_at, part.reminded_at, part.escalations = moved(part.due_at), None, 0
        part.save(update_fields=["due_at", "reminded_at", "escalations"])
    matter.paused_at = None
    _begin_watch(matter)


def extend(matter: Matter, count: int) -> None:
    """Move the deadline on by so many working days from where it stands; the urgent does not run in hours any more."""
    if matter.due_at is None:
        return
    matter.hours = None
    due = clock.local(matter.due_at)
    moved = clock.add_working_days(due, count, matter.calendar_version)
    matter.due_at = matter.promised_at = moved
    _begin_watch(matter)


def within(since: datetime | None, count: int, now: datetime, version: str = "") -> bool:
    """Whether `now` lies within so many working days of `since`. Nothing lies within nothing."""
    return since is not None and now <= clock.add_working_days(since, count, version or None)


def within_days(since: datetime | None, count: int, now: datetime) -> bool:
    """Whether `now` lies within so many calendar days of `since`."""
    return since is not None and now <= since + timedelta(days=count)
