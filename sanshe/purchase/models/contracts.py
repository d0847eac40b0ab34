"""Contracts of one year and what becomes of them: delivery, acceptance, evaluation, renewal."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ..words import ContractState


class Contract(models.Model):
    """A contract for at most one year. `year_number`: which of the years of this service it is (1, 2, 3).

    `years_before`: years already used when a running contract was taken over. `earlier`: the contract it renews.
    """

    number = models.CharField("编号", max_length=24, unique=True)
    project = models.ForeignKey("purchase.Project", models.PROTECT, related_name="contracts", verbose_name="项目")
    call = models.ForeignKey("purchase.Call", models.PROTECT, null=True, blank=True, related_name="contracts")
    earlier = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="later")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="contracts", verbose_name="社区")
    buyer = models.ForeignKey("areas.Body", models.PROTECT, related_name="+", verbose_name="采购人")
    supplier = models.ForeignKey("areas.Body", models.PROTECT, related_name="contracts", verbose_name="承接单位")
    amount = models.BigIntegerField("合同金额（分）")
    begins_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期（含）")
    year_number = models.IntegerField("第几年", default=1)
    years_before = models.IntegerField("接续前已用年数", default=0)
    terms = models.TextField("主要约定", blank=True)
    state = models.CharField("状态", max_length=12, choices=ContractState.choices, default=ContractState.DRAFT)
    made_at = models.DateTimeField("拟订时间")
    agreed_at = models.DateTimeField("承接单位确认时间", null=True, blank=True)
    signed_at = models.DateTimeField("签订时间", null=True, blank=True)
    acceptance_round = models.IntegerField("第几次验收", default=0)
    ended_on = models.DateField("实际终止日期", null=True, blank=True)
    ended_reason = models.TextField("终止原因", blank=True)
    due_at = models.DateTimeField("当前一步的期限", null=True, blank=True)

    privacy = {
        "public": "number project call earlier area buyer supplier amount begins_on ends_on year_number years_before "
        "terms state made_at agreed_at signed_at acceptance_round ended_on ended_reason",
        "internal": "due_at",
    }

    class Meta:
        verbose_name = "服务合同"
        indexes = [
            models.Index(fields=["area", "state", "-id"], name="contract_area"),
            models.Index(fields=["area", "begins_on", "ends_on"], name="contract_span"),
            models.Index(fields=["supplier", "state"], name="contract_supplier"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("begins_on")), name="contract_span_forward"),
            models.CheckConstraint(condition=Q(year_number__gte=1), name="contract_year"),
        ]

    def __str__(self) -> str:
        return f"{self.project.title}（第{self.year_number}年合同）"

    def get_absolute_url(self) -> str:
        return reverse("purchase:contract", kwargs={"pk": self.pk})


class Delivery(models.Model):
    """One record of service: what was done, by whom, for how many, in how many hours, at what cost."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="deliveries", verbose_name="合同")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    on = models.DateField("服务日期")
    service = models.CharField("服务内容", max_length=120)
    detail = models.TextField("经过", blank=True)
    minutes = models.IntegerField("服务时长（分钟）")
    people = models.IntegerField("服务人数")
    spent = models.BigIntegerField("支出（分）", default=0)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="记录人")
    recorded_at = models.DateTimeField("记录时间")
    photo = models.ForeignKey("kernel.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")

    privacy = {
        "public": "contract area on service minutes people spent recorded_at",
        "internal": "detail photo",
        "personal": "recorded_by",
    }

    class Meta:
        verbose_name = "服务记录"
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["contract", "-on", "-id"], name="delivery_contract")]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gt=0, people__gte=0, spent__gte=0), name="delivery_figures"),
        ]


class Acceptance(models.Model):
    """One resident who used the service takes part in its acceptance (采购法实施条例 第四十五条).

    The invitation is a row without an answer; the token opens it without signing in. `round`: a service that was sent
    back for improvement is accepted anew, by new answers; the former ones stay on record.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="acceptances", verbose_name="合同")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField("姓名", max_length=40)
    round = models.IntegerField("第几次验收", default=1)
    token = models.CharField(max_length=32, unique=True)
    invited_at = models.DateTimeField("邀请时间")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    agrees = models.BooleanField("同意通过验收", null=True)
    grade = models.IntegerField("评价（1—5）", null=True, blank=True)
    remark = models.TextField("意见", blank=True)

    privacy = {
        "internal": "contract round invited_at answered_at agrees grade remark",
        "personal": "user name",
        "sensitive": "token",
    }

    class Meta:
        verbose_name = "服务对象验收意见"
        constraints = [
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | Q(grade__gte=1, grade__lte=5), name="accept_grade"
            ),
            models.UniqueConstraint(
                fields=["contract", "user", "round"], condition=~Q(user=None), name="accept_once_a_person"
            ),
        ]


class Evaluation(models.Model):
    """The yearly evaluation (考评) of a contract: scored items, the sum, passed or not. Renewal stands on it.

    `items`: [{"name": "…", "full": 30, "points": 27, "why": "…"}]. The pass mark in force then is kept with it.
    """

    contract = models.OneToOneField(Contract, models.PROTECT, related_name="evaluation", verbose_name="合同")
    items = models.JSONField("考评项", default=list)
    total = models.IntegerField("总分（百分之一分）")
    pass_mark = models.IntegerField("合格线（百分之一分）")
    pass_source = models.TextField("合格线依据")
    passed = models.BooleanField("合格")
    opinion = models.TextField("考评意见", blank=True)
    by_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="考评人")
    at = models.DateTimeField("考评时间")

    privacy = {
        "public": "contract items total pass_mark pass_source passed opinion at",
        "personal": "by_user",
    }

    class Meta:
        verbose_name = "合同考评"
