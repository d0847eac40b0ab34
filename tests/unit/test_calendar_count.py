"""Counting working days by weeks and exceptions gives what counting day by day gives."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from sanshe.kernel.calendar import Calendar


def by_day(calendar: Calendar, after: date, until: date) -> int:
    return sum(calendar.works(after + timedelta(days=i)) for i in range(1, (until - after).days + 1))


def test_counting_by_weeks_is_counting_by_days():
    calendar, rng = Calendar.current(date(2026, 11, 23)), Random(1)
    first = date(2024, 12, 1)
    for _ in range(3000):
        after = first + timedelta(days=rng.randrange(900))
        until = after + timedelta(days=rng.choice((0, 1, 2, 5, 7, 8, 30, 400)) + rng.randrange(3))
        assert calendar.count(after, until) == by_day(calendar, after, until)
        assert calendar.count(until, after) == -by_day(calendar, after, until)
