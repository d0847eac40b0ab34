"""Windows that end with a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sanshe.kernel import clock, params

#: The day of the notice: a definition holds for the days before it was first written down, too.
FIRST = date(2020, 7, 7)


def window_first(on: date) -> date:
    """The first day of the window that ends with a day (parameter `indicators.window_days`)."""
    days = int(params.get("indicators.window_days", on=max(on, FIRST)).value)
    return on - timedelta(days=days - 1)


def window_start(on: date) -> datetime:
    """The first moment of the window that ends with a day."""
    return clock.start_of(window_first(on))


def end_of(on: date) -> datetime:
    """Midnight after a day."""
    return clock.start_of(on + timedelta(days=1))
