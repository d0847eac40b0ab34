"""Social organisations and incubators, for everybody."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from sanshe.kernel.search import Searchable, declare

from .access import IncubatorAccess, OrganisationAccess, OrganisationActivityAccess
from .models import Incubator, Organisation, OrganisationActivity


def _line(row: Organisation) -> str:
    parts = [str(row.area), row.brand and f"服务品牌：{row.brand}", "已注销" if row.valid_to else ""]
    return " · ".join(part for part in parts if part)


def _register(row: Incubator) -> str:
    return reverse("registers:detail", kwargs={"name": "incubators", "pk": row.pk})


def _activity_line(row: OrganisationActivity) -> str:
    return f"{row.organisation} · {row.area} · {row.on:%Y-%m-%d} · {row.get_kind_display()}"


declare(
    Searchable(
        name="organisations",
        title="社会组织",
        access=OrganisationAccess,
        fields=("name", "brand", "credit_code", "own_number"),
        shown=("brand", "credit_code", "own_number"),
        line=_line,
        open=Q(valid_to__isnull=True),
        area="area",
        related=("area",),
        indexed=True,
        rank=50,
    ),
    Searchable(
        name="incubators",
        title="孵化基地",
        access=IncubatorAccess,
        fields=("name",),
        line=lambda row: str(row.area),
        url=_register,
        open=Q(valid_to__isnull=True),
        area="area",
        related=("area",),
        offered=lambda viewer: viewer.is_staff,  # the ledger's pages are for those with a post
        rank=52,
    ),
    Searchable(
        name="org-activities",
        title="社会组织的活动",
        access=OrganisationActivityAccess,
        fields=("title",),
        heading=lambda row: str(row.title),
        line=_activity_line,
        url=lambda row: str(row.organisation.get_absolute_url()),
        newest=("-on", "-pk"),
        area="area",
        related=("area", "organisation"),
        rank=53,
    ),
)
