"""Demonstration sites, brands and features, the experimental zone, the smart-community roll-out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sanshe.evaluation.public import (
    Brand,
    SiteCoverage,
    SmartCommunityStage,
    admitted_zones_on,
    community_features_on,
    municipal_coverage_on,
    smart_in_use_on,
    street_brands_on,
    zone_stages_on,
)
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.measures import ABOVE, TOP, Coverage, Kept, Measure, Total

from ..registry import ANYWHERE, STREET, Line, indicator


def _coverage(viewer: Viewer, rows: Sequence[Any]) -> list[Line]:
    return [
        Line((r.site.name, r.site.get_rank_display(), clock.say_day(r.valid_from)), r.area_id,
             r.site.get_absolute_url())
        for r in rows
    ]  # fmt: skip


@indicator(
    "communities_in_demonstration_sites",
    kind="coverage",
    short="示范点覆盖",
    columns=("示范点", "级别", "覆盖起始"),
    lines=_coverage,
    missing="没有市级示范点覆盖",
    register="site-coverage",
)
def communities_in_demonstration_sites(on: date) -> Measure:
    """Communities covered by a municipal demonstration site on the day (notice 一(三))."""
    every = SiteCoverage.objects.filter(valid_from__lte=on)
    return Coverage(
        municipal_coverage_on(on).select_related("site"), kept=Kept(every, "area__parent__parent", TOP)
    )  # fmt: skip


def _brands(viewer: Viewer, rows: Sequence[Any]) -> list[Line]:
    return [
        Line((r.name, r.field or "未填", clock.say_day(r.valid_from)), r.area_id, r.get_absolute_url()) for r in rows
    ]


@indicator(
    "streets_with_brand",
    kind="coverage",
    short="一街一品",
    columns=("品牌", "领域", "确定日期"),
    lines=_brands,
    missing="没有街道品牌",
    level=STREET,
    register="brands",
)
def streets_with_brand(on: date) -> Measure:
    """Streets with a brand on the day (notice 一(三))."""
    every = Brand.objects.filter(valid_from__lte=on, kind="street_brand")
    return Coverage(street_brands_on(on), kept=Kept(every, "area__parent", ABOVE))


@indicator(
    "communities_with_feature",
    kind="coverage",
    short="一社一特",
    columns=("特色", "领域", "确定日期"),
    lines=_brands,
    missing="没有社区特色",
    register="brands",
)
def communities_with_feature(on: date) -> Measure:
    """Communities with a feature on the day (notice 一(三))."""
    every = Brand.objects.filter(valid_from__lte=on, kind="community_feature")
    return Coverage(community_features_on(on), kept=Kept(every, "area__parent", ABOVE))


def _stages(viewer: Viewer, rows: Sequence[Any]) -> list[Line]:
    return [Line((r.get_stage_display(), r.theme or "未填", clock.say_day(r.on)), r.area_id) for r in rows]


@indicator(
    "experimental_zone",
    kind="total",
    short="全国实验区",
    columns=("阶段", "主题", "达到日期"),
    lines=_stages,
    missing="还没有列入",
    gap="个实验区",
    level=ANYWHERE,
    register="experimental-zone",
)
def experimental_zone(on: date) -> Measure:
    """Whether the New Area is a national experimental zone on the day; every stage reached before shows it strives."""
    return Total(admitted_zones_on(on), kept=Kept(zone_stages_on(on)), distinct="area")


def _smart(viewer: Viewer, rows: Sequence[Any]) -> list[Line]:
    return [Line((r.get_stage_display(), clock.say_day(r.on), r.note), r.area_id) for r in rows]


@indicator(
    "smart_communities",
    kind="coverage",
    short="智慧社区",
    columns=("阶段", "达到日期", "说明"),
    lines=_smart,
    missing="还没有用上",
    register="smart-communities",
)
def smart_communities(on: date) -> Measure:
    """Communities whose residents use the smart community on the day, from the 礼嘉 pilot on (notice 二(四)4)."""
    every = SmartCommunityStage.objects.filter(on__lte=on)
    return Coverage(smart_in_use_on(on), kept=Kept(every, "area__parent__parent", TOP))
