"""Bodies, their members, and what a residents' committee publishes and answers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ..words import Appointed, BodyKind, NoticeKind, QuestionState


class Body(models.Model):
    """A body: whatever can hold posts, handle matters, lead deliberations or supply services."""

    name = models.CharField("名称", max_length=120)
    kind = models.CharField("类别", max_length=24, choices=BodyKind.choices)
    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="bodies", verbose_name="所在区域")
    phone = models.CharField("对外电话", max_length=40, blank=True)
    office_hours = models.CharField("办公时间", max_length=120, blank=True)
    address = models.CharField("办公地址", max_length=200, blank=True)
    handles_matters = models.BooleanField("可作为承办单位", default=False)
    valid_from = models.DateField("起效日")
    valid_to = models.DateField("失效日", null=True, blank=True)

    privacy = {
        "public": "name kind area phone office_hours address handles_matters valid_from valid_to",
        "internal": "",
        "personal": "",
        "sensitive": "",
    }

    class Meta:
        verbose_name = "机构"
        verbose_name_plural = "机构"
        ordering = ["area__lo", "kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["area", "name"], name="body_name_in_area"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="body_validity"
            ),
        ]
        indexes = [models.Index(fields=["kind", "area"], name="body_kind_area")]

    def __str__(self) -> str:
        return self.name


class BodySuccession(models.Model):
    """A body was dissolved, and which one goes on with what it held; without one it goes to those above."""

    old = models.OneToOneField(Body, on_delete=models.PROTECT, related_name="succession", verbose_name="撤销的机构")
    new = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="succeeded", verbose_name="承接机构"
    )
    on = models.DateField("撤销日期")
    reason = models.CharField("撤销依据", max_length=200)

    privacy = {"public": "old new on reason"}

    class Meta:
        verbose_name = "机构承接"
        verbose_name_plural = "机构承接"
        constraints = [models.CheckConstraint(condition=~Q(old=F("new")), name="body_not_its_own_successor")]

    def __str__(self) -> str:
        return f"{self.old}由{self.new}承接" if self.new_id else f"{self.old}撤销"


class BodyMember(models.Model):
    """Someone with a duty in a body, for a term. Names and duties of office are public; private numbers are not kept.

    `covers`: the places (names, parted by 、) for whose residents this is the worker to turn to.
    """

    body = models.ForeignKey("areas.Body", on_delete=models.PROTECT, related_name="members", verbose_name="机构")
    name = models.CharField("姓名", max_length=40)
    duty = models.CharField("职务", max_length=40)
    rank = models.PositiveSmallIntegerField("排序", default=9)
    how = models.CharField("产生方式", max_length=12, choices=Appointed.choices, default=Appointed.ELECTED)
    office_phone = models.CharField("办公电话", max_length=40, blank=True)
    covers = models.CharField("负责的小区、楼栋", max_length=400, blank=True)
    valid_from = models.DateField("任期起")
    valid_to = models.DateField("任期止", null=True, blank=True)

    privacy = {"public": "body name duty rank how office_phone covers valid_from valid_to"}

    class Meta:
        verbose_name = "机构成员"
        verbose_name_plural = "机构成员"
        ordering = ["body", "rank", "id"]
        constraints = [
            models.UniqueConstraint(fields=["body", "name", "duty", "valid_from"], name="body_member_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="body_member_term"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.duty}）"


class CommitteeNotice(models.Model):
    """An affair of the residents' committee that is published (居务公开)."""

    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="affairs", verbose_name="社区")
    kind = models.CharField("类别", max_length=12, choices=NoticeKind.choices)
    title = models.CharField("标题", max_length=80)
    text = models.TextField("内容")
    published_at = models.DateTimeField("公开时间")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    privacy = {"public": "area kind title text published_at", "internal": "published_by"}

    class Meta:
        verbose_name = "居务公开"
        verbose_name_plural = "居务公开"
        ordering = ["-published_at", "-id"]
        indexes = [models.Index(fields=["area", "-published_at"], name="affair_area")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Its public page."""
        return reverse("areas:affair", kwargs={"pk": self.pk})


class NoticeQuestion(models.Model):
    """A resident's question on a published affair, with the committee's answer. Who asked is not published."""

    notice = models.ForeignKey(CommitteeNotice, on_delete=models.PROTECT, related_name="questions")
    text = models.CharField("提问", max_length=500)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("提问时间")
    state = models.CharField("状态", max_length=10, choices=QuestionState.choices, default=QuestionState.ASKED)
    due_at = models.DateTimeField("答复期限", null=True, blank=True)
    answer = models.CharField("答复", max_length=1000, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    privacy = {"public": "notice text asked_at state due_at answer answered_at", "personal": "asked_by"}

    class Meta:
        verbose_name = "居务提问"
        verbose_name_plural = "居务提问"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def area(self) -> Any:
        """The community that is asked."""
        return self.notice.area

    def get_absolute_url(self) -> str:
        """The affair it is about."""
        return reverse("areas:affair", kwargs={"pk": self.notice_id})
