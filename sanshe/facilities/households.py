"""How many households live in a community: from the ledger of households, else from what is entered once a year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Min

from sanshe.areas.public import Area
from sanshe.kernel import params
from sanshe.kernel.access import LITERALS
from sanshe.people.public import households_in

from .models import CommunityBase


@dataclass(frozen=True)
class Figure:
    """Households of a community, with where the figure comes from and the day it is of."""

    number: int
    source: str
    on: date

    def __str__(self) -> str:
        return f"{self.number} 户（{self.source}，{self.on:%Y-%m-%d}）"


def figures(area_ids: Iterable[int], on: date) -> dict[int, Figure]:
    """The figure of each community that has one.

    The ledger is taken once it holds the share `facilities.household_ledger_share` of the entered figure: a ledger
    that is only begun would make the gap look small.
    """
    ids = list(area_ids)
    entered = _entered(ids, on)
    least = int(params.get("facilities.household_ledger_share", on=on).value)
    found, wanted = dict(entered), set(ids)
    for area, number in _ledger(ids, on).items():
        known = entered.get(area)
        if area in wanted and number and (known is None or number * 100 >= known.number * least):
            found[area] = Figure(number, "住户台账", on)
    return found


def _entered(ids: list[int], on: date) -> dict[int, Figure]:
    rows = CommunityBase.objects.filter(on__lte=on, households__isnull=False)
    if len(ids) <= LITERALS:
        rows = rows.filter(area__in=ids)
    latest = rows.order_by("area_id", "-on").distinct("area_id")
    return {
        area: Figure(number or 0, source or "年度填报", day)
        for area, number, source, day in latest.values_list("area_id", "households", "source", "on")
    }


def _ledger(ids: list[int], on: date) -> dict[int, int]:
    """Households of the ledger by community."""
    span = Area.objects.filter(pk__in=ids).aggregate(lo=Min("lo"), hi=Max("hi")) if len(ids) <= LITERALS else {}
    within = Area(lo=span["lo"], hi=span["hi"]) if span.get("lo") is not None else None
    return {area: number for area, number in households_in(on, within).items() if area is not None}
