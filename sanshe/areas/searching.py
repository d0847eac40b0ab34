"""Areas, estates, bodies, their members and published affairs, for everybody."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.search import Searchable, declare

from .access import AreaAccess, BodyAccess, BodyMemberAccess, CommitteeNoticeAccess, PlaceAccess
from .models import Area, Body, BodyMember, CommitteeNotice, Place
from .queries import home_area
from .timeline import in_force


def _home(viewer: Viewer) -> QuerySet[Any]:
    """The areas of this installation: the national tree of 620,000 communities is for the ledger."""
    try:
        home = home_area()
    except Area.DoesNotExist:
        return AreaAccess.rows(viewer).none()
    return AreaAccess.rows(viewer).filter(lo__gte=home.lo, lo__lt=home.hi)


def _page(row: Any) -> str:
    return reverse("areas:area", args=[row.area_id])


def _area_line(row: Area) -> str:
    parent = row.parent.short_name if row.parent is not None else ""
    return " · ".join(part for part in (row.level_word, parent, "" if row.valid_to is None else "已撤并") if part)


def _place_line(row: Place) -> str:
    also = f"又名{'、'.join(row.aliases)}" if row.aliases else ""
    return " · ".join(part for part in (str(row.area), row.address, also) if part)


def _body_line(row: Body) -> str:
    return " · ".join(part for part in (row.get_kind_display(), str(row.area), row.phone) if part)


def _member_line(row: BodyMember) -> str:
    return " · ".join(part for part in (str(row.body), row.duty, row.office_phone) if part)


def _bodies(viewer: Viewer) -> QuerySet[Any]:
    return BodyAccess.rows(viewer).filter(in_force(clock.today()))


def _members(viewer: Viewer) -> QuerySet[Any]:
    return BodyMemberAccess.rows(viewer).filter(in_force(clock.today()))


def _affair_line(row: CommitteeNotice) -> str:
    return f"{row.get_kind_display()} · {row.area} · {clock.local(row.published_at):%Y-%m-%d}公开"


declare(
    Searchable(
        name="areas",
        title="街道、社区",
        access=AreaAccess,
        fields=("short_name", "name", "code"),
        shown=("code",),
        line=_area_line,
        url=lambda row: reverse("areas:area", args=[row.pk]),
        newest=("lo",),
        open=Q(valid_to__isnull=True),
        related=("parent",),
        rows=_home,
        rank=40,
    ),
    Searchable(
        name="places",
        title="小区和地点",
        access=PlaceAccess,
        fields=("name", "aliases", "address"),
        line=_place_line,
        url=_page,
        newest=("pk",),
        area="area",
        related=("area",),
        rank=42,
    ),
    Searchable(
        name="bodies",
        title="机构",
        access=BodyAccess,
        fields=("name", "address", "phone"),
        shown=("address", "phone"),
        line=_body_line,
        url=_page,
        newest=("pk",),
        area="area",
        related=("area",),
        rows=_bodies,
        rank=44,
    ),
    Searchable(
        name="members",
        title="机构成员",
        access=BodyMemberAccess,
        fields=("name", "duty"),
        line=_member_line,
        url=lambda row: reverse("areas:area", args=[row.body.area_id]),
        newest=("pk",),
        area="body__area",
        related=("body",),
        rows=_members,
        rank=46,
    ),
    Searchable(
        name="affairs",
        title="居务公开",
        access=CommitteeNoticeAccess,
        fields=("title", "text"),
        shown=("text",),
        line=_affair_line,
        newest=("-published_at", "-pk"),
        area="area",
        moment="published_at",
        related=("area",),
        rank=48,
    ),
)
