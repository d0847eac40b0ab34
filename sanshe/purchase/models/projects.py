"""Needs and the projects that answer them. Money is in fen (integers) everywhere."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from ..words import NeedState, ProjectState


class Need(models.Model):
    """What a deliberation, a survey or matters said is wanted, for whom."""

    title = models.CharField("需求", max_length=120)
    detail = models.TextField("说明", blank=True)
    beneficiaries = models.CharField("服务对象", max_length=200, blank=True)
    field = models.CharField("服务领域", max_length=40, blank=True)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="needs", verbose_name="社区")
    source = models.CharField("来源", max_length=200)
    state = models.CharField("状态", max_length=12, choices=NeedState.choices, default=NeedState.STATED)
    reason = models.TextField("不立项的理由", blank=True)
    stated_at = models.DateTimeField("提出时间")
    source_key = models.CharField("来源编号", max_length=80, blank=True)

    privacy = {
        "public": "title detail beneficiaries field area source state reason stated_at",
        "internal": "source_key",
    }

    class Meta:
        verbose_name = "治理需求"
        constraints = [
            models.UniqueConstraint(fields=["source_key"], condition=~models.Q(source_key=""), name="need_once"),
        ]
        indexes = [models.Index(fields=["area", "state", "-id"], name="need_area")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("purchase:need", kwargs={"pk": self.pk})


class Project(models.Model):
    """A service project: aims, who it is for, plan by month, budget by line.

    `plan`: [{"when": "第1—3个月", "what": "…"}]; `budget_lines`: [{"item": "…", "fen": 120000}], which sum to `budget`.
    """

    number = models.CharField("编号", max_length=24, unique=True)
    title = models.CharField("项目名称", max_length=120)
    aims = models.TextField("目标")
    beneficiaries = models.TextField("服务对象")
    expected_people = models.IntegerField("预计服务人数", default=0)
    field = models.CharField("服务领域", max_length=40)
    catalogue_item = models.CharField("指导性目录条目", max_length=120, blank=True)
    plan = models.JSONField("实施计划", default=list)
    budget_lines = models.JSONField("预算明细", default=list)
    budget = models.BigIntegerField("预算（分）", default=0)
    budget_source = models.CharField("资金来源", max_length=80, blank=True)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="projects", verbose_name="社区")
    need = models.ForeignKey(Need, models.PROTECT, null=True, blank=True, related_name="projects")
    planned_with = models.TextField("居民参与策划的情况", blank=True)
    state = models.CharField("状态", max_length=12, choices=ProjectState.choices, default=ProjectState.DRAFT)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="编制人")
    made_at = models.DateTimeField("编制时间")
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    approved_at = models.DateTimeField("批准时间", null=True, blank=True)
    opinion = models.TextField("审核意见", blank=True)
    due_at = models.DateTimeField("当前一步的期限", null=True, blank=True)

    privacy = {
        "public": "number title aims beneficiaries expected_people field catalogue_item plan budget_lines budget "
        "budget_source area need planned_with state made_at submitted_at approved_at",
        "internal": "opinion due_at",
        "personal": "made_by",
    }

    class Meta:
        verbose_name = "服务项目"
        indexes = [models.Index(fields=["area", "state", "-id"], name="project_area")]
        constraints = [models.CheckConstraint(condition=models.Q(budget__gte=0), name="project_budget")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("purchase:project", kwargs={"pk": self.pk})
