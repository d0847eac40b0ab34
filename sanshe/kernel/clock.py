"""Time: now, working days, deadlines, and how people say them. Local time is Asia/Shanghai throughout.

How a period counts (民法典 art. 201, 203): the day it begins on is not counted, and it ends when business
ends on its last day. So two working days from any moment of a Monday end on Wednesday at `day_ends`.

Every function that counts working days takes `version`, the calendar frozen on the record; without it the
version in force today is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from sanshe.kernel.calendar import Calendar

__all__ = [
    "TZ",
    "Calendar",
    "add_hours",
    "add_working_days",
    "at",
    "calendar_version",
    "frozen",
    "holidays_of",
    "local",
    "now",
    "say_day",
    "say_due",
    "say_moment",
    "shift",
    "shift_hours",
    "today",
    "unknown_years",
    "warning",
    "working_days_between",
    "years_known",
]

TZ = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """The present moment, aware, in local time; the frozen one inside `frozen`."""
    held = _frozen.get()
    return held if held is not None else timezone.now().astimezone(TZ)


def today() -> date:
    """The local date."""
    return now().date()


@contextmanager
def frozen(moment: datetime) -> Iterator[datetime]:
    """Let `now()` be `moment`, for this thread or task only: for tests and for the demo's history."""
    token = _frozen.set(local(moment))
    try:
        yield local(moment)
    finally:
        _frozen.reset(token)


def local(moment: datetime) -> datetime:
    """The same moment in local time. Raises `ValueError` for a moment without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone: use clock.now() or clock.at()")
    return moment.astimezone(TZ)


def start_of(day: date) -> datetime:
    """The first moment of a local day."""
    return at(day.year, day.month, day.day)


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment by its local date and time."""
    return datetime(year, month, day, hour, minute, tzinfo=TZ)


def calendar_version() -> str:
    """The id of the working calendar in force: store it on a record beside its deadline."""
    return Calendar.current(today()).version


def _calendar(version: str | None) -> Calendar:
    return Calendar.of(version) if version else Calendar.current(today())


def _end_of(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day, calendar.day_ends, tzinfo=TZ)


def add_working_days(moment: datetime, n: int, version: str | None = None) -> datetime:
    """The end of business on the `n`-th working day after the day of `moment`.

    With n = 0: the end of business on that day itself, or on the next working day when it is not worked or
    business is over. Raises `ValueError` for a negative n.
    """
    calendar, begun = _calendar(version), local(moment)
    day = calendar.next_working(begun.date(), n)
    if n == 0 and _end_of(day, calendar) < begun:
        day = calendar.next_working(day, 1)
    return _end_of(day, calendar)


def add_hours(moment: datetime, hours: float) -> datetime:
    """Hours by the clock, day and night, for urgent matters."""
    return local(moment) + timedelta(hours=hours)


def working_days_between(start: datetime, end: datetime, version: str | None = None) -> int:
    """Working days after the day of `start` up to the day of `end`; negative when `end` is earlier.

    It is the inverse of `add_working_days`: between(m, add_working_days(m, n)) == n.
    """
    return _calendar(version).count(local(start).date(), local(end).date())


def shift(due: datetime, paused_from: datetime, resumed_at: datetime, version: str | None = None) -> datetime:
    """`due` moved on by the working days of a pause.

    The day of pausing does not count and the day of resuming does, as with any period; a pause within one day
    moves nothing. For a deadline in hours use `shift_hours`.
    """
    calendar = _calendar(version)
    days = max(0, calendar.count(local(paused_from).date(), local(resumed_at).date()))
    if days == 0:
        return due
    moved = calendar.next_working(local(due).date(), days)
    return datetime.combine(moved, local(due).timetz())


def shift_hours(due: datetime, paused_from: datetime, resumed_at: datetime) -> datetime:
    """A deadline in hours moved on by the length of the pause."""
    return due + max(timedelta(0), resumed_at - paused_from)


def warning(until: datetime | date, version: str | None = None) -> str | None:
    """A sentence for the page when the calendar knows no holidays up to `until`, else None."""
    last = local(until).date() if isinstance(until, datetime) else until
    return _calendar(version).warning(last, min(today(), last))


def years_known(version: str | None = None) -> dict[int, str]:
    """The years whose holidays the calendar knows, each with where they are written."""
    return {number: year.source for number, year in sorted(_calendar(version).years.items())}


def holidays_of(year: int, version: str | None = None) -> tuple[list[date], list[date]]:
    """The days off of a year, and its days worked although they are at a weekend; nothing for an unknown year."""
    found = _calendar(version).years.get(year)
    return ([], []) if found is None else (sorted(found.off), sorted(found.work))


def unknown_years(until: datetime, version: str) -> list[int]:
    """The year of a deadline, when the calendar it was counted by has no holidays of that year; else nothing."""
    year = local(until).year
    return [] if year in _calendar(version).years else [year]


def say_due(due: datetime, at: datetime, version: str | None = None) -> str:
    """How much time is left, as people say it.

    「还剩 2 个工作日」「今天 18:00 前」「还剩 3 小时」「已逾期 1 个工作日」.
    A deadline at the end of business is said in working days, any other (an urgent one) in hours up to two
    days ahead. Parts are rounded down.
    """
    calendar, due, moment = _calendar(version), local(due), local(at)
    whole_day = due.time() == calendar.day_ends
    if moment > due:
        days = calendar.count(due.date(), moment.date())
        if days >= 1 and (whole_day or moment - due > timedelta(days=2)):
            return f"已逾期 {days} 个工作日"
        return f"已逾期 {_span(moment - due)}"
    if whole_day and due.date() == moment.date():
        return f"今天 {due:%H:%M} 前"
    days = calendar.count(moment.date(), due.date())
    if days == 0 or (not whole_day and due - moment <= timedelta(days=2)):
        return f"还剩 {_span(due - moment)}"
    return f"还剩 {days} 个工作日"


def _span(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if minutes >= 48 * 60:
        return f"{minutes // 1440} 天"
    if minutes >= 60:
        return f"{minutes // 60} 小时"
    return f"{minutes} 分钟" if minutes else "不到 1 分钟"


def say_day(day: date | datetime) -> str:
    """「7月3日（周五）」, with the year when it is not this one."""
    if isinstance(day, datetime):
        day = local(day).date()
    year = "" if day.year == today().year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


def say_moment(moment: datetime) -> str:
    """「今天 15:20」「昨天 09:05」「7月3日（周五）15:20」."""
    moment = local(moment)
    days = (today() - moment.date()).days
    if days in (0, 1):
        return f"{'昨天' if days else '今天'} {moment:%H:%M}"
    return f"{say_day(moment)}{moment:%H:%M}"
