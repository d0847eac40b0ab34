"""What the watching of deadlines keeps: who returned a matter and why, and how one ended on a review."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from ..words import EndedHow


class Timed(models.Model):
    """What has a due date of its own: the calendar it was counted by, whether its people were reminded of it, and how
    many posts up a delay has been reported (0 to 3)."""

    calendar_version = models.CharField("日历版本", max_length=40, blank=True, default="", db_default="")
    reminded_at = models.DateTimeField("提醒时间", null=True, blank=True)
    escalations = models.PositiveSmallIntegerField("已上报的层级", default=0, db_default=0)

    class Meta:
        abstract = True


class MatterReturn(models.Model):
    """One return of a matter by a unit: for which of the reasons that the rule allows, and in whose words.

    `by` is empty when the unit's own system returned it (exchange).
    """

    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="returns", verbose_name="事项")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="所在社区", db_index=False)
    unit = models.ForeignKey("areas.Body", models.PROTECT, related_name="+", verbose_name="退回单位", db_index=False)
    ground = models.CharField("退回情形", max_length=20)
    reason = models.TextField("退回理由")
    by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="退回人", db_index=False
    )
    at = models.DateTimeField("退回时间")

    privacy = {"internal": "matter area unit ground reason by at"}

    class Meta:
        verbose_name = "退回记录"
        verbose_name_plural = "退回记录"
        indexes = [models.Index("unit", "at", name="return_unit"), models.Index("area", "at", name="return_area")]

    def __str__(self) -> str:
        return f"{self.unit}退回「{self.matter}」"

    def get_absolute_url(self) -> str:
        """The matter's page."""
        return reverse("matters:page", kwargs={"pk": self.matter_id})


class Ending(models.Model):
    """How a matter ended without being done (终止办理): the reason told to the resident and the written review behind.

    A new one for each time: after an objection was upheld the matter may end again. `by` is empty when a rule ended it.
    """

    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="endings", verbose_name="事项")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="所在社区", db_index=False)
    unit = models.ForeignKey("areas.Body", models.PROTECT, related_name="+", verbose_name="承办单位", db_index=False)
    how = models.CharField("情形", max_length=12, choices=EndedHow.choices)
    reason = models.TextField("终止的理由")
    review = models.TextField("书面复核意见", blank=True)
    by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="决定人", db_index=False
    )
    at = models.DateTimeField("终止时间")

    privacy = {"internal": "matter area unit how review by at", "personal": "reason"}

    class Meta:
        verbose_name = "终止办理"
        verbose_name_plural = "终止办理"
        indexes = [models.Index("unit", "at", name="ending_unit"), models.Index("area", "at", name="ending_area")]

    def __str__(self) -> str:
        return f"终止办理「{self.matter}」"

    def get_absolute_url(self) -> str:
        """The matter's page."""
        return reverse("matters:page", kwargs={"pk": self.matter_id})
