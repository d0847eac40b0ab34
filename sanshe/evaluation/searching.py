"""Demonstration sites, brands and features, for everybody."""

from __future__ import annotations

from django.db.models import Q

from sanshe.kernel.search import Searchable, declare

from .access import BrandAccess, DemonstrationSiteAccess
from .models import Brand, DemonstrationSite


def _site_line(row: DemonstrationSite) -> str:
    return " · ".join(part for part in (str(row.area), row.get_rank_display(), row.theme) if part)


def _brand_line(row: Brand) -> str:
    return " · ".join(part for part in (row.get_kind_display(), str(row.area), row.field) if part)


declare(
    Searchable(
        name="sites",
        title="示范点",
        access=DemonstrationSiteAccess,
        fields=("name", "theme"),
        line=_site_line,
        open=Q(valid_to__isnull=True),
        area="area",
        related=("area",),
        rank=62,
    ),
    Searchable(
        name="brands",
        title="品牌与特色",
        access=BrandAccess,
        fields=("name", "summary", "field"),
        shown=("summary",),
        line=_brand_line,
        open=Q(valid_to__isnull=True),
        area="area",
        related=("area",),
        rank=64,
    ),
)
