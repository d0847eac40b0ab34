"""Who lives where, and who reaches a facility on foot in time.

The distance walked is the straight line times a detour factor: an approximation, and said so wherever it is shown.
"""

from __future__ import annotations

import bisect
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sanshe.areas.public import Area, PlaceKind, communities_of, in_force
from sanshe.kernel import params

from . import households, norms
from .geometry import EARTH, Position, metres
from .models import AreaPoint, Facility

#: Degrees by which the box of a search for facilities is wider than its points: more than any reach on foot.
MARGIN = 0.1
#: Kinds of kept places in which people live: parks and schools get no share of the households.
HOMES = (PlaceKind.ESTATE, PlaceKind.BUILDING)


@dataclass(frozen=True)
class Demand:
    """A place where people live. `weight`: households; `even`: the community's households were spread evenly."""

    key: int
    name: str
    community: str
    at: Position
    weight: int
    even: bool = False


@dataclass
class Demands:
    """The places of an area, and the communities that can not be placed."""

    points: list[Demand] = field(default_factory=list)
    without_position: list[Area] = field(default_factory=list)
    without_households: list[Area] = field(default_factory=list)

    @property
    def weight(self) -> int:
        """Households in all."""
        return sum(one.weight for one in self.points)


def demands(area: Area, on: date) -> Demands:
    """Where the households of an area live.

    A place with households of its own is taken as entered; what is left of the community's households is spread evenly
    over its other estates; a community without places stands at its own point.
    """
    communities = list(communities_of(area.pk, on))
    ids = [one.pk for one in communities]
    figures = households.figures(ids, on)
    points: dict[int, list[AreaPoint]] = defaultdict(list)
    rows = AreaPoint.objects.filter(area__lo__gte=area.lo, area__lo__lt=area.hi).select_related("place", "area")
    for point in rows:
        points[point.area_id].append(point)
    out = Demands()
    for community in communities:
        here = [p for p in points[community.pk] if _lived_in(p)] or [p for p in points[community.pk] if not p.place_id]
        if not here:
            out.without_position.append(community)
            continue
        placed = _weights(community, here, figures.get(community.pk))
        if placed is None:
            out.without_households.append(community)
        else:
            out.points += placed
    return out


def _lived_in(point: AreaPoint) -> bool:
    """Whether people live at a kept place: it has households, or is of a kind in which people live."""
    if point.place is None:
        return False
    return bool(point.households) or (point.households is None and point.place.kind in HOMES)


def _weights(community: Area, here: Sequence[AreaPoint], figure: households.Figure | None) -> list[Demand] | None:
    """The places of a community with their households; None when nothing is known of any."""
    known = sum(p.households or 0 for p in here)
    open_ones = [p for p in here if p.households is None]
    rest = max(0, figure.number - known) if figure is not None else 0
    if not known and figure is None:
        return None
    share, over = divmod(rest, len(open_ones)) if open_ones else (0, 0)
    out = []
    for point in here:
        even = point.households is None
        weight = point.households if point.households is not None else share + (open_ones.index(point) < over)
        at = (float(point.lat), float(point.lng))
        out.append(
            Demand(point.pk, str(point), str(community), at, weight, even and figure is not None and len(here) > 1)
        )
    return out


@dataclass(frozen=True)
class Nearest:
    """A place with the facility that is nearest to it: how far as the crow flies (m) and on foot (m, minutes)."""

    demand: Demand
    facility: Facility | None
    straight: float | None
    walk: float | None
    minutes: float | None
    inside: bool


@dataclass(frozen=True)
class Reach:
    """Who is inside the reach of facilities: the places, farthest first, and the households inside."""

    rows: list[Nearest]
    inside: int
    weight: int
    demands: Demands
    metres: float

    @property
    def share(self) -> float | None:
        """Per cent of households inside; None without any household."""
        return round(self.inside * 100 / self.weight, 1) if self.weight else None

    @property
    def outside(self) -> list[Nearest]:
        """The places that are too far."""
        return [row for row in self.rows if not row.inside]


def facilities_near(points: Iterable[Position], on: date, kind: str = "") -> list[Facility]:
    """Facilities with coordinates that count, of one kind if given, in a box around the points, whatever their area.

    A room of the use that stands for the kind makes its facility one of that kind.
    """
    found = list(points)
    if not found:
        return []
    rows = Facility.objects.filter(
        in_force(on),
        state__in=norms.counting_states(on),
        lat__gte=min(p[0] for p in found) - MARGIN,
        lat__lte=max(p[0] for p in found) + MARGIN,
        lng__gte=min(p[1] for p in found) - MARGIN,
        lng__lte=max(p[1] for p in found) + MARGIN,
    )
    if kind:
        uses = [use for use, part in norms.part_of_use(on).items() if part == kind]
        with_room = rows.filter(in_force_room(on), rooms__use__in=uses).values("pk")
        rows = rows.filter(kind=kind) | rows.filter(pk__in=with_room)
    else:
        rows = rows.filter(kind__in=norms.counted(on))
    return list(rows.select_related("area").order_by("pk"))


def in_force_room(on: date):  # type: ignore[no-untyped-def]
    """The condition that a facility's room is in force on a day."""
    from django.db.models import Q

    return Q(rooms__valid_from__lte=on) & (Q(rooms__valid_to=None) | Q(rooms__valid_to__gt=on))


def position(row: object) -> Position:
    """Latitude and longitude of a row that has them."""
    return float(row.lat), float(row.lng)  # type: ignore[attr-defined]


def _nearest(
    at: Position, near: Sequence[tuple[Position, int, Facility]], latitudes: Sequence[float]
) -> tuple[float, int, Facility] | None:
    """The nearest facility with its distance (m); `near` lies in the order of its latitudes.

    Goes north and south from the place, and no farther than the nearest one found so far: to measure every pair of a
    district takes seconds.
    """
    best: tuple[float, int, Facility] | None = None
    south, north = bisect.bisect_left(latitudes, at[0]) - 1, bisect.bisect_left(latitudes, at[0])
    while south >= 0 or north < len(near):
        below = at[0] - latitudes[south] if south >= 0 else math.inf
        above = latitudes[north] - at[0] if north < len(near) else math.inf
        index, south, north = (south, south - 1, north) if below <= above else (north, south, north + 1)
        if best is not None and math.radians(min(below, above)) * EARTH > best[0]:
            break
        found = (metres(at, near[index][0]), near[index][1], near[index][2])
        if best is None or found[:2] < best[:2]:
            best = found
    return best


def reach(area: Area, on: date, kind: str = "") -> Reach:
    """Who in an area reaches a facility (of one kind, if given) on foot in time."""
    where = demands(area, on)
    limit = norms.reach_metres(on)
    detour = float(params.get("facilities.detour_factor", on=on).value)
    speed = float(params.get("facilities.walking_speed", on=on).value) * 1000 / 60
    near = sorted(
        ((position(one), one.pk, one) for one in facilities_near((d.at for d in where.points), on, kind)),
        key=lambda found: (found[0], found[1]),
    )
    latitudes = [at[0] for at, _, _ in near]
    rows = []
    for one in where.points:
        best = _nearest(one.at, near, latitudes)
        if best is None:
            rows.append(Nearest(one, None, None, None, None, False))
            continue
        walk = best[0] * detour
        rows.append(Nearest(one, best[2], best[0], walk, walk / speed, best[0] <= limit))
    rows.sort(key=lambda row: (row.inside, -(row.walk or float("inf")), row.demand.key))
    inside = sum(row.demand.weight for row in rows if row.inside)
    return Reach(rows, inside, where.weight, where, limit)
