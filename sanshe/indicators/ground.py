"""The ground that figures are counted on: the communities and streets of an area as they stood on a day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sanshe.areas.public import Area, AreaLevel, absorbed_by, ancestor_at, as_of, descendants
from sanshe.kernel.measures import Unit

#: Areas with more below them than this are read from stored figures: a page must not wait for the country.
WIDE = 3000


def is_wide(area: Area) -> bool:
    """Whether an area is too wide to be counted while somebody waits. The stored tree order has no gaps."""
    return area.hi - area.lo > WIDE


@dataclass(frozen=True)
class Ground:
    """Communities and streets of an area on a day; `moved`: areas that were no more → the one that stands for each."""

    area: Area
    on: date
    communities: tuple[Area, ...]
    streets: tuple[Area, ...]
    moved: dict[int, int] = field(default_factory=dict)

    def units(self, level: str) -> list[Unit]:
        """The communities or the streets as units, with what stood above them."""
        top = {s.pk: s.parent_id or 0 for s in self.streets}
        if level == AreaLevel.STREET:
            return [Unit(s.pk, s.parent_id or 0, 0) for s in self.streets]
        return [Unit(c.pk, c.parent_id or 0, top.get(c.parent_id or 0, 0)) for c in self.communities]

    def below(self, street_id: int) -> list[Area]:
        """The communities of a street."""
        return [c for c in self.communities if c.parent_id == street_id]


def ground(area: Area, on: date) -> Ground:
    """The ground of an area that is not wide. Two queries today, some more for a day before a reform."""
    then = as_of(descendants(area, on=on).select_related("parent"), on)
    streets = {a.pk: a for a in then if a.level == AreaLevel.STREET}
    communities = [a for a in then if a.level == AreaLevel.COMMUNITY]
    if area.level == AreaLevel.COMMUNITY:
        above = ancestor_at(area, AreaLevel.STREET, on)
        for one in as_of([above], on) if above is not None else []:
            streets[one.pk] = one
    for community in communities:
        if community.parent_id in streets:
            community.parent = streets[community.parent_id]
    return Ground(area, on, tuple(communities), tuple(streets.values()), absorbed_by(on=on))


def district_of(area: Area, on: date) -> Area:
    """The New Area (or district) that an area lay in on a day; itself when it is one or none is above it."""
    if area.level in (AreaLevel.STREET, AreaLevel.COMMUNITY):
        return ancestor_at(area, AreaLevel.DISTRICT, on) or area
    return area
