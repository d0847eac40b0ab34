"""What came of it: the written outcome, the needs it states, the tasks that carry it out."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from ..words import ServiceField, TaskState
from .core import Deliberation


class Outcome(models.Model):
    """The outcome (协商意见) in words. Drafted by the community, published by its lead."""

    deliberation = models.OneToOneField(Deliberation, models.CASCADE, related_name="outcome", verbose_name="协商")
    text = models.TextField("协商意见")
    written_at = models.DateTimeField("起草时间")
    published_at = models.DateTimeField("公布时间", null=True, blank=True)

    privacy = {
        "public": "deliberation text published_at",
        "internal": "written_at",
        "personal": "",
        "sensitive": "",
    }

    class Meta:
        verbose_name = "协商意见"
        verbose_name_plural = "协商意见"

    def __str__(self) -> str:
        return f"{self.deliberation}的协商意见"

    def get_absolute_url(self) -> str:
        """Its place on the page of the deliberation."""
        return f"{self.deliberation.get_absolute_url()}#outcome"


class OutcomeNeed(models.Model):
    """A service that residents need, as an outcome states it. Purchase takes it up when the outcome is published."""

    outcome = models.ForeignKey(Outcome, models.CASCADE, related_name="needs", verbose_name="协商意见")
    title = models.CharField("需求", max_length=80)
    field = models.CharField("服务领域", max_length=16, choices=ServiceField.choices)
    for_whom = models.CharField("服务对象", max_length=120)
    people = models.IntegerField("预计服务人数", null=True, blank=True)
    words = models.TextField("说明", blank=True)
    stated_at = models.DateTimeField("提出时间")

    privacy = {
        "public": "outcome title field for_whom people words",
        "internal": "stated_at",
        "personal": "",
        "sensitive": "",
    }

    class Meta:
        verbose_name = "协商意见中的需求"
        verbose_name_plural = "协商意见中的需求"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(people__isnull=True) | Q(people__gt=0), name="need_people_positive"),
        ]

    def __str__(self) -> str:
        return self.title


class Task(models.Model):
    """A piece of carrying out: what, by whom (a person with an account, or a body), by when."""

    deliberation = models.ForeignKey(Deliberation, models.CASCADE, related_name="tasks", verbose_name="协商")
    title = models.CharField("任务", max_length=120)
    owner = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任人"
    )
    owner_body = models.ForeignKey(
        "areas.Body", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任单位"
    )
    due_on = models.DateField("完成期限")
    due_at = models.DateTimeField("到期时刻")
    state = models.CharField("状态", max_length=10, choices=TaskState.choices)
    result = models.TextField("结果", blank=True)
    created_at = models.DateTimeField("建立时间")
    done_at = models.DateTimeField("完成时间", null=True, blank=True)
    reminded_at = models.DateTimeField("到期提醒时间", null=True, blank=True)

    privacy = {
        "public": "deliberation title owner_body due_on state result done_at",
        "internal": "due_at created_at reminded_at",
        "personal": "owner",
        "sensitive": "",
    }

    class Meta:
        verbose_name = "协商任务"
        verbose_name_plural = "协商任务"
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["state", "due_at"], name="task_state_due"),
            models.Index(fields=["owner_body", "state"], name="task_body"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=False, owner_body__isnull=True)
                | Q(owner__isnull=True, owner_body__isnull=False),
                name="task_one_owner",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("deliberation:task", kwargs={"pk": self.pk})

    @property
    def area(self) -> Any:
        """The community, for the to-do list."""
        return self.deliberation.area

    @property
    def latest(self) -> TaskNote | None:
        """The newest note; no query when the notes were prefetched."""
        found = list(self.notes.all())
        return found[-1] if found else None


class TaskNote(models.Model):
    """How a task is getting on, as told to those who took part."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="notes", verbose_name="任务")
    text = models.TextField("进展")
    at = models.DateTimeField("时间")
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="填写人")

    privacy = {
        "public": "task text at",
        "internal": "",
        "personal": "by",
        "sensitive": "",
    }

    class Meta:
        verbose_name = "任务进展"
        verbose_name_plural = "任务进展"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:40]
