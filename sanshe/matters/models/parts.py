"""What hangs on a matter and has a small procedure of its own where somebody must act.

`area` and `unit` are copied from the matter, so that rules compile to literal ids on the row's own columns.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ..words import (
    AssistState,
    ExtensionState,
    HelpState,
    ObjectionAbout,
    ObjectionState,
    OversightRule,
    OversightState,
)
from .watching import Timed


class Part(models.Model):
    """What all parts share: their matter, its area, and that they are shown on its page."""

    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="%(class)ss", verbose_name="事项")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="所在社区", db_index=False)

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        """The matter's page."""
        return self.matter.get_absolute_url()


class Assist(Part, Timed):
    """An assisting unit (协办): its part, and its answer to the host unit."""

    unit = models.ForeignKey("areas.Body", models.PROTECT, related_name="+", verbose_name="协办单位", db_index=False)
    part = models.TextField("需要协办的内容", blank=True)
    answer = models.TextField("协办答复", blank=True)
    state = models.CharField("状态", max_length=10, choices=AssistState.choices)
    asked_at = models.DateTimeField("提出时间")
    due_at = models.DateTimeField("答复期限", null=True)
    answered_at = models.DateTimeField("答复时间", null=True)

    privacy = {
        "internal": (
            "matter area unit part answer state asked_at due_at answered_at calendar_version reminded_at escalations"
        )
    }

    class Meta:
        verbose_name = "协办"
        verbose_name_plural = "协办"
        constraints = [
            models.UniqueConstraint(fields=["matter", "unit"], condition=~Q(state="lapsed"), name="assist_once")
        ]
        indexes = [models.Index("unit", "state", "due_at", name="assist_unit")]

    def __str__(self) -> str:
        return f"{self.unit}协办「{self.matter}」"


class Objection(Part, Timed):
    """The reporter's objection to the triage, or to an ending without result: once each; the street decides."""

    by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="提出人", db_index=False
    )
    about = models.CharField(
        "异议的对象", max_length=8, choices=ObjectionAbout.choices, default=ObjectionAbout.TRIAGE,
        db_default=ObjectionAbout.TRIAGE,
    )  # fmt: skip
    reason = models.TextField("异议理由")
    answer = models.TextField("街道答复", blank=True)
    state = models.CharField("状态", max_length=10, choices=ObjectionState.choices)
    raised_at = models.DateTimeField("提出时间")
    due_at = models.DateTimeField("答复期限", null=True)
    decided_at = models.DateTimeField("答复时间", null=True)

    privacy = {
        "internal": (
            "matter area about answer state raised_at due_at decided_at calendar_version reminded_at escalations"
        ),
        "personal": "by reason",
    }

    beside_step = "matters/_beside_part_step.html"

    class Meta:
        verbose_name = "分流异议"
        verbose_name_plural = "分流异议"
        constraints = [models.UniqueConstraint(fields=["matter", "about"], name="objection_once")]
        indexes = [models.Index("area", "state", "due_at", name="objection_area")]

    def __str__(self) -> str:
        return f"{self.get_about_display()}：「{self.matter}」"

    @property
    def title_for_reporter(self) -> str:
        """「您对分流的异议」."""
        return f"您{self.get_about_display()}"


class Extension(Part, Timed):
    """A host unit's request for more time."""

    unit = models.ForeignKey("areas.Body", models.PROTECT, related_name="+", verbose_name="申请单位", db_index=False)
    days = models.PositiveSmallIntegerField("延长（工作日）")
    reason = models.TextField("延期理由")
    answer = models.TextField("答复意见", blank=True)
    state = models.CharField("状态", max_length=10, choices=ExtensionState.choices)
    asked_at = models.DateTimeField("申请时间")
    due_at = models.DateTimeField("答复期限", null=True)
    decided_at = models.DateTimeField("答复时间", null=True)

    privacy = {
        "internal": (
            "matter area unit days reason answer state asked_at due_at decided_at calendar_version reminded_at "
            "escalations"
        )
    }

    beside_step = "matters/_beside_part_step.html"

    class Meta:
        verbose_name = "延期申请"
        verbose_name_plural = "延期申请"
        constraints = [
            models.UniqueConstraint(fields=["matter"], condition=Q(state="asked"), name="extension_one_pending")
        ]
        indexes = [models.Index("area", "state", "due_at", name="extension_area")]

    def __str__(self) -> str:
        return f"「{self.matter}」延期 {self.days} 个工作日"


class OversightOrder(Part, Timed):
    """An oversight order (督办): what is required of the host unit by which date.

    `rule`, `cause`: why it opened by itself (the cause tells one occasion from the next); empty when a person issued
    it.
    """

    unit = models.ForeignKey("areas.Body", models.PROTECT, related_name="+", verbose_name="被督办单位", db_index=False)
    by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="督办人", db_index=False
    )
    rule = models.CharField(
        "督办规则", max_length=8, choices=OversightRule.choices, blank=True, default="", db_default=""
    )
    cause = models.CharField("督办原因的标记", max_length=40, blank=True, default="", db_default="")
    requirement = models.TextField("督办要求")
    answer = models.TextField("督办回复", blank=True)
    closing = models.TextField("销号意见", blank=True)
    state = models.CharField("状态", max_length=10, choices=OversightState.choices)
    issued_at = models.DateTimeField("发出时间")
    due_at = models.DateTimeField("回复期限")
    answered_at = models.DateTimeField("回复时间", null=True)
    closed_at = models.DateTimeField("销号时间", null=True)

    privacy = {
        "internal": (
            "matter area unit by rule cause requirement answer closing state issued_at due_at answered_at closed_at "
            "calendar_version reminded_at escalations"
        )
    }

    beside_step = "matters/_beside_part_step.html"

    class Meta:
        verbose_name = "督办单"
        verbose_name_plural = "督办单"
        constraints = [
            # Never two for the same cause: the clock may run twice, or two of it at once.
            models.UniqueConstraint(fields=["matter", "rule", "cause"], condition=~Q(rule=""), name="oversight_once")
        ]
        indexes = [
            models.Index("unit", "state", "due_at", name="oversight_unit"),
            models.Index(F("issued_at").desc(), F("id").desc(), name="oversight_newest"),
            models.Index("area", "state", "due_at", name="oversight_area"),
        ]

    def __str__(self) -> str:
        return f"督办「{self.matter}」"


class HelpOffer(Part):
    """A neighbour's offer of help with a private matter. Phones are shown only when both have agreed."""

    helper = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name="愿意帮忙的人", db_index=False
    )
    text = models.TextField("怎样帮忙")
    state = models.CharField("状态", max_length=10, choices=HelpState.choices)
    offered_at = models.DateTimeField("提出时间")
    answered_at = models.DateTimeField("答复时间", null=True)

    privacy = {"internal": "matter area state offered_at answered_at", "personal": "helper text"}

    class Meta:
        verbose_name = "邻里帮助"
        verbose_name_plural = "邻里帮助"
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "helper"], condition=Q(state__in=["offered", "accepted"]), name="help_once"
            )
        ]
        indexes = [models.Index("helper", "state", name="help_helper")]

    def __str__(self) -> str:
        return f"愿意帮忙：「{self.matter.shown_title}」"

    def get_absolute_url(self) -> str:
        """The page that helper and reporter share."""
        return reverse("matters:help", kwargs={"pk": self.pk})


class Attachment(models.Model):
    """A photo of a matter; EXIF was removed when it was stored. `by_staff`: taken by those who handle it.

    `material`: the material of an application that it shows, which may be a document as well.
    """

    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="attachments", verbose_name="事项")
    file = models.ForeignKey("kernel.StoredFile", models.PROTECT, related_name="+", verbose_name="文件")
    by_staff = models.BooleanField("办理单位上传", default=False)
    at = models.DateTimeField("时间")
    material = models.ForeignKey(
        "matters.ApplicationMaterial", models.PROTECT, null=True, blank=True, related_name="files",
        verbose_name="申请材料",
    )  # fmt: skip

    privacy = {"internal": "matter material by_staff at", "personal": "file"}

    class Meta:
        verbose_name = "附件"
        verbose_name_plural = "附件"
        ordering = ["id"]

    def __str__(self) -> str:
        return "照片"
