"""Tables of evaluation. Validity is half-open: in force from `valid_from` up to, but not on, `valid_to`."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from .words import BrandKind, SiteRank, SmartStage, Stage


def _lasting(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name=f"{name}_validity"
    )


class DemonstrationSite(models.Model):
    """A demonstration site of community governance: named by somebody, for a time. What it covers: SiteCoverage."""

    area = models.ForeignKey(
        "areas.Area", models.PROTECT, related_name="demonstration_sites", verbose_name="申报的街道或社区"
    )
    name = models.CharField("名称", max_length=80)
    rank = models.CharField("级别", max_length=12, choices=SiteRank.choices, default=SiteRank.MUNICIPAL)
    theme = models.CharField("示范主题", max_length=120, blank=True)
    source = models.CharField("认定文件", max_length=200, blank=True)
    valid_from = models.DateField("认定日期")
    valid_to = models.DateField("摘牌日期", null=True, blank=True)

    privacy = {"public": "area name rank theme source valid_from valid_to"}

    class Meta:
        verbose_name = "示范点"
        ordering = ["area__lo", "name"]
        constraints = [
            _lasting("site"),
            models.UniqueConstraint(fields=["area", "name"], name="site_name_in_area"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('evaluation:sites')}#site-{self.pk}"


class SiteCoverage(models.Model):
    """A community that a demonstration site covers."""

    site = models.ForeignKey(DemonstrationSite, models.CASCADE, related_name="coverage", verbose_name="示范点")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="覆盖的社区")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)

    privacy = {"public": "site area valid_from valid_to"}

    class Meta:
        verbose_name = "示范点覆盖"
        ordering = ["area__lo", "site_id"]
        constraints = [
            _lasting("coverage"),
            models.UniqueConstraint(
                fields=["site", "area"], condition=Q(valid_to__isnull=True), name="coverage_once_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["area", "valid_from"], name="coverage_area")]

    def __str__(self) -> str:
        return f"{self.site}覆盖{self.area}"


class Brand(models.Model):
    """A brand of a street or the feature of a community (notice 一(三): one a street, one a community)."""

    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="brands", verbose_name="街道或社区")
    kind = models.CharField("类别", max_length=20, choices=BrandKind.choices)
    name = models.CharField("名称", max_length=60)
    field = models.CharField("服务领域", max_length=60, blank=True)
    summary = models.TextField("做法和成效", blank=True)
    body = models.ForeignKey(
        "areas.Body", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="主办单位"
    )
    valid_from = models.DateField("确定日期")
    valid_to = models.DateField("停止日期", null=True, blank=True)

    privacy = {"public": "area kind name field summary body valid_from valid_to"}

    class Meta:
        verbose_name = "品牌与特色"
        ordering = ["area__lo", "name"]
        constraints = [
            _lasting("brand"),
            models.UniqueConstraint(fields=["area", "name"], name="brand_name_in_area"),
        ]
        indexes = [models.Index(fields=["kind", "area", "valid_from"], name="brand_area")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('evaluation:brands')}#brand-{self.pk}"


class ZoneStage(models.Model):
    """A stage that an area reached on its way to a national experimental zone of community governance."""

    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="区域")
    stage = models.CharField("阶段", max_length=12, choices=Stage.choices)
    on = models.DateField("达到日期")
    theme = models.CharField("实验主题", max_length=120, blank=True)
    source = models.CharField("依据", max_length=200, blank=True)

    privacy = {"public": "area stage on theme source"}

    class Meta:
        verbose_name = "实验区创建进展"
        ordering = ["-on", "-id"]
        constraints = [models.UniqueConstraint(fields=["area", "stage"], name="zone_stage_once")]

    def __str__(self) -> str:
        return f"{self.area}{self.get_stage_display()}"


class SmartCommunityStage(models.Model):
    """A stage that a community reached in the roll-out of the smart community (notice 二(四)4)."""

    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="社区")
    stage = models.CharField("阶段", max_length=12, choices=SmartStage.choices)
    on = models.DateField("达到日期")
    note = models.CharField("说明", max_length=200, blank=True)

    privacy = {"public": "area stage on note"}

    class Meta:
        verbose_name = "智慧社区推广进展"
        ordering = ["area__lo", "on"]
        constraints = [models.UniqueConstraint(fields=["area", "stage"], name="smart_stage_once")]
        indexes = [models.Index(fields=["area", "on"], name="smart_area_on")]

    def __str__(self) -> str:
        return f"{self.area}{self.get_stage_display()}"
