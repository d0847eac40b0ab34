"""The deliberation itself, the topics it takes up, and who takes part."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from ..words import Answer, Capacity, DeliberationState, Form, Scope, Seat, TopicState


class Deliberation(models.Model):
    """One question that a community settles together, led by its party organisation and residents' committee."""

    number = models.CharField("编号", max_length=20, unique=True)
    title = models.CharField("题目", max_length=80)
    question = models.TextField("要商量的问题")
    background = models.TextField("背景", blank=True)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="社区")
    scope = models.CharField("范围", max_length=12, choices=Scope.choices)
    group_text = models.CharField("居民小组或部分居民", max_length=120, blank=True)
    form = models.CharField("协商形式", max_length=16, choices=Form.choices)
    party_body = models.ForeignKey(
        "areas.Body", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="牵头的社区党组织"
    )
    committee_body = models.ForeignKey(
        "areas.Body", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="牵头的居委会"
    )
    public = models.BooleanField("向社会公开", default=True)
    state = models.CharField("状态", max_length=16, choices=DeliberationState.choices)
    statement_deadline = models.DateTimeField("意见征集截止", null=True, blank=True)
    due_at = models.DateTimeField("下一步时限", null=True, blank=True)
    opened_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="发起人")
    created_at = models.DateTimeField("建立时间")
    opened_at = models.DateTimeField("开始征集时间", null=True, blank=True)
    resolved_at = models.DateTimeField("形成决议时间", null=True, blank=True)
    published_at = models.DateTimeField("公布时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    end_reason = models.TextField("未达成一致或取消的原因", blank=True)
    reminded_at = models.DateTimeField("征集提醒时间", null=True, blank=True)

    privacy = {
        "public": (
            "number title question background area scope group_text form party_body committee_body public state "
            "statement_deadline opened_at resolved_at published_at ended_at end_reason"
        ),
        "internal": "due_at opened_by created_at reminded_at",
        "personal": "",
        "sensitive": "",
    }

    class Meta:
        verbose_name = "协商"
        verbose_name_plural = "协商"
        indexes = [
            models.Index(fields=["area", "-created_at", "-id"], name="deliberation_area_new"),
            models.Index(fields=["area", "state", "due_at"], name="deliberation_area_state"),
            models.Index(fields=["-opened_at", "-id"], condition=Q(public=True), name="deliberation_public"),
            models.Index(fields=["state", "due_at"], name="deliberation_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope=Scope.COMMUNITY) | ~Q(group_text=""), name="deliberation_scope_said"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[DeliberationState.FAILED, DeliberationState.CANCELLED]) | ~Q(end_reason=""),
                name="deliberation_end_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Its page, the same for everybody who may see it."""
        return reverse("deliberation:show", kwargs={"pk": self.pk})

    @property
    def scope_said(self) -> str:
        """「居民小组（三组）」"""
        label = Scope(self.scope).label
        return f"{label}（{self.group_text}）" if self.group_text else str(label)


class Topic(models.Model):
    """What waits to be deliberated: a matter triaged as 小事, or something proposed without a matter."""

    title = models.CharField("题目", max_length=80)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="社区")
    matter = models.ForeignKey(
        "matters.Matter", models.PROTECT, null=True, blank=True, related_name="topics", verbose_name="事项"
    )
    deliberation = models.ForeignKey(
        "deliberation.Deliberation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="topics",
        verbose_name="协商",
    )
    state = models.CharField("状态", max_length=12, choices=TopicState.choices)
    created_at = models.DateTimeField("提出时间")
    due_at = models.DateTimeField("时限", null=True, blank=True)

    privacy = {
        "public": "",
        "internal": "area matter deliberation state created_at due_at",
        "personal": "title",
        "sensitive": "",
    }

    class Meta:
        verbose_name = "议题线索"
        verbose_name_plural = "议题线索"
        indexes = [
            models.Index(fields=["area", "state", "due_at"], name="topic_area_state"),
            models.Index(fields=["area", "-created_at", "-id"], name="topic_area_new"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["matter"],
                condition=Q(state=TopicState.WAITING, matter__isnull=False),
                name="topic_matter_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=TopicState.TAKEN) | Q(deliberation__isnull=False), name="topic_taken_by"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page where it is arranged."""
        return reverse("deliberation:topic", kwargs={"pk": self.pk})


class Participant(models.Model):
    """Somebody who takes part: a user, or a person without an account whom the staff entered by name."""

    deliberation = models.ForeignKey(Deliberation, models.CASCADE, related_name="participants", verbose_name="协商")
    user = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="账号"
    )
    name = models.CharField("姓名", max_length=40)
    capacity = models.CharField("身份", max_length=20, choices=Capacity.choices)
    body = models.ForeignKey(
        "areas.Body", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所代表的单位"
    )
    seat = models.CharField("席位", max_length=10, choices=Seat.choices)
    answer = models.CharField("答复", max_length=10, choices=Answer.choices)
    invited_at = models.DateTimeField("邀请时间", null=True, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    privacy = {
        "public": "",
        "internal": "deliberation capacity body seat answer invited_at answered_at",
        "personal": "user name",
        "sensitive": "",
    }

    class Meta:
        verbose_name = "参加人"
        verbose_name_plural = "参加人"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["deliberation", "user"], condition=Q(user__isnull=False), name="participant_once"
            ),
        ]
        indexes = [models.Index(fields=["user", "deliberation"], name="participant_user")]

    def __str__(self) -> str:
        """What the to-do list calls it: the deliberation. The name stands in `name`."""
        return self.deliberation.title

    def get_absolute_url(self) -> str:
        """The page of those who take part; it leads a participant to the deliberation."""
        return reverse("deliberation:people", kwargs={"pk": self.deliberation_id})

    @property
    def area(self) -> Any:
        """The community, for the to-do list."""
        return self.deliberation.area

    @property
    def counts(self) -> bool:
        """Whether the person counts as 应到: a member who was called, whether or not they said they would come."""
        return self.seat == Seat.MEMBER and self.answer in (Answer.INVITED, Answer.ACCEPTED, Answer.DECLINED)


class Rating(models.Model):
    """How somebody who took part rates the deliberation when it is over: once, 1 to 5."""

    deliberation = models.ForeignKey(Deliberation, models.CASCADE, related_name="ratings", verbose_name="协商")
    participant = models.OneToOneField(Participant, models.CASCADE, related_name="rating", verbose_name="参加人")
    stars = models.SmallIntegerField("评分")
    words = models.TextField("评语", blank=True)
    at = models.DateTimeField("时间")

    privacy = {
        "public": "",
        "internal": "deliberation stars at",
        "personal": "participant words",
        "sensitive": "",
    }

    class Meta:
        verbose_name = "协商评价"
        verbose_name_plural = "协商评价"
        constraints = [
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="rating_one_to_five"),
        ]

    def __str__(self) -> str:
        return f"{self.stars} 分"
