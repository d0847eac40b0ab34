"""What an application stands on: its materials, each known already, seen, copied, sent, or to be brought by a day."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ..words import MaterialState


class ApplicationMaterial(models.Model):
    """One material of one application, as the catalogue asked for it on that day.

    `fact` names what the person index holds in its place, for those that need not be brought. `due_on` is promised for
    what is missing (容缺); `settled_at` is when it was seen at last. `said`: what the applicant wrote instead of a
    paper. `note`: what is wrong with it, for the applicant; `asked_at`: when it was named in the one notice of all that
    is missing (一次性告知). `reminded_at`, `late_at`: when the applicant was reminded, when the office was.
    """

    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="materials", verbose_name="申请")
    position = models.PositiveSmallIntegerField("序号")
    name = models.CharField("材料", max_length=80)
    state = models.CharField("情况", max_length=8, choices=MaterialState.choices)
    fact = models.CharField("由档案代替的内容", max_length=20, blank=True)
    due_on = models.DateField("补齐期限", null=True, blank=True)
    settled_at = models.DateTimeField("核对时间", null=True, blank=True)
    said = models.TextField("申请人写的内容", blank=True, db_default="")
    note = models.TextField("要补什么", blank=True, db_default="")
    asked_at = models.DateTimeField("一次性告知时间", null=True, blank=True)
    reminded_at = models.DateTimeField("已提醒申请人", null=True, blank=True)
    late_at = models.DateTimeField("已提醒逾期", null=True, blank=True)

    privacy = {
        "internal": "matter position name state fact due_on settled_at note asked_at reminded_at late_at",
        "personal": "said",
    }

    class Meta:
        verbose_name = "申请材料"
        verbose_name_plural = "申请材料"
        ordering = ["matter", "position"]
        constraints = [
            models.UniqueConstraint(fields=["matter", "position"], name="application_material_once"),
            models.CheckConstraint(
                condition=~Q(state="later") | Q(due_on__isnull=False), name="application_material_has_day"
            ),
        ]
        indexes = [models.Index("due_on", condition=Q(state="later"), name="application_material_due")]

    def __str__(self) -> str:
        return self.name


class DraftFile(models.Model):
    """A photo or document that somebody chose for an application which is not sent yet; gone when it is sent.

    Kept with the account, so that nothing chosen is lost when something else in the form is wrong.
    """

    user = models.ForeignKey(
        "accounts.User", models.CASCADE, related_name="+", verbose_name="申请人账号", db_index=False
    )
    code = models.CharField("服务事项编码", max_length=20)
    position = models.PositiveSmallIntegerField("材料序号")
    file = models.ForeignKey("kernel.StoredFile", models.PROTECT, related_name="+", verbose_name="文件")
    at = models.DateTimeField("存入时间", db_index=True)

    privacy = {"internal": "code position at", "personal": "user file"}

    class Meta:
        verbose_name = "没有提交的申请材料"
        verbose_name_plural = "没有提交的申请材料"
        ordering = ["id"]
        indexes = [models.Index("user", "code", name="draft_file_of")]

    def __str__(self) -> str:
        return "没有提交的材料"
