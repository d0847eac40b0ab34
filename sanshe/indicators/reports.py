"""The monthly and yearly report of an area: drawn from live records, each figure with its sources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sanshe.areas.public import Area, AreaLevel
from sanshe.kernel.access import Viewer
from sanshe.kernel.measures import NOTHING

from . import queries, stored
from .figure import Figure, number_of, plain
from .ground import is_wide
from .headline import headline
from .models import GapPlan
from .reckoning import reckon

MONTH, YEAR = "month", "year"
#: How many areas that fall short are named under one target.
NAMED = 15


@dataclass(frozen=True)
class Short:
    """A target that is not reached, with those that fall short."""

    figure: Figure
    rows: list[tuple[str, str, str]]
    more: int


@dataclass(frozen=True)
class Document:
    """A report, ready to be shown, printed or written as docx or xlsx."""

    area: Area
    on: date
    period: str
    before_day: date
    title: str
    answer: str
    figures: list[Figure]
    befores: list[str]
    changes: list[str]
    streets: list[tuple[Area, list[Figure]]]
    short: list[Short]
    plans: list[GapPlan]

    @property
    def judged(self) -> list[Figure]:
        return [f for f in self.figures if not f.target.trend]

    @property
    def trends(self) -> list[Figure]:
        return [f for f in self.figures if f.target.trend]

    @property
    def table(self) -> list[tuple[Figure, str, str]]:
        """Each figure with what it was before and how it changed."""
        return list(zip(self.figures, self.befores, self.changes, strict=True))


def period_of(period: str, on: date, today: date) -> tuple[date, date]:
    """(the day reported on, the day compared with) of the month or year that `on` lies in, never later than today."""
    if period == YEAR:
        return min(date(on.year, 12, 31), today), date(on.year - 1, 12, 31)
    first_of_next = (on.replace(day=28) + timedelta(days=4)).replace(day=1)  # not policy: any month is shorter than 32
    return min(first_of_next - timedelta(days=1), today), queries.month_before(on)


def _said(figure: Figure, was: float | None) -> str:
    now = figure.number
    if was is None or now is None:
        return "无从比较"
    change = round(now - was, 1)
    if not change:
        return "持平"
    unit = "个百分点" if figure.unit == "%" else figure.unit
    return f"{'升' if change > 0 else '降'} {plain(abs(change))} {unit}"


def compose(viewer: Viewer, area: Area, on: date, period: str, today: date) -> Document:
    """The report of an area for the month or year of a day. The viewer's right to the area was asked by the caller."""
    day, before_day = period_of(period, on, today)
    report = queries.report(area, day, before=False)
    past = stored.on_day([area.pk], before_day).get(area.pk, {})
    if not past and not is_wide(area):
        then = reckon(area, before_day, [f.indicator for f in report.figures])
        past = {f.indicator.name: then.of(f.indicator.name, area) for f in report.figures}
    found = [f for f in report.figures if not (f.indicator.level == "street" and area.level == AreaLevel.COMMUNITY)]
    befores = [number_of(f, past.get(f.indicator.name, NOTHING)) for f in found]
    short = []
    for figure in found:
        if figure.met is False or (figure.judged and not figure.has_data):
            rows = [
                (
                    str(one.parent or ""),
                    one.short_name,
                    next(f for f in report.of(one) if f.indicator.name == figure.indicator.name),
                )
                for one in figure.short[:NAMED]
            ]
            lines = [(a, b, f.gap or f.indicator.missing if f.has_data else "无数据") for a, b, f in rows]
            short.append(Short(figure, lines, max(0, len(figure.short) - NAMED)))
    streets = [(a, [f for f in report.of(a) if not f.target.trend]) for a in report.rows]
    name = f"{day.year} 年" if period == YEAR else f"{day.year} 年 {day.month} 月"
    return Document(
        area, report.on, period, before_day, f"{area.short_name}三社联动{name}{'年报' if period == YEAR else '月报'}",
        headline(found), found, [f.say(b) for f, b in zip(found, befores, strict=True)],
        [_said(f, b) for f, b in zip(found, befores, strict=True)],
        streets if area.level != AreaLevel.COMMUNITY else [], short, queries.plans_within(viewer, area),
    )  # fmt: skip
