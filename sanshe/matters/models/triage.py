"""Triage: the criteria as versioned data, and the log of every triage."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ..words import DeadlineKind, Route
from .versions import VERSION_INTERNAL, VERSION_PUBLIC, ListItem, ListVersion


class CriteriaSet(ListVersion):
    """One version of the triage criteria. What was triaged by it keeps pointing to it."""

    privacy = {"public": VERSION_PUBLIC, "internal": VERSION_INTERNAL}

    class Meta(ListVersion.Meta):
        verbose_name = "分流标准"
        verbose_name_plural = "分流标准"


class Criterion(ListItem):
    """One class of matters: what it covers, which way it goes, by when. `unit_hint`: kind of unit, in words."""

    set = models.ForeignKey(CriteriaSet, models.PROTECT, related_name="items", verbose_name="分流标准")
    route = models.CharField("分类", max_length=12, choices=Route.choices)
    urgent = models.BooleanField("紧急", default=False)
    hours = models.PositiveSmallIntegerField("小时数", null=True, blank=True)
    unit_hint = models.CharField("一般由谁承办", max_length=80, blank=True)
    deadline = models.CharField("期限", max_length=10, choices=DeadlineKind.choices, default=DeadlineKind.DEFAULT)
    guidance = models.TextField("指引", blank=True)

    privacy = {"public": "set code name covers edition route urgent hours unit_hint deadline guidance"}

    class Meta:
        verbose_name = "分流标准条目"
        verbose_name_plural = "分流标准条目"
        ordering = ["set", "code"]
        constraints = [models.UniqueConstraint(fields=["set", "code"], name="criterion_once")]

    def __str__(self) -> str:
        return f"{self.name}（{self.get_route_display()}）"


class Triage(models.Model):
    """One triage of one matter: who, by which criterion and version, why, and what had been proposed.

    `followed`: whether it went by the criterion that had been suggested; None when nothing was, or 「拿不准」 was said.
    """

    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="triages", verbose_name="事项")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="所在社区", db_index=False)
    by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="分流人", db_index=False
    )
    at = models.DateTimeField("时间")
    route = models.CharField("分类", max_length=12, choices=Route.choices)
    criterion = models.ForeignKey(Criterion, models.PROTECT, null=True, related_name="+", verbose_name="分流标准")
    criterion_version = models.CharField("分流标准版本", max_length=20, blank=True)
    reason = models.TextField("理由")
    unit = models.ForeignKey(
        "areas.Body", models.PROTECT, null=True, related_name="+", verbose_name="主办单位", db_index=False
    )
    proposal = models.JSONField("当时的建议", default=list)
    suggestion = models.ForeignKey(
        "matters.Suggestion", models.SET_NULL, null=True, related_name="+", verbose_name="当时显示的建议",
        db_index=False,
    )  # fmt: skip
    followed = models.BooleanField("与建议一致", null=True)

    privacy = {
        "public": "route criterion criterion_version",
        "internal": "matter area by at unit proposal suggestion followed reason",
    }

    class Meta:
        verbose_name = "分流记录"
        verbose_name_plural = "分流记录"
        indexes = [
            models.Index("area", "at", name="triage_area_at"),
            models.Index(F("at").desc(), name="triage_at"),
            models.Index("area", "at", condition=Q(criterion__isnull=False), name="triage_by_criterion"),
            models.Index("area", "at", condition=Q(suggestion__isnull=False), name="triage_suggested"),
        ]

    def __str__(self) -> str:
        return f"{self.get_route_display()}：{self.criterion.name if self.criterion else '未引用标准'}"
