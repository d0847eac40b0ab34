"""Readers of evaluation, as of a day."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from sanshe.areas.public import in_force

from .models import Brand, DemonstrationSite, SiteCoverage, SmartCommunityStage, ZoneStage
from .words import COUNTED_RANKS, SMART_IN_USE, BrandKind, Stage


def sites_on(on: date) -> QuerySet[DemonstrationSite]:
    """Demonstration sites that hold their name on a day."""
    return DemonstrationSite.objects.filter(in_force(on)).select_related("area")


def municipal_coverage_on(on: date) -> QuerySet[SiteCoverage]:
    """What municipal (or national) demonstration sites cover on a day: the site and its coverage both in force."""
    site = Q(site__valid_from__lte=on) & (Q(site__valid_to__isnull=True) | Q(site__valid_to__gt=on))
    return SiteCoverage.objects.filter(in_force(on), site, site__rank__in=[str(r) for r in COUNTED_RANKS])


def brands_on(on: date, kind: str = "") -> QuerySet[Brand]:
    """Brands and features in force on a day, of one kind if given."""
    rows = Brand.objects.filter(in_force(on))
    return rows.filter(kind=kind) if kind else rows


def street_brands_on(on: date) -> QuerySet[Brand]:
    """Brands of streets in force on a day."""
    return brands_on(on, BrandKind.STREET)


def community_features_on(on: date) -> QuerySet[Brand]:
    """Features of communities in force on a day."""
    return brands_on(on, BrandKind.COMMUNITY)


def zone_stages_on(on: date) -> QuerySet[ZoneStage]:
    """Every stage towards the experimental zone that was reached by a day, the latest first."""
    return ZoneStage.objects.filter(on__lte=on)


def admitted_zones_on(on: date) -> QuerySet[ZoneStage]:
    """Stages reached by a day that make an area an experimental zone."""
    return zone_stages_on(on).filter(stage__in=[Stage.ADMITTED, Stage.ACCEPTED])


def smart_in_use_on(on: date) -> QuerySet[SmartCommunityStage]:
    """Communities whose residents use the smart community by a day: the stages of use that were reached."""
    return SmartCommunityStage.objects.filter(on__lte=on, stage__in=[str(s) for s in SMART_IN_USE])


def covered_by(site_ids: list[int], on: date) -> dict[int, list[SiteCoverage]]:
    """What each of these sites covers on a day, in tree order. One query."""
    found: dict[int, list[SiteCoverage]] = {}
    rows = SiteCoverage.objects.filter(in_force(on), site_id__in=site_ids).select_related("area").order_by("area__lo")
    for row in rows:
        found.setdefault(row.site_id, []).append(row)
    return found
