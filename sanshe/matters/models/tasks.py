"""A department's task to communities, and the part of each community."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ..tasks.words import OrderState, PartState, Verdict
from .watching import Timed


class TaskOrder(models.Model):
    """What a unit, a street or the New Area asks of communities; kept also when it was refused.

    `unit`: the asking unit; None when a street or the New Area asks itself (`area` then is the asker's). `gate`: the
    street all its communities lie in, else the New Area: its service centre admits what stands on no list. `item`: the
    duty that decided; `words`: the words of the text that spoke for it; `by_hand`: whether the item was named by the
    asker or the approver, not found by words. `hours`: hours of work expected of one community.
    """

    title = models.CharField("任务", max_length=80)
    text = models.TextField("要做什么")
    basis = models.TextField("依据")
    until = models.DateField("完成日期")
    hours = models.PositiveSmallIntegerField("每个社区预计工时（小时）")
    funds = models.TextField("经费", blank=True)
    people = models.TextField("派出的人手", blank=True)
    unit = models.ForeignKey(
        "areas.Body", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="下派单位"
    )
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="下派单位所在区域")
    gate = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="准入审核的区域")
    asked_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name="经办人", db_index=False
    )
    asked_at = models.DateTimeField("提出时间")
    state = models.CharField("状态", max_length=12, choices=OrderState.choices)
    verdict = models.CharField("对照结果", max_length=8, choices=Verdict.choices)
    item = models.ForeignKey(
        "matters.DutyItem", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="清单条目"
    )
    list_version = models.CharField("清单版本", max_length=20, blank=True)
    words = models.JSONField("依据的词", default=list)
    by_hand = models.BooleanField("由人指定条目", default=False)
    objection = models.TextField("异议", blank=True)
    objected_at = models.DateTimeField("提出异议时间", null=True, blank=True)
    decision = models.TextField("审核意见", blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人",
        db_index=False,
    )  # fmt: skip
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)
    sent_at = models.DateTimeField("下达时间", null=True, blank=True)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)

    privacy = {
        "internal": (
            "title text basis until hours funds people unit area gate asked_by asked_at state verdict item "
            "list_version words by_hand objection objected_at decision decided_by decided_at sent_at closed_at"
        )
    }

    class Meta:
        verbose_name = "下派任务"
        verbose_name_plural = "下派任务"
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(F("asked_at").desc(), F("id").desc(), name="taskorder_newest"),
            models.Index("state", "until", name="taskorder_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(verdict="excluded") | Q(item__isnull=False), name="taskorder_refusal_cites"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of the task."""
        return reverse("matters:task", kwargs={"pk": self.pk})

    @property
    def asker(self) -> str:
        """Who asks, in words."""
        return self.unit.name if self.unit is not None else f"{self.area}（机关）"


class TaskPart(Timed):
    """A task in one community; held back until the task has passed the lists or was admitted."""

    order = models.ForeignKey(TaskOrder, models.PROTECT, related_name="parts", verbose_name="下派任务")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="社区", db_index=False)
    state = models.CharField("状态", max_length=8, choices=PartState.choices)
    due_at = models.DateTimeField("期限")
    accepted_at = models.DateTimeField("接收时间", null=True, blank=True)
    handler = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="社区经办人",
        db_index=False,
    )  # fmt: skip
    report = models.TextField("完成情况", blank=True)
    spent = models.PositiveSmallIntegerField("实际工时（小时）", null=True, blank=True)
    done_at = models.DateTimeField("完成时间", null=True, blank=True)

    privacy = {
        "internal": (
            "order area state due_at accepted_at handler report spent done_at calendar_version reminded_at escalations"
        )
    }

    class Meta:
        verbose_name = "社区任务"
        verbose_name_plural = "社区任务"
        ordering = ["area__lo", "id"]
        indexes = [models.Index("area", "state", "due_at", name="taskpart_area_state")]
        constraints = [models.UniqueConstraint(fields=["order", "area"], name="taskpart_once")]

    def __str__(self) -> str:
        return str(self.order)

    def get_absolute_url(self) -> str:
        """The page of the task, at this community."""
        return reverse("matters:task_part", kwargs={"pk": self.pk})
