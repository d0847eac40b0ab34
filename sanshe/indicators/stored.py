"""Stored figures read back: for areas that are too wide to be counted while somebody waits, and for months gone by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Max

from sanshe.kernel.measures import Tally

from .models import StoredFigure

#: area → indicator → its tally on the day asked for.
Found = dict[int, dict[str, Tally]]


def tally_of(row: StoredFigure) -> Tally:
    """The tally that was stored."""
    return Tally(
        row.numerator, row.denominator, {"rows": row.rows}, row.units, row.unknown, row.short, row.lack, row.total
    )


def last_day(on: date, area_id: int) -> date | None:
    """The last day up to `on` on which figures of the area were stored."""
    found: date | None = StoredFigure.objects.filter(area=area_id, on__lte=on).aggregate(last=Max("on"))["last"]
    return found


def on_day(area_ids: Iterable[int], on: date) -> Found:
    """What was stored for these areas on a day. One query."""
    found: Found = {}
    for row in StoredFigure.objects.filter(area__in=list(area_ids), on=on):
        found.setdefault(row.area_id, {})[row.indicator] = tally_of(row)
    return found


def over_days(area_id: int, days: Sequence[date]) -> dict[date, dict[str, Tally]]:
    """What was stored for an area on these days. One query."""
    found: dict[date, dict[str, Tally]] = {}
    for row in StoredFigure.objects.filter(area=area_id, on__in=list(days)):
        found.setdefault(row.on, {})[row.indicator] = tally_of(row)
    return found
