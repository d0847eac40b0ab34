"""What the law demands for people's data: requests, rules of retention at work, numbers found in free text."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from sanshe.kernel.fields import EncryptedText

from ..words import CorrectedField, FindingKind, FindingState, RightsChannel, RightsKind, RightsState


class RightsRequest(models.Model):
    """One request under articles 44 to 48 of 个人信息保护法: copy, correction, erasure, explanation."""

    person = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="rights_requests", verbose_name="本人"
    )
    area = models.ForeignKey(
        "areas.Area", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理的社区"
    )
    kind = models.CharField("要求", max_length=12, choices=RightsKind.choices)
    channel = models.CharField("提出方式", max_length=12, choices=RightsChannel.choices)
    state = models.CharField("状态", max_length=12, choices=RightsState.choices, default=RightsState.RECEIVED)
    field = models.CharField("更正的项目", max_length=20, choices=CorrectedField.choices, blank=True)
    new_value = EncryptedText("更正为", null=True, blank=True)
    words = EncryptedText("说明", null=True, blank=True)
    asked_at = models.DateTimeField("提出时间")
    due_at = models.DateTimeField("答复期限")
    decided_at = models.DateTimeField("答复时间", null=True, blank=True)
    answer = EncryptedText("答复", null=True, blank=True)

    privacy = {
        "internal": "person area kind channel state field asked_at due_at decided_at",
        "sensitive": "new_value words answer",
    }

    class Meta:
        verbose_name = "个人信息权利请求"
        verbose_name_plural = "个人信息权利请求"
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "due_at"], name="rights_state_due")]

    def __str__(self) -> str:
        return f"{self.person.name}：{self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("people:request", args=[self.pk])


class RetentionRun(models.Model):
    """What one rule of retention did on one day."""

    rule = models.CharField("规则", max_length=60)
    at = models.DateTimeField("执行时间")
    done = models.IntegerField("处理的条数", default=0)

    privacy = {"internal": "rule at done"}

    class Meta:
        verbose_name = "留存规则执行记录"
        verbose_name_plural = "留存规则执行记录"
        ordering = ["-id"]
        indexes = [models.Index(fields=["rule", "-at"], name="retention_rule")]

    def __str__(self) -> str:
        return self.rule


class Finding(models.Model):
    """A number that somebody typed into a free text, found by the scan."""

    model = models.CharField("所在的记录类别", max_length=80)
    field = models.CharField("所在的栏目", max_length=80)
    row = models.BigIntegerField("所在的记录")
    area = models.ForeignKey(
        "areas.Area", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在区域"
    )
    kind = models.CharField("号码类别", max_length=12, choices=FindingKind.choices)
    masked = models.CharField("号码（掩码）", max_length=40)
    number = EncryptedText("原号码", null=True, blank=True)
    state = models.CharField("状态", max_length=12, choices=FindingState.choices, default=FindingState.OPEN)
    found_at = models.DateTimeField("发现时间")
    done_at = models.DateTimeField("处理时间", null=True, blank=True)

    privacy = {
        "internal": "model field row area kind state found_at done_at",
        "personal": "masked",
        "sensitive": "number",
    }

    class Meta:
        verbose_name = "文字中的号码"
        verbose_name_plural = "文字中的号码"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["model", "field", "row", "masked"], name="finding_once"),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="finding_state")]

    def __str__(self) -> str:
        return self.masked
