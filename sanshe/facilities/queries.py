"""Readers of facilities. What a figure says and the rows behind it come from the same conditions."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from sanshe.areas.public import Area, AreaLevel, Place, communities_of, descendants, home_area, in_force
from sanshe.kernel.access import Access, Viewer, holds
from sanshe.kernel.errors import NotVisible

from . import norms
from .access import (
    AreaBorderAccess,
    AreaPointAccess,
    CandidateSiteAccess,
    CommunityBaseAccess,
    DeveloperDutyAccess,
    FacilityAccess,
    FacilityPlanAccess,
    RoomAccess,
    SiteStudyAccess,
)
from .gaps import OPEN_DUTIES, OPEN_PLANS, Gap, Total, gap, total, worst_first
from .geometry import Position, metres, spread
from .models import AreaPoint, CandidateSite, CommunityBase, DeveloperDuty, Facility, FacilityPlan, Room, SiteStudy


def reads_gaps(viewer: Viewer) -> bool:
    """Whether the viewer reads what is missing and planned, anywhere."""
    return CommunityBaseAccess.q(viewer) is not False


def must_read_gaps(viewer: Viewer) -> None:
    """Raises NotVisible for everybody else."""
    if not reads_gaps(viewer):
        raise NotVisible()


def area_asked(viewer: Viewer, raw: str) -> Area:
    """The area of an address: by id, else the highest that the viewer's posts reach at home. Raises NotVisible.

    Areas are public; what of them is shown is decided by what is read of them.
    """
    home = home_area()
    if raw:
        found = Area.objects.select_related("parent").filter(pk=int(raw) if raw.isdigit() and len(raw) < 12 else 0)
        area = found.filter(lo__gte=home.lo, lo__lt=home.hi).first()
        if area is None:
            raise NotVisible()
        return area
    ids: set[int] = set()
    for scope in viewer.grants.areas.values():
        if scope.everywhere:
            return home
        ids |= set(scope.ids)
        if any(lo <= home.lo and home.hi <= hi for lo, hi in scope.ranges):
            return home
    mine = Area.objects.select_related("parent").filter(pk__in=ids, lo__gte=home.lo, lo__lt=home.hi)
    levels = [AreaLevel.DISTRICT, AreaLevel.STREET, AreaLevel.COMMUNITY]
    return mine.filter(level__in=levels).order_by("lo").first() or home


def community_of(raw: int) -> Area:
    """The community of an address. Raises NotVisible."""
    found = Area.objects.select_related("parent").filter(pk=raw, level=AreaLevel.COMMUNITY).first()
    if found is None:
        raise NotVisible()
    return found


def areas_to_choose() -> list[Area]:
    """The home area and its streets."""
    home = home_area()
    return [home, *(a for a in descendants(home, AreaLevel.STREET) if a.pk != home.pk)]


@dataclass(frozen=True)
class Line:
    """One community with its gap, the names of what is missing, and how far apart its facilities lie (m)."""

    area: Area
    gap: Gap
    missing: list[str]
    remaining: list[str]
    spread: tuple[int, int] | None


@dataclass(frozen=True)
class Board:
    """What an area lacks: its communities, worst first, the sum, and the sum of each street."""

    area: Area
    on: date
    lines: list[Line]
    total: Total
    streets: list[tuple[Area, Total]]
    kinds: list[tuple[str, str, int]]

    @property
    def without_data(self) -> list[Line]:
        """Communities that can not be judged."""
        return [line for line in self.lines if line.gap.missing is None]


def board(area: Area, on: date, kind: str = "") -> Board:
    """The gaps of an area; `kind`: only communities that lack this part."""
    communities = list(communities_of(area.pk, on).select_related("parent"))
    found = gap([one.pk for one in communities], on)
    by_id = {one.pk: one for one in communities}
    apart = spreads(area, on)
    names = norms.kinds(on)
    whole = total(found.values())
    streets: dict[int, Total] = {}
    parents: dict[int, Area] = {}
    for one in communities:
        if one.parent is not None and one.parent.pk != area.pk:
            parents[one.parent.pk] = one.parent
            streets.setdefault(one.parent.pk, Total()).add(found[one.pk])
    wanted = [g for g in found.values() if not kind or kind in (g.missing_kinds or ())]
    lines = [line(by_id[g.area_id], g, names, apart.get(g.area_id)) for g in worst_first(wanted)]
    below = sorted(((parents[pk], t) for pk, t in streets.items()), key=lambda row: (-row[1].missing, row[0].lo))
    kinds = [(code, name, whole.kinds.get(code, 0)) for code, name in norms.parts(on).items()]
    return Board(area, on, lines, whole, below, kinds)


def line(area: Area, found: Gap, names: dict[str, str], apart: tuple[int, int] | None) -> Line:
    """One community's gap with names for codes."""
    return Line(
        area,
        found,
        [names.get(code, code) for code in found.missing_kinds or ()],
        [names.get(code, code) for code in found.remaining_kinds],
        apart,
    )


def one_line(area: Area, on: date) -> Line:
    """The gap of one community."""
    return line(area, gap([area.pk], on)[area.pk], norms.kinds(on), spreads(area, on).get(area.pk))


def spreads(area: Area, on: date) -> dict[int, tuple[int, int]]:
    """How close together the facilities of each community lie: mean and most distance in metres."""
    places: dict[int, list[Position]] = defaultdict(list)
    rows = Facility.objects.filter(in_force(on), area__lo__gte=area.lo, area__lo__lt=area.hi, lat__isnull=False)
    for pk, lat, lng in rows.filter(state__in=norms.counting_states(on)).values_list("area_id", "lat", "lng"):
        places[pk].append((float(lat), float(lng)))
    return {pk: found for pk, some in places.items() if (found := spread(some)) is not None}


def facilities_of(viewer: Viewer, area: Area, on: date) -> QuerySet[Facility]:
    """Facilities of an area and all below it on a day, with their area."""
    rows = FacilityAccess.rows(viewer).filter(in_force(on), area__lo__gte=area.lo, area__lo__lt=area.hi)
    return rows.select_related("area", "place").order_by("area__lo", "kind", "name")


def building_in(viewer: Viewer, area: Area, on: date) -> QuerySet[Facility]:
    """Facilities that are still being built."""
    rows = FacilityAccess.rows(viewer).filter(area__lo__gte=area.lo, area__lo__lt=area.hi, state="building")
    return rows.filter(valid_to=None, valid_from__gt=on).select_related("area")


def rooms_of(viewer: Viewer, facility: Facility, on: date) -> QuerySet[Room]:
    """Rooms of a facility on a day."""
    return RoomAccess.rows(viewer).filter(in_force(on), facility=facility).order_by("name")


def rooms_by_facility(viewer: Viewer, area: Area, on: date) -> dict[int, list[Room]]:
    """Rooms in an area by facility. One query."""
    found: dict[int, list[Room]] = defaultdict(list)
    rows = RoomAccess.rows(viewer).filter(in_force(on), facility__area__lo__gte=area.lo, facility__area__lo__lt=area.hi)
    for room in rows.order_by("name"):
        found[room.facility_id].append(room)
    return found


def facility_of(viewer: Viewer, pk: int) -> Facility:
    """One facility. Raises NotVisible."""
    return FacilityAccess.get(viewer, pk, rows=Facility.objects.select_related("area__parent", "place"))


def facility_text(facility: Facility) -> str:
    """A facility as a sheet writes it: its community before it, so that it is found again."""
    return f"{facility.area} {facility.name}"


def counted_by_community(viewer: Viewer, area: Area, on: date) -> dict[int, int]:
    """How many facilities each community has on a day. One query."""
    rows = FacilityAccess.rows(viewer).filter(in_force(on), area__lo__gte=area.lo, area__lo__lt=area.hi)
    return dict(rows.order_by().values_list("area").annotate(n=Count("pk")))


def plans_of(viewer: Viewer, area: Area, open_only: bool = False) -> QuerySet[FacilityPlan]:
    """Plans of an area and all below it, by day."""
    rows = FacilityPlanAccess.rows(viewer).filter(area__lo__gte=area.lo, area__lo__lt=area.hi)
    rows = rows.filter(state__in=OPEN_PLANS) if open_only else rows
    return rows.select_related("area__parent", "body", "site", "facility").order_by("due", "pk")


def duties_of(viewer: Viewer, area: Area, open_only: bool = False) -> QuerySet[DeveloperDuty]:
    """Developers' duties in an area, by day."""
    rows = DeveloperDutyAccess.rows(viewer).filter(area__lo__gte=area.lo, area__lo__lt=area.hi)
    rows = rows.filter(state__in=OPEN_DUTIES) if open_only else rows
    return rows.select_related("area__parent", "facility").order_by("due", "pk")


def bases_of(viewer: Viewer, area: Area, on: date) -> QuerySet[CommunityBase]:
    """What was entered of a community up to a day, newest first."""
    return CommunityBaseAccess.rows(viewer).filter(area=area, on__lte=on).order_by("-on")


def sites_of(viewer: Viewer, area: Area) -> QuerySet[CandidateSite]:
    """Candidate sites of an area."""
    rows = CandidateSiteAccess.rows(viewer).filter(area__lo__gte=area.lo, area__lo__lt=area.hi)
    return rows.select_related("area").order_by("state", "area__lo", "name")


def studies_of(viewer: Viewer, area: Area) -> QuerySet[SiteStudy]:
    """Computations for exactly this area, newest first."""
    return SiteStudyAccess.rows(viewer).filter(area=area).select_related("area")


@dataclass
class MapData:
    """What a map draws: GeoJSON borders by area, points with a word for each. For JavaScript and for the table."""

    centre: Position | None = None
    borders: list[dict[str, Any]] = field(default_factory=list)
    facilities: list[dict[str, Any]] = field(default_factory=list)
    places: list[dict[str, Any]] = field(default_factory=list)
    sites: list[dict[str, Any]] = field(default_factory=list)

    @property
    def has_position(self) -> bool:
        """Whether there is anything to be drawn on a map."""
        return bool(self.borders or self.facilities or self.places or self.sites)


def map_data(viewer: Viewer, area: Area, on: date, kind: str = "") -> MapData:
    """Borders, facilities, places and (for those who may) candidate sites of an area that have coordinates."""
    out = MapData()
    for border in AreaBorderAccess.rows(viewer).filter(area__lo__gte=area.lo, area__lo__lt=area.hi)[:2000]:
        out.borders.append({"name": str(border.area), "geometry": border.geojson})
    rows = facilities_of(viewer, area, on).filter(lat__isnull=False)
    for one in rows.filter(kind=kind) if kind else rows:
        out.facilities.append(
            {
                "name": one.name,
                "kind": one.kind_label,
                "state": one.get_state_display(),  # type: ignore[attr-defined]
                "counts": one.state in norms.counting_states(on),
                "area": str(one.area),
                "hours": one.hours,
                "url": one.get_absolute_url(),
                "at": [float(one.lat), float(one.lng)],  # type: ignore[arg-type]
            }
        )
    points = AreaPointAccess.rows(viewer).filter(area__lo__gte=area.lo, area__lo__lt=area.hi)
    for point in points.select_related("area", "place"):
        out.places.append({"name": str(point), "area": str(point.area), "at": [float(point.lat), float(point.lng)],
                           "households": point.households})  # fmt: skip
    for site in sites_of(viewer, area).filter(lat__isnull=False, state="open"):
        out.sites.append({"name": site.name, "key": site.pk, "area": str(site.area),
                          "at": [float(site.lat), float(site.lng)]})  # type: ignore[arg-type] # fmt: skip
    every = [p["at"] for p in (*out.facilities, *out.places, *out.sites)]
    if every:
        out.centre = (sum(p[0] for p in every) / len(every), sum(p[1] for p in every) / len(every))
    return out


def places_in(area: Area) -> QuerySet[Place]:
    """The kept places of a community, by name."""
    return Place.objects.filter(area=area).order_by("name")


def may_add(access: type[Access[Any]], viewer: Viewer, area: Area) -> bool:
    """Whether the viewer may add such a row in this area: for buttons and forms. The action asks the row itself."""
    rule = access.rule("see").q(viewer)
    held = access.add.roles if rule is not False else ()  # type: ignore[attr-defined]
    found = holds(*held, area="self").q(viewer)
    return found if isinstance(found, bool) else Area.objects.filter(found, pk=area.pk).exists()


def nearest_area(at: Position, most: int) -> Area | None:
    """The area of the nearest known point (of a community, of a place, of a facility) within `most` metres; else None.

    Only what lies in a small square around is read.
    """
    lat, lng = at
    up, side = most / 111_000, most / (111_000 * max(0.05, math.cos(math.radians(lat))))
    square = {"lat__gte": lat - up, "lat__lte": lat + up, "lng__gte": lng - side, "lng__lte": lng + side}
    best: tuple[float, int] | None = None
    for model in (AreaPoint, Facility):
        for area, y, x in model.objects.filter(**square).values_list("area", "lat", "lng")[:5000]:
            found = (metres(at, (float(y), float(x))), int(area))
            best = found if best is None or found < best else best
    return Area.objects.get(pk=best[1]) if best is not None and best[0] <= most else None
