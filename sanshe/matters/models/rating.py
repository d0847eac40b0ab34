"""Handlings, their rating, and the call-back that a poor one opens."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from sanshe.kernel.fields import EncryptedText

from ..words import RIGHTED, CallBackOutcome, CallBackState, Grade, Route
from .watching import Timed


class Handling(models.Model):
    """One completed round of a matter: what is rated. A reopened matter gets another when it is done again."""

    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="handlings", verbose_name="事项")
    round = models.PositiveSmallIntegerField("轮次", default=0)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="所在社区", db_index=False)
    unit = models.ForeignKey(
        "areas.Body", models.PROTECT, null=True, related_name="+", verbose_name="主办单位", db_index=False
    )
    by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="办结人", db_index=False
    )
    route = models.CharField("分类", max_length=12, choices=Route.choices, blank=True)
    done_at = models.DateTimeField("办结时间")
    due_at = models.DateTimeField("期限", null=True)

    privacy = {"public": "route done_at", "internal": "matter round area unit by due_at"}

    class Meta:
        verbose_name = "办理"
        verbose_name_plural = "办理"
        constraints = [models.UniqueConstraint(fields=["matter", "round"], name="handling_once")]
        indexes = [
            models.Index("area", "done_at", name="handling_area"),
            models.Index(F("done_at").desc(), name="handling_done"),
            models.Index("unit", "done_at", name="handling_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.matter} 第 {self.round + 1} 次办理"


class Rating(models.Model):
    """A resident's rating of one handling: five grades, once. What is not rated is never counted as good.

    The three offline indicators (效率、水平、态度) are optional grades. `invited`: given by the link of a notice that
    asked for it; otherwise the resident came by himself (主动评价). `void_at`: found mistaken on appeal.
    """

    handling = models.OneToOneField(Handling, models.PROTECT, related_name="rating", verbose_name="办理")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="所在社区", db_index=False)
    grade = models.PositiveSmallIntegerField("评价", choices=Grade.choices)
    speed = models.PositiveSmallIntegerField("服务效率", choices=Grade.choices, null=True, blank=True)
    skill = models.PositiveSmallIntegerField("服务水平", choices=Grade.choices, null=True, blank=True)
    manner = models.PositiveSmallIntegerField("服务态度", choices=Grade.choices, null=True, blank=True)
    comment = EncryptedText("评价内容", blank=True, default="")
    invited = models.BooleanField("经邀请评价", default=False, db_default=False)
    by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="评价人", db_index=False
    )
    at = models.DateTimeField("评价时间")
    void_at = models.DateTimeField("认定误评时间", null=True)

    privacy = {
        "internal": "handling area grade speed skill manner invited at void_at",
        # The rater's data is kept from everybody but those who call back.
        "personal": "by comment",
    }

    class Meta:
        verbose_name = "评价"
        verbose_name_plural = "评价"
        indexes = [models.Index("area", "at", name="rating_area")]
        constraints = [models.CheckConstraint(condition=Q(grade__gte=1) & Q(grade__lte=5), name="rating_five_grades")]

    def __str__(self) -> str:
        return str(self.get_grade_display())


class CallBack(Timed):
    """The loop of a poor rating: called back, then put right at once, or listed with a date, or explained.

    `unit` empty: no unit had the matter (deliberated or done by oneself), the community calls back.
    `satisfied`: what the resident said, once, of the putting right (整改满意); None: not said.
    """

    rating = models.OneToOneField(Rating, models.PROTECT, related_name="callback", verbose_name="评价")
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="callbacks", verbose_name="事项")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="所在社区", db_index=False)
    unit = models.ForeignKey(
        "areas.Body", models.PROTECT, null=True, related_name="+", verbose_name="主办单位", db_index=False
    )
    state = models.CharField("状态", max_length=10, choices=CallBackState.choices)
    outcome = models.CharField("结果", max_length=10, choices=CallBackOutcome.choices, blank=True)
    found = models.TextField("回访核实情况", blank=True)
    plan = models.TextField("整改措施", blank=True)
    answer = models.TextField("答复", blank=True)
    appeal = models.TextField("申诉理由", blank=True)
    review = models.TextField("复核意见", blank=True)
    opened_at = models.DateTimeField("开始时间")
    due_at = models.DateTimeField("期限", null=True)
    closed_at = models.DateTimeField("结束时间", null=True)
    satisfied = models.BooleanField("对整改满意", null=True, blank=True)
    satisfied_at = models.DateTimeField("答复是否满意的时间", null=True, blank=True)
    satisfied_said = EncryptedText("对整改的意见", blank=True, default="", db_default="")

    privacy = {
        "internal": (
            "rating matter area unit state outcome found plan answer appeal review opened_at due_at closed_at "
            "satisfied satisfied_at calendar_version reminded_at escalations"
        ),
        "personal": "satisfied_said",
    }

    beside_step = "matters/_beside_part_step.html"

    class Meta:
        verbose_name = "差评回访"
        verbose_name_plural = "差评回访"
        indexes = [
            models.Index("unit", "state", "due_at", name="callback_unit"),
            models.Index("area", "state", "due_at", name="callback_area"),
            models.Index(F("opened_at").desc(), name="callback_opened"),
        ]

    def __str__(self) -> str:
        return f"回访「{self.matter}」"

    @property
    def was_put_right(self) -> bool:
        """Whether something was put right, at once or by a date; not where it was explained."""
        return self.outcome in RIGHTED

    def get_absolute_url(self) -> str:
        """The matter's page."""
        return reverse("matters:page", kwargs={"pk": self.matter_id})
