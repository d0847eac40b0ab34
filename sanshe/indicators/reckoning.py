"""Figures counted now: all indicators of an area on a day in a handful of statements, whatever its size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sanshe.areas.public import Area, AreaLevel, inside
from sanshe.kernel import params
from sanshe.kernel.measures import NOTHING, Asked, Measure, Tally, tallies
from sanshe.kernel.policy_shape import Due, Target

from .ground import Ground, district_of, ground
from .registry import ANYWHERE, COMMUNITY, STREET, Indicator, indicators


def due_of(target: Target) -> Due | None:
    """The figure to hold a count against: the one in force, before the first the coming one."""
    return target.current if target.current is not None else target.next


def unit_limit(indicator: Indicator, target: Target) -> Decimal | None:
    """What one community is held against: its own number of rows, or its own share; None for mere coverage."""
    due = due_of(target)
    return due.at_least if due is not None and indicator.kind in ("least", "share") else None


def asked_of(chosen: Sequence[Indicator], on: date, level: str) -> list[Asked]:
    """The indicators that have a value for each unit of a level, as a statement asks for them."""
    return [
        Asked(one.name, one.on(on), unit_limit(one, params.target(one.name, on)))
        for one in chosen
        if one.level == level
    ]


def total(found: Iterable[Tally]) -> Tally:
    """The sum."""
    out = NOTHING
    for one in found:
        out = out + one
    return out


@dataclass
class _Loose:
    """What is counted where it stands: (order in the tree, number) of each place, and whether the ledger is kept."""

    places: list[tuple[int, int]]
    kept: bool


@dataclass
class Sheet:
    """The tallies of an area on a day: of the area, of its streets, of its communities."""

    ground: Ground
    cells: dict[str, dict[int, Tally]] = field(default_factory=dict)
    loose: dict[str, _Loose] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)

    @property
    def area(self) -> Area:
        return self.ground.area

    def of(self, name: str, area: Area) -> Tally:
        """The tally of the area itself, or of a street or community of it. Nothing where it does not apply."""
        level = self.levels[name]
        if level == ANYWHERE:
            return self._standing(name, area)
        cells = self.cells[name]
        if area.pk == self.area.pk and area.level not in (AreaLevel.COMMUNITY, AreaLevel.STREET):
            return total(cells.values())
        if level == STREET:
            return cells.get(area.pk, NOTHING) if area.level == AreaLevel.STREET else NOTHING
        if area.level == AreaLevel.COMMUNITY:
            return cells.get(area.pk, NOTHING)
        return total(cells.get(c.pk, NOTHING) for c in self.ground.below(area.pk))

    def _standing(self, name: str, area: Area) -> Tally:
        loose = self.loose[name]
        number = sum(n for lo, n in loose.places if area.lo <= lo < area.hi)
        known = loose.kept or number > 0
        return Tally(number, 1, {"rows": number}, 1, int(not known), 0, 0, Decimal(number))

    def short(self, name: str) -> list[Area]:
        """The units that do not reach their limit, the unknown among them, by what is missing: most first."""
        if self.levels[name] == ANYWHERE:
            return []
        units = self.ground.streets if self.levels[name] == STREET else self.ground.communities
        cells = self.cells[name]
        found = [a for a in units if a.pk in cells and cells[a.pk].short]
        return sorted(found, key=lambda a: (-cells[a.pk].lack, cells[a.pk].unknown, a.lo))

    def __add__(self, other: Sheet) -> Sheet:
        return Sheet(self.ground, {**self.cells, **other.cells}, {**self.loose, **other.loose},
                     {**self.levels, **other.levels})  # fmt: skip


def _stand(measure: Measure, district: Area, on: date) -> _Loose:
    """Where the rows of a measure stand in the district: one query, and one on whether the ledger is kept."""
    part = measure.parts()[0]
    rows = part.rows.filter(inside(district, on, "area")).order_by().values("area_id", "area__lo")
    places = [(row["area__lo"], int(row["n"])) for row in rows.annotate(n=part.value)]
    kept = getattr(measure, "kept", None)
    here = bool(places) or kept is None or kept.rows.filter(inside(district, on, kept.per)).exists()
    return _Loose(places, here)


def reckon(area: Area, on: date, only: Sequence[Indicator] | None = None, base: Ground | None = None) -> Sheet:
    """Count all indicators (or some) for an area that is not wide."""
    chosen = list(only) if only is not None else indicators()
    on_ground = base or ground(area, on)
    sheet = Sheet(on_ground, levels={one.name: one.level for one in chosen})
    communities = tallies(asked_of(chosen, on, COMMUNITY), on_ground.units(COMMUNITY), on_ground.moved)
    streets = on_ground.units(STREET) if area.level != AreaLevel.COMMUNITY else []
    sheet.cells = communities | tallies(asked_of(chosen, on, STREET), streets, on_ground.moved)
    standing = [one for one in chosen if one.level == ANYWHERE]
    if standing:
        district = district_of(area, on)
        sheet.loose = {one.name: _stand(one.on(on), district, on) for one in standing}
    return sheet
