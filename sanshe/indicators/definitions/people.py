"""Rooms, professionals, certificates, residents in the ledgers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.measures import ABOVE, Coverage, Kept, Least, Measure, Share, Total
from sanshe.people.public import HouseholdMember
from sanshe.workforce.public import (
    SocialWorkRoom,
    Worker,
    WorkerAccess,
    community_workers,
    holds_certificate,
    professionals_in_post,
    rooms_on,
)

from ..registry import Line, indicator


def _rooms(viewer: Viewer, rows: Sequence[Any]) -> list[Line]:
    return [Line((r.name, r.hours, clock.say_day(r.valid_from)), r.area_id, r.get_absolute_url()) for r in rows]


@indicator(
    "communities_with_social_work_room",
    kind="coverage",
    short="设有社会工作室",
    columns=("社会工作室", "开放时间", "启用日期"),
    lines=_rooms,
    missing="还没有社会工作室",
    gap="间社会工作室",
    register="social-work-rooms",
)
def communities_with_social_work_room(on: date) -> Measure:
    """Communities with a social work room in use on the day (notice 一(三))."""
    every = SocialWorkRoom.objects.filter(valid_from__lte=on)
    return Coverage(rooms_on(on), kept=Kept(every, "area__parent", ABOVE))


def _workers(viewer: Viewer, rows: Sequence[Any]) -> list[Line]:
    may = set(WorkerAccess.rows(viewer).filter(pk__in=[r.pk for r in rows]).values_list("pk", flat=True))
    return [
        Line(
            (r.name if r.pk in may else "（不在您可查看的范围）", r.get_kind_display(), clock.say_day(r.valid_from)),
            r.area_id, r.get_absolute_url() if r.pk in may else "",
        )
        for r in rows
    ]  # fmt: skip


@indicator(
    "professionals_per_community",
    kind="least",
    short="社会工作专业人才",
    columns=("姓名", "类别", "到岗日期"),
    lines=_workers,
    missing="专业人才不足",
    gap="名社会工作专业人才",
    register="workers",
)
def professionals_per_community(on: date) -> Measure:
    """Social work professionals in post in a community on the day, held against 2 and 5 (notice 一(三))."""
    return Least(professionals_in_post(on), kept=Kept(Worker.objects.filter(valid_from__lte=on)))


def _certified(viewer: Viewer, rows: Sequence[Any]) -> list[Line]:
    may = set(WorkerAccess.rows(viewer).filter(pk__in=[r.pk for r in rows]).values_list("pk", flat=True))
    return [
        Line(
            (r.name if r.pk in may else "（不在您可查看的范围）", "持证" if r.held else "未持证",
             clock.say_day(r.valid_from)),
            r.area_id, r.get_absolute_url() if r.pk in may else "",
        )
        for r in rows
    ]  # fmt: skip


@indicator(
    "certified_community_workers",
    kind="share",
    short="持证社区工作者",
    columns=("姓名", "证书", "到岗日期"),
    lines=_certified,
    missing="持证比例不够",
    gap="名持证的社区工作者",
    register="workers",
)
def certified_community_workers(on: date) -> Measure:
    """Community workers in post with a certificate among all in post, held against 85 and 90 % (notice 一(三))."""
    return Share(community_workers(on).annotate(held=holds_certificate(on)), good=Q(held=True))


def _members(viewer: Viewer, rows: Sequence[Any]) -> list[Line]:
    """Residents are counted, not listed: their names are not needed to check the figure."""
    return [Line(("一位居民", clock.say_day(r.valid_from)), r.household.area_id) for r in rows]


@indicator(
    "people_covered",
    kind="total",
    short="登记的居民",
    columns=("居民", "登记日期"),
    lines=_members,
    missing="没有居民台账",
    gap="名居民",
    register="households",
)
def people_covered(on: date) -> Measure:
    """Residents whom a household of the community's ledger holds on the day (notice 二(四)4)."""
    until = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    rows = HouseholdMember.objects.filter(until, valid_from__lte=on).select_related("household")
    every = HouseholdMember.objects.filter(valid_from__lte=on)
    return Total(rows, per="household__area", kept=Kept(every, "household__area"))
