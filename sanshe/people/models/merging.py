"""Two files of one person made one, so that it can be undone; and the numbers a person had before."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sanshe.kernel.fields import EncryptedText, LookupHash

from ..words import NumberKind


class Merge(models.Model):
    """One merging.

    `moved` says what was led to the kept file, as [[model, field, [ids]], …]; `filled` names the columns it took over.
    """

    kept = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="merges", verbose_name="保留的档案"
    )
    gone = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="merged_by", verbose_name="并入的档案"
    )
    reason = models.CharField("理由", max_length=200)
    moved = models.JSONField("改指的记录", default=list)
    filled = models.JSONField("补入的项目", default=list)
    at = models.DateTimeField("合并时间")
    by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="合并人"
    )
    split_at = models.DateTimeField("拆分时间", null=True, blank=True)

    privacy = {"internal": "kept gone moved filled at by split_at", "personal": "reason"}

    class Meta:
        verbose_name = "档案合并"
        verbose_name_plural = "档案合并"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["gone"], condition=Q(split_at__isnull=True), name="merge_gone_once"),
        ]

    def __str__(self) -> str:
        return "档案合并"


class Distinct(models.Model):
    """Two files that look alike and are two people: somebody who may merge has said so. `one` has the lower id."""

    one = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+", verbose_name="人员")
    other = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+", verbose_name="人员")
    at = models.DateTimeField("认定时间")

    privacy = {"internal": "one other at"}

    class Meta:
        verbose_name = "认定为两人"
        verbose_name_plural = "认定为两人"
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="distinct_once")]

    def __str__(self) -> str:
        return "认定为两人"


class FormerNumber(models.Model):
    """A number that a file carried before it was corrected. It finds nobody: it may belong to somebody else."""

    person = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="former_numbers", verbose_name="人员"
    )
    kind = models.CharField("号码类别", max_length=12, choices=NumberKind.choices)
    number = EncryptedText("原号码", null=True, blank=True)
    number_hash = LookupHash("原号码检索值", of="number", kind="citizen")
    masked = models.CharField("原号码（掩码）", max_length=40)
    until = models.DateTimeField("更正时间")

    privacy = {"internal": "person kind until", "personal": "masked", "sensitive": "number number_hash"}

    class Meta:
        verbose_name = "曾用号码"
        verbose_name_plural = "曾用号码"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.masked
