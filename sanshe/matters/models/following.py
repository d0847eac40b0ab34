"""Neighbours who met with the same (我也遇到了), and the calls to those who did not rate."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from sanshe.kernel.fields import EncryptedText

from ..words import Grade


class Support(models.Model):
    """A neighbour met with the same as a public matter tells of; who, is nobody's business but the neighbour's.

    One a person and matter; taken back, it stays as a row with its date and counts no more.
    """

    matter = models.ForeignKey(
        "matters.Matter", models.PROTECT, related_name="supports", verbose_name="事项", db_index=False
    )
    user = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name="也遇到的邻居", db_index=False
    )
    at = models.DateTimeField("时间")
    withdrawn_at = models.DateTimeField("收回时间", null=True, blank=True)

    privacy = {"internal": "matter at withdrawn_at", "personal": "user"}

    class Meta:
        verbose_name = "我也遇到了"
        verbose_name_plural = "我也遇到了"
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "user"], condition=Q(withdrawn_at__isnull=True), name="support_once"
            )
        ]
        indexes = [models.Index("user", F("at").desc(), name="support_user")]

    def __str__(self) -> str:
        return f"也遇到「{self.matter.shown_title}」"


class Inquiry(models.Model):
    """One call of the community to someone who did not rate a finished handling (满意度回访).

    It is no rating: the resident did not give it, so it never counts in a share of ratings and is shown apart.
    `reached` False: nobody answered; then it may be tried again.
    """

    handling = models.ForeignKey(
        "matters.Handling", models.PROTECT, related_name="inquiries", verbose_name="办理", db_index=False
    )
    matter = models.ForeignKey(
        "matters.Matter", models.PROTECT, related_name="inquiries", verbose_name="事项", db_index=False
    )
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="所在社区", db_index=False)
    unit = models.ForeignKey(
        "areas.Body", models.PROTECT, null=True, related_name="+", verbose_name="主办单位", db_index=False
    )
    by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name="回访人", db_index=False
    )  # fmt: skip
    at = models.DateTimeField("回访时间")
    reached = models.BooleanField("联系上了", default=True)
    grade = models.PositiveSmallIntegerField("居民口头评价", choices=Grade.choices, null=True, blank=True)
    solved = models.BooleanField("问题已经解决", null=True, blank=True)
    said = EncryptedText("居民怎么说", blank=True, default="")

    privacy = {"internal": "handling matter area unit by at reached grade solved", "personal": "said"}

    class Meta:
        verbose_name = "满意度回访"
        verbose_name_plural = "满意度回访"
        constraints = [
            models.UniqueConstraint(fields=["handling"], condition=Q(reached=True), name="inquiry_once"),
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | Q(reached=True, grade__gte=1, grade__lte=5),
                name="inquiry_grade_of_who_was_reached",
            ),
        ]
        indexes = [
            models.Index("area", "at", name="inquiry_area"),
            models.Index("matter", F("at").desc(), name="inquiry_matter"),
        ]

    def __str__(self) -> str:
        return f"回访「{self.matter}」"

    def get_absolute_url(self) -> str:
        """The matter's page."""
        return reverse("matters:page", kwargs={"pk": self.matter_id})
