"""Readers: figures for an area and a day, judged against the target in force then, with the rows behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, QuerySet, When

from sanshe.areas.public import Area, AreaLevel, inside
from sanshe.kernel import params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import NotVisible
from sanshe.kernel.measures import NOTHING, Tally

from . import stored
from .access import FigureAccess, GapPlanAccess
from .figure import Figure, number_of
from .ground import Ground, ground, is_wide
from .models import FigureArea, GapPlan
from .reckoning import Sheet, reckon
from .registry import ANYWHERE, STREET, Indicator, Line, indicators, named
from .words import PlanState


def figure_area(viewer: Viewer, area_id: int | None) -> FigureArea:
    """The area asked for, or the highest that the viewer reads. Raises NotVisible."""
    if area_id is not None:
        return FigureAccess.get(viewer, area_id, rows=FigureArea.objects.select_related("parent"))
    wide = [AreaLevel.COMMUNITY, AreaLevel.STREET, AreaLevel.DISTRICT, AreaLevel.CITY, AreaLevel.PROVINCE]
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


def month_ends(on: date, months: int = 12) -> list[date]:
    """The day itself and the month ends before it, oldest first."""
    days = [on]
    while len(days) < months:
        days.append(month_before(days[-1]))
    return days[::-1]


def due_days(on: date) -> list[date]:
    """The days on which targets of the pack fell due, up to a day."""
    return sorted({due.by for target in params.targets() for due in target.dues if due.by <= on})


@dataclass
class Report:
    """All figures of an area on a day, and those of what lies below it. `computed`: the day of stored figures."""

    area: Area
    on: date
    figures: list[Figure]
    sheet: Sheet | None = None
    below: dict[int, dict[str, Tally]] = field(default_factory=dict)
    children: list[Area] = field(default_factory=list)
    computed: date | None = None
    _of: dict[int, list[Figure]] = field(default_factory=dict)

    def figure(self, name: str) -> Figure:
        """The figure of that name. Raises NotVisible."""
        found = next((f for f in self.figures if f.indicator.name == name), None)
        if found is None:
            raise NotVisible("没有这项指标。")
        return found

    def of(self, area: Area) -> list[Figure]:
        """All figures of a street or community below (without what was before)."""
        if area.pk not in self._of:
            self._of[area.pk] = self._figures_of(area)
        return self._of[area.pk]

    def _figures_of(self, area: Area) -> list[Figure]:
        chosen = [f.indicator for f in self.figures]
        if self.sheet is not None:
            return [
                Figure(one, f.target, area, self.on, self.sheet.of(one.name, area), needed=f.needed)
                for one, f in zip(chosen, self.figures, strict=True)
            ]
        here = self.below.get(area.pk, {})
        return [
            Figure(f.indicator, f.target, area, self.on, here.get(f.indicator.name, NOTHING), needed=f.needed)
            for f in self.figures
        ]

    @property
    def rows(self) -> list[Area]:
        """The level below: streets of the New Area, communities of a street, the areas under a wider one."""
        if self.sheet is None:
            return self.children
        if self.area.level in (AreaLevel.STREET, AreaLevel.COMMUNITY):
            return list(self.sheet.ground.communities)
        return list(self.sheet.ground.streets)

    @property
    def communities(self) -> list[Area]:
        """Every community, when the area is not too wide for that."""
        return list(self.sheet.ground.communities) if self.sheet is not None else []


def _chosen(only: str) -> list[Indicator]:
    every = indicators()
    if not only:
        return every
    found = [one for one in every if one.name == only]
    needed = found[0].needs if found else ""
    return found + [one for one in every if one.name == needed]


def _needed(indicator: Indicator, area: Area, on: date, sheet: Sheet) -> bool | None:
    """Whether what an indicator needs besides is met; True when it needs nothing."""
    if not indicator.needs or indicator.needs not in sheet.levels:
        return True
    loose = sheet.loose.get(indicator.needs)
    if loose is None:
        return True
    if not loose.kept:
        return None
    target = params.target(indicator.needs, on)
    due = target.dues[0] if target.dues else None
    least = due.at_least if due is not None else None
    return least is None or sum(n for _, n in loose.places) >= least


def report(area: Area, on: date, only: str = "", before: bool = True) -> Report:
    """All figures of an area on a day (or one): counted now, or as stored when the area is too wide for that.

    `before`: also those of the end of the month before, for the change.
    """
    chosen = _chosen(only)
    if is_wide(area):
        return _stored_report(area, on, chosen, before)
    sheet = reckon(area, on, chosen)
    earlier = month_before(on)
    past: dict[str, Tally] = {}
    if before:
        past = stored.on_day([area.pk], earlier).get(area.pk, {})
        if not past:
            then = reckon(area, earlier, chosen)
            past = {one.name: then.of(one.name, area) for one in chosen}
    figures = [
        Figure(
            one, params.target(one.name, on), area, on, sheet.of(one.name, area), past.get(one.name),
            tuple(sheet.short(one.name)), _needed(one, area, on, sheet),
        )
        for one in chosen
        if not only or one.name == only
    ]  # fmt: skip
    return Report(area, on, figures, sheet)


def _stored_report(area: Area, on: date, chosen: Sequence[Indicator], before: bool) -> Report:
    day = stored.last_day(on, area.pk)
    children = list(Area.objects.filter(parent=area).order_by("lo"))
    if day is None:
        return Report(
            area, on, [Figure(o, params.target(o.name, on), area, on, NOTHING) for o in chosen], children=children
        )
    below = stored.on_day([area.pk, *(c.pk for c in children)], day)
    past = stored.on_day([area.pk], month_before(day)).get(area.pk, {}) if before else {}
    here = below.get(area.pk, {})
    figures = [
        Figure(
            one, params.target(one.name, day), area, day, here.get(one.name, NOTHING), past.get(one.name), stored=day
        )
        for one in chosen
    ]
    return Report(area, day, figures, None, below, children, day)


def figures(area: Area, on: date, only: str = "") -> list[Figure]:
    """All figures (or one) of an area on a day."""
    return report(area, on, only).figures


def trend(indicator: Indicator, area: Area, on: date, months: int = 12) -> list[tuple[date, Figure]]:
    """The indicator at the end of each of the last months and on the day itself, oldest first.

    Months that were stored are read back; the others are counted, unless the area is too wide.
    """
    days = month_ends(on, months)
    kept = stored.over_days(area.pk, days) if area.level != AreaLevel.COMMUNITY else {}
    out = []
    for day in days:
        tally = kept.get(day, {}).get(indicator.name)
        if day == on and not is_wide(area):
            tally = None
        if tally is None and day in kept and day != on:
            tally = NOTHING  # the day was computed, and there was no datum
        if tally is None:
            tally = NOTHING if is_wide(area) else reckon(area, day, [indicator]).of(indicator.name, area)
        out.append((day, Figure(indicator, params.target(indicator.name, day), area, day, tally)))
    return out


def sparks(area: Area, on: date, found: Sequence[Figure], months: int = 12) -> dict[str, list[float | None]]:
    """The stored months of every indicator, oldest first, the day itself last; one query. None where none is kept."""
    days = month_ends(on, months)[:-1]
    kept = stored.over_days(area.pk, days)
    return {
        f.indicator.name: [
            number_of(f, kept[d][f.indicator.name]) if f.indicator.name in kept.get(d, {}) else None for d in days
        ]
        + [f.number]
        for f in found
    }


def judgements(indicator: Indicator, area: Area, on: date) -> list[Figure]:
    """The indicator on each day a target of the pack fell due, and on the day itself: judged against what held then."""
    days = [d for d in due_days(on) if d != on]
    kept = stored.over_days(area.pk, days) if area.level != AreaLevel.COMMUNITY else {}
    out = []
    for day in [*days, on]:
        if day in kept:
            tally = kept[day].get(indicator.name, NOTHING)
            out.append(Figure(indicator, params.target(indicator.name, day), area, day, tally, stored=day))
        else:
            (found,) = report(area, day, indicator.name, before=False).figures
            out.append(found)
    return out


def get_indicator(name: str) -> Indicator:
    """The indicator of that name. Raises NotVisible."""
    found = named(name)
    if found is None:
        raise NotVisible("没有这项指标。")
    return found


def rows_of(indicator: Indicator, area: Area, on: date, base: Ground | None = None) -> QuerySet[Any]:
    """The rows that the figure of an area was counted from: the same query, narrowed to the area."""
    measure = indicator.on(on)
    if indicator.level == ANYWHERE or is_wide(area):
        return measure.rows.filter(inside(area, on, measure.column()))
    here = base or ground(area, on)
    units = here.streets if indicator.level == STREET else here.communities
    ids = {a.pk for a in units}
    ids |= {old for old, new in here.moved.items() if new in ids}
    return measure.behind(ids)


def rows_behind(
    viewer: Viewer, indicator: Indicator, area: Area, on: date, page: int = 1, size: int = 50
) -> tuple[list[tuple[Area, Line]], int]:
    """The rows that a figure was counted from, a page of them, with their areas; and how many there are."""
    rows = rows_of(indicator, area, on).order_by("-pk")
    count = rows.count()
    chosen = list(rows[(page - 1) * size : page * size])
    lines = indicator.lines(viewer, chosen)
    areas = Area.objects.in_bulk({line.area_id for line in lines})
    return [(areas[line.area_id], line) for line in lines], count


def plans_for(area_ids: Sequence[int], indicator: str) -> dict[int, GapPlan]:
    """The plan under way for each of these areas, to one target. Asked for areas that the viewer reads already."""
    rows = GapPlan.objects.filter(area__in=list(area_ids), indicator=indicator, state=PlanState.DOING)
    return {plan.area_id: plan for plan in rows}


def plans(viewer: Viewer, limit: int = 200) -> list[GapPlan]:
    """The plans that the viewer may read, those under way first."""
    rows = GapPlanAccess.rows(viewer).select_related("area", "area__parent", "owner")
    return list(rows.order_by(Case(When(state=PlanState.DOING, then=0), default=1), "due_at", "pk")[:limit])


def plan(viewer: Viewer, pk: int) -> GapPlan:
    """One plan. Raises NotVisible."""
    rows = GapPlan.objects.select_related("area", "area__parent", "owner", "made_by")
    return GapPlanAccess.get(viewer, pk, rows=rows)


def figure_of_plan(plan: GapPlan, on: date) -> Figure | None:
    """How the plan's figure stands; None when the policy pack does not hold that target any more."""
    if named(plan.indicator) is None:
        return None
    (figure,) = report(plan.area, on, plan.indicator, before=False).figures
    return figure


def plans_within(viewer: Viewer, area: Area) -> list[GapPlan]:
    """The plans under way in an area that the viewer may read."""
    rows = GapPlanAccess.rows(viewer).filter(inside(area, None, "area"), state=PlanState.DOING)
    return list(rows.select_related("area", "owner").order_by("due_at", "pk")[:200])
