"""Readers: figures for an area and a day, judged against the target in force then, with the rows behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sanshe.areas.public import Area, AreaLevel, communities_of
from sanshe.kernel import params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import NotVisible
from sanshe.kernel.measures import NOTHING, Tally
from sanshe.kernel.policy_shape import Target

from .access import FigureAccess
from .models import FigureArea
from .registry import Indicator, Line, indicators, named


@dataclass(frozen=True)
class Figure:
    """One indicator for one area on one day. `met` None: no target, or no data."""

    indicator: Indicator
    target: Target
    area: Area
    on: date
    tally: Tally
    before: Tally
    short: tuple[Area, ...]

    @property
    def has_data(self) -> bool:
        return self.tally.denominator > 0

    @property
    def met(self) -> bool | None:
        least = self.target.at_least
        if least is None or self.tally.percent is None:
            return None
        return self.tally.percent >= float(least)

    @property
    def change(self) -> float | None:
        """Percentage points since the month before; None when either has no data."""
        if self.tally.percent is None or self.before.percent is None:
            return None
        return round(self.tally.percent - self.before.percent, 1)

    @property
    def carried_on(self) -> bool:
        """Whether the target in force is an earlier one that carries on (沿用), due in a year that is past."""
        due = self.target.current
        return bool(due and due.at_least is not None and self.on.year > due.by.year)

    @property
    def aim(self) -> str:
        """The target in words."""
        due = self.target.current
        if due is None or due.at_least is None:
            return "未设目标"
        carried = "，沿用至今" if self.carried_on else ""
        return f"目标：{due.by.year} 年末达到 {due.at_least:g}%{carried}"

    @property
    def unrated(self) -> Tally | None:
        """The share that was not rated, for indicators that count ratings."""
        if "unrated" not in self.tally.beside:
            return None
        return Tally(self.tally.beside["unrated"], self.tally.beside["rows"])

    @property
    def sentence(self) -> str:
        """The answer, in one sentence."""
        if self.indicator.by_row:
            unrated = self.unrated or NOTHING
            if not self.has_data:
                return f"近一年办结 {unrated.denominator} 件，都还没有评价：无数据。"
            return (
                f"{self.tally.denominator} 次评价中 {self.tally.numerator} 次基本满意及以上；"
                f"另有 {unrated.numerator} 件没有评价，未评率 {unrated.percent:g}%。"
            )
        if self.tally.denominator == 1:
            return f"已{self.indicator.short}。" if self.tally.numerator else f"{self.indicator.missing}。"
        left = self.tally.denominator - self.tally.numerator
        if not left:
            return f"{self.tally.denominator} 个社区全部覆盖。"
        return f"{self.tally.denominator} 个社区中 {self.tally.numerator} 个已覆盖，还差 {left} 个。"


def figure_area(viewer: Viewer, area_id: int | None) -> FigureArea:
    """The area asked for, or the highest that the viewer reads. Raises NotVisible."""
    if area_id is not None:
        return FigureAccess.get(viewer, area_id, rows=FigureArea.objects.select_related("parent"))
    wide = [AreaLevel.COMMUNITY, AreaLevel.STREET, AreaLevel.DISTRICT]
    found = FigureAccess.rows(viewer).filter(level__in=wide).order_by("lo").first()
    if found is None:
        raise NotVisible()
    return found


def areas_offered(viewer: Viewer) -> list[FigureArea]:
    """The areas above communities (and one's own community) whose figures the viewer may choose."""
    rows = FigureAccess.rows(viewer).order_by("lo")
    upper = list(rows.exclude(level=AreaLevel.COMMUNITY)[:200])
    return upper or list(rows[:60])


def month_before(on: date) -> date:
    """The last day of the month before."""
    return on.replace(day=1) - timedelta(days=1)


def _total(tallies: Iterable[Tally]) -> Tally:
    out = NOTHING
    for tally in tallies:
        out = out + tally
    return out


def _falls_short(indicator: Indicator, tally: Tally) -> bool:
    if indicator.by_row:
        return tally.denominator > 0 and tally.numerator < tally.denominator
    return tally.numerator < tally.denominator


def figures(area: Area, on: date, only: str = "") -> list[Figure]:
    """All indicators (or one) for an area on a day: two queries an indicator, whatever the number of communities."""
    communities = list(communities_of(area.pk, on))
    ids = [c.pk for c in communities]
    out = []
    for indicator in indicators():
        if only and indicator.name != only:
            continue
        now = indicator.on(on).by_area(ids)
        before = indicator.on(month_before(on)).by_area(ids)
        short = tuple(c for c in communities if _falls_short(indicator, now[c.pk]))
        out.append(
            Figure(
                indicator, params.target(indicator.name, on), area, on, _total(now.values()), _total(before.values()),
                short,
            )
        )  # fmt: skip
    return out


@dataclass(frozen=True)
class Row:
    """One area of a table: its tallies in the order of the indicators."""

    area: Area
    tallies: tuple[Tally, ...]


def table(area: Area, on: date) -> list[Row]:
    """The level below an area against all indicators (streets of the New Area, communities of a street)."""
    communities = list(communities_of(area.pk, on).select_related("parent"))
    ids = [c.pk for c in communities]
    columns = [i.on(on).by_area(ids) for i in indicators()]
    if area.level in (AreaLevel.STREET, AreaLevel.COMMUNITY):
        return [Row(c, tuple(column[c.pk] for column in columns)) for c in communities]
    streets: dict[int, list[Area]] = {}
    for c in communities:
        streets.setdefault(c.parent_id or 0, []).append(c)
    return [
        Row(below[0].parent or area, tuple(_total(column[c.pk] for c in below) for column in columns))
        for below in streets.values()
    ]


def heat(area: Area, on: date) -> list[Row]:
    """Every community of an area against all indicators."""
    communities = list(communities_of(area.pk, on).select_related("parent"))
    columns = [i.on(on).by_area([c.pk for c in communities]) for i in indicators()]
    return [Row(c, tuple(column[c.pk] for column in columns)) for c in communities]


def trend(indicator: Indicator, area: Area, on: date, months: int = 12) -> list[tuple[date, Tally]]:
    """The indicator at the end of each of the last months and on the day itself, oldest first."""
    days = [on]
    while len(days) < months:
        days.append(month_before(days[-1]))
    out = []
    for day in reversed(days):
        ids = [c.pk for c in communities_of(area.pk, day)]
        out.append((day, _total(indicator.on(day).by_area(ids).values())))
    return out


def get_indicator(name: str) -> Indicator:
    """The indicator of that name. Raises NotVisible."""
    found = named(name)
    if found is None:
        raise NotVisible("没有这项指标。")
    return found


def rows_behind(
    viewer: Viewer, indicator: Indicator, area: Area, on: date, page: int = 1, size: int = 50
) -> tuple[list[tuple[Area, Line]], int]:
    """The rows that a figure was counted from, a page of them, with their communities; and how many there are."""
    communities = {c.pk: c for c in communities_of(area.pk, on)}
    rows = indicator.on(on).behind(communities).order_by("-pk")
    count = rows.count()
    chosen = list(rows[(page - 1) * size : page * size])
    return [(communities[line.area_id], line) for line in indicator.lines(viewer, chosen)], count
