"""The monthly sheet of the certificate allowance. Sums in fen.

An approved sheet and its lines can not be changed by anybody: triggers of migration 0003 refuse it.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ..words import Level, SheetState
from .people import Worker


class AllowanceSheet(models.Model):
    """What an area's certificate holders are due for a month. The rule is kept with it as it then stood."""

    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="街道")
    month = models.DateField("月份")
    state = models.CharField("状态", max_length=12, choices=SheetState.choices, default=SheetState.DRAFT)
    rule = models.JSONField("计算规则", default=dict)
    total = models.BigIntegerField("合计（分）", default=0)
    people = models.PositiveIntegerField("人数", default=0)
    computed_at = models.DateTimeField("计算时间")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报送人"
    )

    privacy = {"internal": "area month state rule total people computed_at submitted_by"}

    class Meta:
        verbose_name = "职业津贴月表"
        ordering = ["-month", "area__lo"]
        constraints = [
            models.UniqueConstraint(fields=["area", "month"], name="allowance_sheet_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="allowance_month_first"),
        ]

    def __str__(self) -> str:
        return f"{self.area}{self.month:%Y年}{self.month.month}月职业津贴表"

    def get_absolute_url(self) -> str:
        return reverse("workforce:sheet", kwargs={"pk": self.pk})


class AllowanceLine(models.Model):
    """One worker's allowance of one level: so many days at so much a month. Name and place as they were."""

    sheet = models.ForeignKey(AllowanceSheet, models.CASCADE, related_name="lines", verbose_name="月表")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="allowances", verbose_name="人员")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="社区")
    level = models.CharField("证书级别", max_length=16, choices=Level.choices)
    number = models.CharField("证书编号", max_length=40, blank=True)
    days = models.PositiveSmallIntegerField("计发天数")
    rate = models.IntegerField("月标准（分）")
    amount = models.IntegerField("应发（分）")

    privacy = {"internal": "sheet worker area level days", "personal": "number", "sensitive": "rate amount"}

    class Meta:
        verbose_name = "职业津贴明细"
        ordering = ["area__lo", "worker__name", "worker_id", "level"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "worker", "level"], name="allowance_line_once"),
            models.CheckConstraint(
                condition=Q(amount__gte=0) & Q(amount__lte=F("rate")) & Q(days__range=(1, 31)),
                name="allowance_line_sum",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker}"
