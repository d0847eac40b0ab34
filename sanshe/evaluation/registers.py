"""The ledgers of evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sanshe.areas.public import AreaLevel, BodyKind, area_reference, body_reference
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.kernel.register import Column, Register, declare

from .access import (
    BrandAccess,
    DemonstrationSiteAccess,
    SiteCoverageAccess,
    SmartCommunityStageAccess,
    ZoneStageAccess,
)
from .models import Brand
from .references import site_reference
from .words import BrandKind

GROUP = "品牌与示范"
COMMUNITIES = area_reference(AreaLevel.COMMUNITY)
STREETS_AND_COMMUNITIES = area_reference(AreaLevel.STREET, AreaLevel.COMMUNITY)
DISTRICTS = area_reference(AreaLevel.DISTRICT)


@declare
class SiteRegister(Register):
    name = "demonstration-sites"
    title = "示范点台账"
    lead = "社区治理示范点：谁认定、何时认定；由街道和新区维护，覆盖的社区在“示范点覆盖台账”登记。"
    group = GROUP
    access = DemonstrationSiteAccess
    columns = [
        Column("name", hint="以认定文件为准", example="悦来社区治理示范点", synonyms=("示范点名称", "示范点")),
        Column("area", reference=STREETS_AND_COMMUNITIES, synonyms=("街道", "社区", "所在街道")),
        Column("rank", synonyms=("认定级别",)),
        Column("theme", synonyms=("主题",)),
        Column("source", synonyms=("文号", "依据"), shown=False),
        Column("valid_from", synonyms=("认定时间",)),
        Column("valid_to", synonyms=("摘牌时间",)),
    ]
    filters = ["area", "rank"]
    search = ["name", "theme"]
    sort = "name"
    key = [("area", "name")]
    validity = ("valid_from", "valid_to")


@declare
class SiteCoverageRegister(Register):
    name = "site-coverage"
    title = "示范点覆盖台账"
    lead = "每个示范点覆盖哪些社区、从哪天起；由街道和新区维护。"
    group = GROUP
    access = SiteCoverageAccess
    columns = [
        Column("area", reference=COMMUNITIES, synonyms=("社区", "社区名称")),
        Column("site", reference=site_reference(), synonyms=("示范点名称",)),
        Column("valid_from", synonyms=("起始日期", "开始日期")),
        Column("valid_to", synonyms=("截止日期", "结束日期")),
    ]
    filters = ["area", "site"]
    sort = "area"
    key = [("site", "area")]
    validity = ("valid_from", "valid_to")


@declare
class BrandRegister(Register):
    name = "brands"
    title = "品牌与特色台账"
    lead = "一街一品、一社一特：街道维护品牌，社区维护特色，内容对居民公开。"
    group = GROUP
    pages = (("看公开页面", "evaluation:brands"),)
    access = BrandAccess
    columns = [
        Column("name", example="邻里茶话", synonyms=("品牌名称", "特色名称")),
        Column("area", reference=STREETS_AND_COMMUNITIES, synonyms=("街道", "社区", "所属区域")),
        Column("kind", synonyms=("类型",)),
        Column("field", synonyms=("领域",)),
        Column("summary", wide=True, shown=False, synonyms=("简介", "做法")),
        Column("body", reference=body_reference(*BodyKind.values), shown=False, synonyms=("主办",)),
        Column("valid_from", synonyms=("开始日期", "确定时间")),
        Column("valid_to", synonyms=("结束日期",)),
    ]
    filters = ["area", "kind"]
    search = ["name", "summary"]
    sort = "name"
    key = [("area", "name")]
    validity = ("valid_from", "valid_to")

    def clean(self, row: Brand, values: Mapping[str, Any], by: Viewer, now: datetime) -> None:
        """A street has a brand, a community a feature. Raises Invalid."""
        wanted = AreaLevel.STREET if row.kind == BrandKind.STREET else AreaLevel.COMMUNITY
        if row.area_id and row.kind and row.area.level != wanted:
            level = "街道" if wanted == AreaLevel.STREET else "社区"
            raise Invalid({"area": f"{row.get_kind_display()}应登记在{level}，请另选一个{level}，或改类别。"})


@declare
class ZoneRegister(Register):
    name = "experimental-zone"
    title = "实验区创建进展"
    lead = "争创全国社区治理和服务创新实验区走到了哪一步，由新区登记。"
    group = GROUP
    access = ZoneStageAccess
    columns = [
        Column("stage", synonyms=("进展",)),
        Column("area", reference=DISTRICTS, synonyms=("区",)),
        Column("on", synonyms=("日期",)),
        Column("theme", synonyms=("主题",)),
        Column("source", synonyms=("文号",)),
    ]
    filters = ["stage"]
    sort = "-on"
    key = [("area", "stage")]


@declare
class SmartRegister(Register):
    name = "smart-communities"
    title = "智慧社区推广台账"
    lead = "从礼嘉试点到各社区：每个社区走到哪一步、哪天达到；由街道和新区维护。"
    group = GROUP
    access = SmartCommunityStageAccess
    columns = [
        Column("area", reference=COMMUNITIES, synonyms=("社区", "社区名称")),
        Column("stage", synonyms=("进展", "状态")),
        Column("on", synonyms=("日期",)),
        Column("note", synonyms=("备注",)),
    ]
    filters = ["area", "stage"]
    sort = "-on"
    key = [("area", "stage")]
