"""Facilities, for everybody."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from sanshe.kernel.search import Searchable, declare

from . import norms
from .access import CandidateSiteAccess, FacilityAccess, FacilityPlanAccess
from .models import CandidateSite, Facility, FacilityPlan
from .words import PlanState


def _line(row: Facility) -> str:
    parts = [norms.kinds().get(row.kind, ""), str(row.area), row.address, "已停用" if row.valid_to else ""]
    return " · ".join(part for part in parts if part)


def _plan_line(row: FacilityPlan) -> str:
    return " · ".join(part for part in (f"{row.due:%Y-%m-%d}前完成", str(row.body or "")) if part)


def _site_line(row: CandidateSite) -> str:
    return " · ".join(part for part in (str(row.area), row.address) if part)


declare(
    Searchable(
        name="facilities",
        title="社区设施",
        access=FacilityAccess,
        fields=("name", "address", "owner"),
        shown=("owner",),
        line=_line,
        open=Q(valid_to__isnull=True),
        area="area",
        related=("area",),
        rank=60,
    ),
    Searchable(
        name="facility-plans",
        title="设施补建计划",
        access=FacilityPlanAccess,
        fields=("note", "facility__name", "site__name"),
        shown=("note",),
        line=_plan_line,
        open=Q(state__in=(PlanState.PLANNED, PlanState.UNDER_WAY)),
        area="area",
        related=("area", "body"),
        offered=lambda viewer: viewer.is_staff,
        rank=61,
    ),
    Searchable(
        name="candidate-sites",
        title="候选地点",
        access=CandidateSiteAccess,
        fields=("name", "address", "note"),
        shown=("note",),
        line=_site_line,
        url=lambda row: reverse("registers:detail", kwargs={"name": "candidate-sites", "pk": row.pk}),
        area="area",
        related=("area",),
        offered=lambda viewer: viewer.is_staff,
        rank=61,
    ),
)
