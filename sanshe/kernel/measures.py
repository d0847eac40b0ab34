"""A number and the rows behind it, from one query.

A measure is asked for a set of areas at once (one GROUP BY) and gives, for each, a tally: numerator and denominator.
A tally without a denominator has no value: 无数据, never 0 %.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet


@dataclass(frozen=True)
class Tally:
    """`numerator` of `denominator`; `beside`: further counts that belong next to it (the unrated)."""

    numerator: int = 0
    denominator: int = 0
    beside: Mapping[str, int] = field(default_factory=dict)

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None without a denominator."""
        return self.numerator / self.denominator if self.denominator else None

    @property
    def percent(self) -> float | None:
        """The share in per cent, to one decimal; None without a denominator."""
        return None if self.share is None else round(self.share * 100, 1)

    def __add__(self, other: Tally) -> Tally:
        beside = dict(self.beside)
        for key, value in other.beside.items():
            beside[key] = beside.get(key, 0) + value
        return Tally(self.numerator + other.numerator, self.denominator + other.denominator, beside)


NOTHING = Tally()


class Measure:
    """What can be counted per area, with its rows."""

    def by_area(self, area_ids: Iterable[int]) -> dict[int, Tally]:
        """The tally of each of these areas; one query whatever their number."""
        raise NotImplementedError

    def behind(self, area_ids: Iterable[int]) -> QuerySet[Any]:
        """The rows that the tallies of these areas were counted from."""
        raise NotImplementedError


@dataclass(frozen=True)
class Coverage(Measure):
    """How many areas have at least one row: each area is one in the denominator."""

    rows: QuerySet[Any]
    per: str = "area"

    def by_area(self, area_ids: Iterable[int]) -> dict[int, Tally]:
        ids = list(area_ids)
        found = self.behind(ids).order_by().values_list(self.per).annotate(n=Count("pk"))
        have: dict[int, int] = dict(found)
        return {i: Tally(int(bool(have.get(i))), 1, {"rows": have.get(i, 0)}) for i in ids}

    def behind(self, area_ids: Iterable[int]) -> QuerySet[Any]:
        return self.rows.filter(**{f"{self.per}__in": list(area_ids)})


@dataclass(frozen=True)
class Share(Measure):
    """How many of the rows that count (`among`) are good (`good`); the others are counted beside."""

    rows: QuerySet[Any]
    good: Q
    among: Q
    beside: str
    per: str = "area"

    def by_area(self, area_ids: Iterable[int]) -> dict[int, Tally]:
        ids = list(area_ids)
        found = (
            self.behind(ids)
            .order_by()
            .values(self.per)
            .annotate(
                good=Count("pk", filter=self.among & self.good),
                among=Count("pk", filter=self.among),
                everything=Count("pk"),
            )
            .values_list(self.per, "good", "among", "everything")
        )
        tallies = {i: Tally(0, 0, {self.beside: 0, "rows": 0}) for i in ids}
        for area, good, among, everything in found:
            tallies[area] = Tally(good, among, {self.beside: everything - among, "rows": everything})
        return tallies

    def behind(self, area_ids: Iterable[int]) -> QuerySet[Any]:
        return self.rows.filter(**{f"{self.per}__in": list(area_ids)})
