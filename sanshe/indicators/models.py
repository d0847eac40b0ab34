"""Stored figures, and plans that close a gap. A figure of a community is never stored: it is counted when asked for."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from sanshe.areas.public import Area

from .words import PlanState


class FigureArea(Area):
    """An area whose figures one may read. A proxy: the rule for figures is not the rule for areas."""

    privacy = {"public": ""}

    class Meta:
        proxy = True
        verbose_name = "指标所在区域"


class StoredFigure(models.Model):
    """One indicator for a street or a wider area on a day, as it was computed, with the limit it was held against.

    A street without any datum has no row. `numerator` of `denominator` over `units` areas of which `unknown` have no
    datum and `short` do not reach their limit; `lack`: by how much the known ones fall short; `total`: the sum.
    """

    pk = models.CompositePrimaryKey("area", "on", "indicator")
    area = models.ForeignKey("areas.Area", models.CASCADE, related_name="+", db_index=False, verbose_name="区域")
    on = models.DateField("截至")
    indicator = models.CharField("指标", max_length=60)
    numerator = models.BigIntegerField("分子")
    denominator = models.BigIntegerField("分母")
    units = models.IntegerField("单元数")
    unknown = models.IntegerField("无数据的单元数")
    short = models.IntegerField("未达到的单元数")
    lack = models.BigIntegerField("差多少")
    rows = models.BigIntegerField("依据的记录数")
    total = models.DecimalField("合计", max_digits=20, decimal_places=2)
    limit = models.DecimalField("适用的目标数", max_digits=10, decimal_places=2, null=True)
    limit_by = models.DateField("目标的期限", null=True)
    computed_at = models.DateTimeField("计算时间")

    privacy = {
        "internal": "area on indicator numerator denominator units unknown short lack rows total limit limit_by "
        "computed_at",
    }

    class Meta:
        verbose_name = "已存指标数"
        indexes = [models.Index(fields=["on", "indicator"], name="stored_figure_on")]

    def __str__(self) -> str:
        return f"{self.indicator} {self.on}"


class GapPlan(models.Model):
    """How an area closes its gap to a target: what is aimed at, by which means, by whom, by when."""

    indicator = models.CharField("指标", max_length=60)
    title = models.CharField("目标", max_length=120)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="区域")
    aim = models.DecimalField("要达到", max_digits=10, decimal_places=2)
    began_at = models.DecimalField("制定时的数", max_digits=10, decimal_places=2, null=True)
    unit = models.CharField("单位", max_length=12, blank=True)
    measures = models.TextField("措施")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="负责人")
    state = models.CharField("状态", max_length=8, choices=PlanState.choices)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="制定人")
    made_at = models.DateTimeField("制定时间")
    due_at = models.DateTimeField("期限")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_note = models.TextField("结束说明", blank=True)

    privacy = {
        "internal": "indicator title area aim began_at unit measures owner state made_by made_at due_at ended_at "
        "ended_note",
    }

    class Meta:
        verbose_name = "补齐计划"
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "area"], condition=Q(state=PlanState.DOING), name="one_plan_a_gap"
            ),
            models.CheckConstraint(
                condition=Q(state=PlanState.DOING) | Q(ended_at__isnull=False), name="ended_plan_has_moment"
            ),
        ]
        indexes = [models.Index(fields=["area", "state"], name="plan_area_state")]

    def __str__(self) -> str:
        return f"{self.area}：{self.title}"

    def get_absolute_url(self) -> str:
        return reverse("indicators:plan", kwargs={"pk": self.pk})


class PlanProgress(models.Model):
    """What was reported on a plan, with the figure as it stood."""

    plan = models.ForeignKey(GapPlan, models.CASCADE, related_name="progress", verbose_name="计划")
    at = models.DateTimeField("时间")
    text = models.TextField("进展")
    value = models.DecimalField("当时的数", max_digits=10, decimal_places=2, null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="报告人")

    privacy = {"internal": "plan at text value by"}

    class Meta:
        verbose_name = "补齐计划的进展"
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.text[:40]
