"""Invented facilities, bases and points for any number of communities. Every invented position says so."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sanshe.areas.public import MIX, Look, Spot, look
from sanshe.kernel import clock, mass

from . import norms
from .models import AreaPoint, CandidateSite, CommunityBase, DeveloperDuty, Facility, Room
from .words import DutyState, FacilitySource, FacilityState, Means, SiteState

#: What is written beside every invented position and figure.
INVENTED = "演示数据（虚构）"
#: The middle of the invented map of the home area, in degrees, and how far streets and communities lie from it.
MIDDLE, WIDE, NEAR = (29.68, 106.56), 0.17, 0.022
#: What a community has of what the norm asks, by how it looks: from … to.
HAS = {Look.MET: (1.02, 1.4), Look.NEARLY: (0.75, 0.98), Look.SHORT: (0.25, 0.65), Look.NO_DATA: (0.0, 0.0)}
#: Kinds of facilities that a community has, out of the six parts, by how it looks.
KINDS = {Look.MET: (5, 6), Look.NEARLY: (4, 6), Look.SHORT: (1, 3), Look.NO_DATA: (0, 0)}
#: Facilities of a community at most.
MOST = 8

FACILITY = ("id", "name", "area_id", "kind", "floor_area", "state", "source", "owner", "free_to_use", "address",
            "hours", "lat", "lng", "valid_from", "valid_to")  # fmt: skip
ROOM = ("facility_id", "name", "use", "floor_area", "seats", "valid_from")
BASE = ("area_id", "on", "households", "planned_households", "built_up", "surveyed", "source")
POINT = ("area_id", "lat", "lng", "households", "source")
SITE = ("area_id", "name", "means", "floor_area", "cost", "address", "lat", "lng", "state", "note")
DUTY = ("area_id", "project", "developer", "floor_area", "parts", "due", "state", "note")
#: Uses of the rooms of a centre, with seats.
ROOMS = (
    ("convenience", "办事大厅", 20),
    ("culture", "文化活动室", 40),
    ("meeting", "议事厅", 30),
    ("organisations", "社会组织活动室", 24),
)


def _place(seed: int, spot: Spot) -> tuple[float, float]:
    """An invented position of a community: those of one street lie together."""
    turn, far = 2 * math.pi * mass.share(seed, spot.street, "turn"), math.sqrt(mass.share(seed, spot.street, "far"))
    own_turn = 2 * math.pi * mass.share(seed, spot.code, "turn")
    own_far = math.sqrt(mass.share(seed, spot.code, "far"))
    lat = MIDDLE[0] + WIDE * far * math.sin(turn) + NEAR * own_far * math.sin(own_turn)
    lng = MIDDLE[1] + WIDE * far * math.cos(turn) + NEAR * own_far * math.cos(own_turn)
    return lat, lng


def _near(rng: Random, place: tuple[float, float] | None, far: float = 0.006) -> tuple[str | None, str | None]:
    if place is None:
        return None, None
    return f"{place[0] + far * (rng.random() - 0.5):.6f}", f"{place[1] + far * (rng.random() - 0.5):.6f}"


def _size(value: float) -> Decimal:
    return Decimal(max(8, round(value)))


class _Drawing:
    """Draws the facilities of communities."""

    def __init__(self, spots: Sequence[Spot], seed: int, mix: Sequence[int], taken: set[int]) -> None:
        self.spots, self.seed, self.mix, self.taken = spots, seed, mix, taken
        self.today = clock.today()
        self.parts = norms.parts(self.today)
        self.kinds = norms.kinds(self.today)
        self.share = float(norms.share_limit(self.today).value) / 100
        self.centre = float(norms.centre_limit(self.today).value)

    def draw(self, piece: range, ids: mass.Ids) -> mass.Rows:
        """The rows of some communities."""
        rng = Random(f"{self.seed}-places-{piece.start}-{self.spots[piece.start].code}")
        out: mass.Rows = {
            Facility: [],
            Room: [],
            CommunityBase: [],
            AreaPoint: [],
            CandidateSite: [],
            DeveloperDuty: [],
        }
        for at in piece:
            if self.spots[at].id not in self.taken:
                self._community(out, rng, self.spots[at], ids[Facility] + at * MOST)
        return out

    def _community(self, out: mass.Rows, rng: Random, spot: Spot, first: int) -> None:
        place = _place(self.seed, spot) if spot.home else None
        found = look(self.seed, spot.code, "facilities", self.mix)
        households = 1200 + int(rng.random() * 3600)
        if place is not None:
            out[AreaPoint].append((spot.id, f"{place[0]:.6f}", f"{place[1]:.6f}", households, INVENTED))
        if found == Look.NO_DATA:
            return
        built_up = rng.random() < 0.86
        planned = int(households * (1.0 + rng.random() * (0.1 if built_up else 0.7)))
        for on, part in ((date(2020, 12, 31), 0.92), (date(2025, 12, 31), 1.0)):
            out[CommunityBase].append((spot.id, on, int(households * part), planned, built_up, True, INVENTED))
        low, high = HAS[found]
        need = households * self.share if built_up else self.centre
        has = need * (low + (high - low) * rng.random())
        kinds = list(self.parts)
        least, most = KINDS[found]
        chosen = rng.sample(kinds, min(len(kinds), least + int(rng.random() * (most - least + 1))))
        self._facilities(out, rng, spot, first, place, has, built_up, chosen)
        if place is not None:
            self._sites(out, rng, spot, place, need - has)
        if not built_up:
            self._duty(out, rng, spot, found)

    def _facilities(
        self, out: mass.Rows, rng: Random, spot: Spot, first: int, place: tuple[float, float] | None, has: float,
        built_up: bool, chosen: Sequence[str],
    ) -> None:  # fmt: skip
        """The centre holds the half of it, or all of it where a developer built it; the parts hold the rest."""
        in_centre = has * (0.5 if built_up else 1.0)
        sizes = [(norms.CENTRE, in_centre)]
        sizes += [
            (kind, (has - in_centre) / max(1, len(chosen)) if built_up else 40 + rng.random() * 80) for kind in chosen
        ]
        idle = rng.random() < 0.2
        for nr, (kind, size) in enumerate(sizes[: MOST - 1]):
            since = self._since(rng)
            lat, lng = _near(rng, place)
            source = list(FacilitySource)[int(rng.random() ** 2 * 6)]
            out[Facility].append((
                first + nr, f"{spot.name}{self.kinds[kind].removeprefix('社区')}", spot.id, kind, _size(size),
                str(FacilityState.IN_USE), str(source), "街道办事处", False, f"{spot.name}模拟路{1 + nr}号",
                "工作日 9:00—17:30", lat, lng, since, None,
            ))  # fmt: skip
            if kind == norms.CENTRE:
                for use, name, seats in ROOMS[: 2 + int(rng.random() * 3)]:
                    out[Room].append((first + nr, name, use, _size(size / 6), seats, since))
        if idle:
            lat, lng = _near(rng, place)
            out[Facility].append((
                first + MOST - 1, f"{spot.name}闲置用房", spot.id, "other", _size(60 + rng.random() * 200),
                str(FacilityState.IDLE), str(FacilitySource.ORIGINAL), "街道集体资产", True,
                f"{spot.name}模拟路9号", "", lat, lng, date(2018, 6, 1), None,
            ))  # fmt: skip

    def _since(self, rng: Random) -> date:
        first = date(2014, 1, 1)
        return first + timedelta(days=int(rng.random() * (self.today - first).days))

    def _sites(self, out: mass.Rows, rng: Random, spot: Spot, place: tuple[float, float], missing: float) -> None:
        for nr in range(1 + int(rng.random() * 2) if missing > 0 or rng.random() < 0.2 else 0):
            lat, lng = _near(rng, place, 0.02)
            means = list(Means)[int(rng.random() * len(Means))]
            size = _size(120 + rng.random() * 700)
            out[CandidateSite].append((
                spot.id, f"候选地点{nr + 1}", str(means), size, int(size) * 4000, f"{spot.name}模拟路{20 + nr}号",
                lat, lng, str(SiteState.OPEN), INVENTED,
            ))  # fmt: skip

    def _duty(self, out: mass.Rows, rng: Random, spot: Spot, found: Look) -> None:
        if found == Look.MET:
            return
        due = self.today + timedelta(days=int(rng.random() * 700) - 120)
        parts = "[" + ", ".join(f'"{code}"' for code in self.parts) + "]"
        size = _size(self.centre * (1.0 + rng.random() * 0.2))
        state = DutyState.DUTY if rng.random() < 0.5 else DutyState.BUILDING
        out[DeveloperDuty].append((
            spot.id, f"{spot.name}模拟地块配建项目", "模拟置业有限公司", size, parts, due, str(state), INVENTED,
        ))  # fmt: skip


def simulation(spots: Sequence[Spot], seed: int, *, mix: Sequence[int] = MIX) -> mass.Part:
    """Facilities of those of these communities that have neither facilities nor a base yet."""
    taken = set(Facility.objects.values_list("area_id", flat=True))
    taken |= set(CommunityBase.objects.values_list("area_id", flat=True))
    taken |= set(AreaPoint.objects.filter(place=None).values_list("area_id", flat=True))
    drawing = _Drawing(spots, seed, mix, taken)
    columns: dict[Any, Sequence[str]] = {
        Facility: FACILITY, Room: ROOM, CommunityBase: BASE, AreaPoint: POINT, CandidateSite: SITE, DeveloperDuty: DUTY,
    }  # fmt: skip
    ids: dict[Any, int] = {Facility: len(spots) * MOST}
    return mass.Part("模拟设施", columns, ids, mass.pieces(len(spots)), drawing.draw)
