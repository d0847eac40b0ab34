"""Invented demonstration sites, brands, features and stages for any number of communities."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from sanshe.areas.public import MIX, Area, Look, Spot, home_area, look
from sanshe.kernel import clock, mass

from .models import Brand, DemonstrationSite, SiteCoverage, SmartCommunityStage, ZoneStage
from .words import BrandKind, SiteRank, SmartStage, Stage

INVENTED = "演示数据（虚构）"
FIELDS = ("为老服务", "儿童青少年", "文体活动", "物业协商", "助残帮困", "环境美化", "平安守望", "志愿服务")
NAMES = (
    "楼下客厅",
    "坝坝议事",
    "阳光书桌",
    "一刻钟帮",
    "红色楼道",
    "邻里食堂",
    "梯坎扶手",
    "江边夜读",
    "共享工具间",
    "阿姨讲堂",
)
#: Stages of the home area on its way to an experimental zone.
ZONE = (
    (Stage.PREPARING, date(2021, 4, 15)),
    (Stage.APPLIED, date(2023, 3, 20)),
    (Stage.RECOMMENDED, date(2025, 6, 30)),
)

SITE = ("id", "area_id", "name", "rank", "theme", "source", "valid_from", "valid_to")
COVERAGE = ("site_id", "area_id", "valid_from", "valid_to")
BRAND = ("area_id", "kind", "name", "field", "summary", "valid_from", "valid_to")
STAGE = ("area_id", "stage", "on", "theme", "source")
SMART = ("area_id", "stage", "on", "note")


def _day(rng: Random, first: date, last: date, early: float = 1.0) -> date:
    """A day of the span; `early` above 1 draws it towards the beginning."""
    return first + timedelta(days=int(rng.random() ** early * max(1, (last - first).days)))


class _Drawing:
    """Draws what communities and their streets are known for. A piece is a street with its communities."""

    def __init__(self, streets: Sequence[tuple[int, str, list[Spot]]], seed: int, mix: Sequence[int]) -> None:
        self.streets, self.seed, self.mix = streets, seed, mix
        self.today = clock.today()
        self.home = home_area().pk
        self.staged = ZoneStage.objects.filter(area=self.home).exists()
        self.smart = set(SmartCommunityStage.objects.values_list("area_id", flat=True))
        self.branded = set(Brand.objects.values_list("area_id", flat=True))
        self.sited = set(DemonstrationSite.objects.values_list("area_id", flat=True))

    def draw(self, piece: range, ids: mass.Ids) -> mass.Rows:
        """The rows of some streets."""
        out: mass.Rows = {DemonstrationSite: [], SiteCoverage: [], Brand: [], ZoneStage: [], SmartCommunityStage: []}
        rng = Random(f"{self.seed}-known-{piece.start}-{self.streets[piece.start][0]}")
        for at in piece:
            street, name, below = self.streets[at]
            self._site(out, rng, ids[DemonstrationSite] + at, street, name, below)
            self._brand(out, rng, street, name)
            for spot in below:
                self._feature(out, rng, spot)
                self._smart(out, rng, spot)
        if piece.start == 0 and not self.staged and any(spot.home for spot in self.streets[0][2]):
            out[ZoneStage] += [(self.home, str(stage), on, "社区协商", INVENTED) for stage, on in ZONE]
        return out

    def _site(self, out: mass.Rows, rng: Random, pk: int, street: int, name: str, below: Sequence[Spot]) -> None:
        if rng.random() < 0.2 or street in self.sited:
            return
        since = _day(rng, date(2019, 1, 1), date(2024, 6, 1), 1.8)
        rank = SiteRank.MUNICIPAL if rng.random() < 0.85 else SiteRank.DISTRICT
        field = FIELDS[int(rng.random() * len(FIELDS))]
        out[DemonstrationSite].append(
            (pk, street, f"{name}社区治理示范点", str(rank), field, INVENTED, since, None)
        )  # fmt: skip
        for spot in below:
            if rng.random() < 0.88:
                out[SiteCoverage].append(
                    (pk, spot.id, since if rng.random() < 0.6 else _day(rng, since, self.today), None)
                )

    def _brand(self, out: mass.Rows, rng: Random, street: int, name: str) -> None:
        if rng.random() < 0.15 or street in self.branded:
            return
        since = _day(rng, date(2019, 6, 1), date(2025, 6, 1), 1.8)
        field = FIELDS[int(rng.random() * len(FIELDS))]
        title = f"{name.removesuffix('街道')}{NAMES[int(rng.random() * len(NAMES))]}"
        out[Brand].append((street, str(BrandKind.STREET), title, field, INVENTED, since, None))

    def _feature(self, out: mass.Rows, rng: Random, spot: Spot) -> None:
        found = look(self.seed, spot.code, "feature", self.mix)
        if found == Look.NO_DATA or (found == Look.SHORT and rng.random() < 0.6) or spot.id in self.branded:
            return
        early = rng.random() < (0.7 if found == Look.MET else 0.3)
        since = _day(rng, date(2019, 1, 1), date(2020, 12, 1)) if early else _day(rng, date(2021, 1, 1), self.today)
        until = _day(rng, since, self.today) if rng.random() < 0.04 else None
        title = f"{spot.name}{NAMES[int(rng.random() * len(NAMES))]}"
        field = FIELDS[int(rng.random() * len(FIELDS))]
        out[Brand].append((spot.id, str(BrandKind.COMMUNITY), title, field, INVENTED, since, until))

    def _smart(self, out: mass.Rows, rng: Random, spot: Spot) -> None:
        at = _day(rng, date(2021, 1, 1), date(2026, 6, 1))
        if rng.random() < 0.5 or spot.id in self.smart:
            return
        for stage in (SmartStage.PLANNED, SmartStage.BUILDING, SmartStage.PILOT, SmartStage.RUNNING):
            if at > self.today:
                break
            out[SmartCommunityStage].append((spot.id, str(stage), at, INVENTED))
            at += timedelta(days=90 + int(rng.random() * 400))


def simulation(spots: Sequence[Spot], seed: int, *, mix: Sequence[int] = MIX) -> mass.Part:
    """What these communities and their streets are known for."""
    below: dict[int, list[Spot]] = {}
    for spot in spots:
        if spot.street:
            below.setdefault(spot.street, []).append(spot)
    names = dict(Area.objects.filter(pk__in=below).values_list("id", "short_name")) if len(below) < 60_000 else {}
    streets = [(street, names.get(street, ""), found) for street, found in below.items()]
    drawing = _Drawing(streets, seed, mix)
    columns: dict[Any, Sequence[str]] = {
        DemonstrationSite: SITE, SiteCoverage: COVERAGE, Brand: BRAND, ZoneStage: STAGE, SmartCommunityStage: SMART,
    }  # fmt: skip
    return mass.Part(
        "模拟示范点、品牌和特色",
        columns,
        {DemonstrationSite: len(streets)},
        mass.pieces(len(streets), 50),
        drawing.draw,
    )
