"""A small world for the tests of facilities: a district, two streets, four communities, and those a rule speaks of."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from sanshe.accounts.public import Post, Role, User
from sanshe.areas.public import Area, Place
from sanshe.facilities.models import AreaPoint, CandidateSite, CommunityBase, Facility, Room
from sanshe.kernel.access import Viewer

FROM = date(2020, 1, 1)
BASE = date(2026, 1, 1)


def area(code: str, name: str, level: str, parent: Area | None, lo: int, hi: int) -> Area:
    return Area.objects.create(
        code=code, name=name, short_name=name, level=level, parent=parent, lo=lo, hi=hi, valid_from=FROM
    )


def user(name: str, now: datetime, role: Role | None = None, where: Area | None = None) -> User:
    made = User.objects.create(username=f"f{User.objects.count() + 1:03d}", name=name, created_at=now)
    if role is not None:
        Post.objects.create(user=made, role=role, area=where, valid_from=FROM)
    return made


def v(who: User | None) -> Viewer:
    return Viewer.of(who) if who is not None else Viewer.public()


def facility(where: Area, kind: str, size: Any, state: str = "in_use", name: str = "", **more: Any) -> Facility:
    return Facility.objects.create(
        area=where, kind=kind, floor_area=None if size is None else Decimal(size), state=state,
        name=name or f"{where}{kind}{Facility.objects.count()}", valid_from=more.pop("valid_from", FROM), **more,
    )  # fmt: skip


def base(where: Area, households: int | None, *, built_up: bool | None = True, **more: Any) -> CommunityBase:
    return CommunityBase.objects.create(
        area=where, on=more.pop("on", BASE), households=households, built_up=built_up, source="年报", **more
    )


def room(of: Facility, use: str, name: str = "") -> Room:
    return Room.objects.create(facility=of, name=name or use, use=use, valid_from=FROM)


def point(where: Area, lat: float, lng: float, place: str = "", households: int | None = None) -> AreaPoint:
    kept = Place.objects.create(area=where, name=place) if place else None
    return AreaPoint.objects.create(
        area=where, place=kept, lat=Decimal(str(lat)), lng=Decimal(str(lng)), households=households, source="现场定位"
    )


def site(where: Area, name: str, lat: float | None, lng: float | None, **more: Any) -> CandidateSite:
    def exact(x: float | None) -> Decimal | None:
        return None if x is None else Decimal(str(x))

    return CandidateSite.objects.create(area=where, name=name, lat=exact(lat), lng=exact(lng), **more)


def world(now: datetime) -> SimpleNamespace:
    """Everybody and everything, by short names."""
    w = SimpleNamespace(now=now)
    w.district = area("LJ0000000000", "新区", "district", None, 0, 8)
    w.street = area("500112990000", "甲街道", "street", w.district, 1, 5)
    w.one = area("500112990001", "甲一社区", "community", w.street, 2, 3)
    w.two = area("500112990002", "甲二社区", "community", w.street, 3, 4)
    w.three = area("500112990003", "甲三社区", "community", w.street, 4, 5)
    w.other = area("500112991000", "乙街道", "street", w.district, 5, 7)
    w.away = area("500112991001", "乙一社区", "community", w.other, 6, 7)
    w.resident = user("居民甲", now)
    w.worker = user("李干事", now, Role.COMMUNITY_WORKER, w.one)
    w.lead = user("陈书记", now, Role.COMMUNITY_LEAD, w.one)
    w.officer = user("赵专干", now, Role.STREET_OFFICER, w.street)
    w.stranger = user("钱专干", now, Role.STREET_OFFICER, w.other)
    w.top = user("陶处", now, Role.DISTRICT_OFFICER, w.district)
    return w
