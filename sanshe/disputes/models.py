"""Tables of disputes. All that tells what a dispute is about, and who with, is encrypted."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from sanshe.kernel import params
from sanshe.kernel.fields import EncryptedText

from .words import Answer, Confirmation, DisputeState, Form, How, Side, Source, TermState


def kind_choices() -> list[tuple[str, str]]:
    """The kinds of disputes as the policy pack lists them: code and name."""
    return [(one["code"], one["name"]) for one in params.get("mediation.kinds").value]


class Dispute(models.Model):
    """One dispute between people of a community. It has a number and no title: a title would tell."""

    number = models.CharField("编号", max_length=20, unique=True)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="社区")
    kind = models.CharField("类别", max_length=20)
    source = models.CharField("来源", max_length=10, choices=Source.choices)
    matter = models.ForeignKey(
        "matters.Matter", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="转来的事项"
    )
    filed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    about = EncryptedText("纠纷情况")
    wish = EncryptedText("希望怎样解决", null=True, blank=True)
    state = models.CharField("状态", max_length=12, choices=DisputeState.choices)
    mediator = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="调解员"
    )
    created_at = models.DateTimeField("登记时间")
    due_at = models.DateTimeField("下一步时限", null=True, blank=True)
    calendar_version = models.CharField("日历版本", max_length=20, blank=True)
    appointed_at = models.DateTimeField("指定调解员时间", null=True, blank=True)
    vacated_at = models.DateTimeField("调解员离岗时间", null=True, blank=True)
    form = models.CharField("协议形式", max_length=8, choices=Form.choices, blank=True)
    facts = EncryptedText("纠纷的主要事实", null=True, blank=True)
    terms_text = EncryptedText("协议内容", null=True, blank=True)
    effect_on = models.DateField("协议生效日期", null=True, blank=True)
    open_terms = models.PositiveSmallIntegerField("未履行完的约定", default=0)
    confirmation = models.CharField("司法确认", max_length=10, choices=Confirmation.choices, blank=True)
    confirmation_on = models.DateField("申请司法确认日期", null=True, blank=True)
    court = EncryptedText("人民法院", null=True, blank=True)
    end_reason = EncryptedText("未达成或终止的原因", null=True, blank=True)
    other_way = EncryptedText("告知的其他途径", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    reminded_at = models.DateTimeField("提醒时间", null=True, blank=True)

    privacy = {
        "public": "",
        "internal": (
            "number area kind source state created_at due_at calendar_version appointed_at vacated_at form open_terms "
            "ended_at reminded_at confirmation confirmation_on effect_on"
        ),
        "personal": "matter filed_by mediator",
        "sensitive": "about wish facts terms_text court end_reason other_way",
    }

    class Meta:
        verbose_name = "人民调解"
        verbose_name_plural = "人民调解"
        indexes = [
            models.Index(fields=["area", "state", "due_at"], name="dispute_area_state"),
            models.Index(fields=["mediator", "state", "due_at"], name="dispute_mediator"),
            models.Index(fields=["area", "-created_at", "-id"], name="dispute_area_new"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["matter"], condition=Q(matter__isnull=False), name="dispute_matter_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["mediating", "signing", "agreed", "closed"]) | Q(mediator__isnull=False),
                name="dispute_with_mediator",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["agreed", "closed"]) | Q(effect_on__isnull=False), name="dispute_with_effect"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Its page, the same for everybody who may see it."""
        return reverse("disputes:show", kwargs={"pk": self.pk})

    @property
    def kind_said(self) -> str:
        """「邻里纠纷」; the code itself when the pack no longer lists it."""
        return dict(kind_choices()).get(self.kind, "其他民间纠纷")


class FiledDispute(Dispute):
    """What the one who entered a dispute for others still sees of it: its number, its state, when. No content."""

    privacy: dict[str, str] = {}

    class Meta:
        proxy = True
        verbose_name = "登记过的调解申请"


class Party(models.Model):
    """Somebody who is in dispute: of the person index, or only named."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="parties", verbose_name="纠纷")
    side = models.CharField("一方", max_length=8, choices=Side.choices)
    person = models.ForeignKey(
        "people.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="人员档案"
    )
    user = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="账号"
    )
    name = EncryptedText("姓名或名称")
    phone = EncryptedText("电话", null=True, blank=True)
    answer = models.CharField("意愿", max_length=8, choices=Answer.choices, default=Answer.ASKED)
    how = models.CharField("答复方式", max_length=10, choices=How.choices, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    asked_other = models.PositiveSmallIntegerField("要求另换调解员的次数", default=0)
    signed_on = models.DateField("签署日期", null=True, blank=True)

    privacy = {
        "public": "",
        "internal": "dispute side answer how answered_at asked_other signed_on",
        "personal": "person user",
        "sensitive": "name phone",
    }

    class Meta:
        verbose_name = "当事人"
        ordering = ["side", "id"]
        indexes = [models.Index(fields=["user", "dispute"], name="party_user")]

    def __str__(self) -> str:
        return str(self.get_side_display())


class Sitting(models.Model):
    """One meeting of a mediation: when, where, who, what, what next (人民调解法 art. 27: recorded)."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="sittings", verbose_name="纠纷")
    at = models.DateTimeField("时间")
    place = EncryptedText("地点")
    present = EncryptedText("到场的人")
    record = EncryptedText("调解记录")
    next_step = EncryptedText("下一步", null=True, blank=True)
    written_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="记录人")
    written_at = models.DateTimeField("记录时间")

    privacy = {"internal": "dispute at written_at", "personal": "written_by",
               "sensitive": "place present record next_step"}  # fmt: skip

    class Meta:
        verbose_name = "调解记录"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.dispute_id}"


class Term(models.Model):
    """One thing that was agreed: who does what by when, and whether it was done."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="terms", verbose_name="纠纷")
    place = models.PositiveSmallIntegerField("序号")
    who = models.ForeignKey(Party, models.CASCADE, related_name="terms", verbose_name="由谁履行")
    what = EncryptedText("约定")
    due_at = models.DateTimeField("履行期限")
    state = models.CharField("状态", max_length=8, choices=TermState.choices)
    note = EncryptedText("回访情况", null=True, blank=True)
    visited_at = models.DateTimeField("回访时间", null=True, blank=True)
    moved = models.PositiveSmallIntegerField("改期次数", default=0)

    privacy = {"internal": "dispute place who due_at state visited_at moved", "sensitive": "what note"}

    class Meta:
        verbose_name = "协议约定"
        ordering = ["place", "id"]
        indexes = [models.Index(fields=["state", "due_at"], name="term_state_due")]

    def __str__(self) -> str:
        """What the to-do list calls it: the number and the place, never the content."""
        return f"{self.dispute.number} 第 {self.place} 项约定"

    def get_absolute_url(self) -> str:
        """It is read on the dispute's page."""
        return f"{self.dispute.get_absolute_url()}#terms"

    @property
    def area(self) -> Any:
        """The community, for the to-do list."""
        return self.dispute.area


class MediatorTie(models.Model):
    """Whom a mediator is related to, as the mediator declares: such a person's dispute goes to another mediator."""

    mediator = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="调解员")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name="有关系的人")
    relation = EncryptedText("关系")
    declared_at = models.DateTimeField("声明时间")
    ended_at = models.DateTimeField("撤销时间", null=True, blank=True)

    privacy = {"internal": "declared_at ended_at", "personal": "mediator person", "sensitive": "relation"}

    class Meta:
        verbose_name = "调解员声明的关系"
        constraints = [
            models.UniqueConstraint(
                fields=["mediator", "person"], condition=Q(ended_at__isnull=True), name="mediator_tie_once"
            ),
        ]

    def __str__(self) -> str:
        return "声明的关系"


__all__ = ["Dispute", "FiledDispute", "How", "MediatorTie", "Party", "Sitting", "Term", "kind_choices"]
