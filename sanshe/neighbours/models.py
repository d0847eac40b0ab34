"""Tables of mutual help. Of those without an account the desk keeps name and phone, encrypted."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from sanshe.kernel import params
from sanshe.kernel.fields import EncryptedText
from sanshe.kernel.mask import mask_name

from .words import Measure, PairState, PostState, ReportState, Side, Why


def _listed(name: str) -> list[tuple[str, str]]:
    return [(one["code"], one["name"]) for one in params.get(name).value]


def kind_choices() -> list[tuple[str, str]]:
    """What neighbours may help with, as the policy pack lists it: code and name."""
    return _listed("mutual.kinds")


def time_choices() -> list[tuple[str, str]]:
    """When they may meet."""
    return _listed("mutual.times")


class Post(models.Model):
    """One offer or one request. `user` None: the desk acts for somebody without an account."""

    side = models.CharField("求助或愿意帮忙", max_length=8, choices=Side.choices)
    kind = models.CharField("事项", max_length=20)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="社区")
    user = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="本人账号"
    )
    person = models.ForeignKey(
        "people.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="人员档案"
    )
    name = EncryptedText("姓名")
    phone = EncryptedText("电话", null=True, blank=True)
    text = models.TextField("说明")
    times = models.JSONField("时段", default=list)
    matter = models.ForeignKey(
        "matters.Matter", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="来自事项"
    )
    entered_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代为发布的人"
    )
    state = models.CharField("状态", max_length=8, choices=PostState.choices)
    created_at = models.DateTimeField("发布时间")
    until = models.DateTimeField("有效期")

    privacy = {
        "public": "",
        "internal": "side kind area times state created_at until",
        "personal": "user person text matter entered_by",
        "sensitive": "name phone",
    }

    class Meta:
        verbose_name = "邻里互助"
        verbose_name_plural = "邻里互助"
        indexes = [
            models.Index(fields=["area", "state", "side", "-id"], name="neighbour_post_area_open"),
            models.Index(fields=["user", "-id"], name="neighbour_post_user"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(entered_by__isnull=False), name="neighbour_post_by_whom"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()}：{self.kind_said}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("neighbours:post", kwargs={"pk": self.pk})

    @property
    def kind_said(self) -> str:
        """「搬重物」"""
        return dict(kind_choices()).get(self.kind, "其他小忙")

    @property
    def times_said(self) -> str:
        """「工作日晚上、周末白天」; 「时间可商量」 when none is named."""
        names = dict(time_choices())
        return "、".join(names[t] for t in self.times if t in names) or "时间可商量"

    @property
    def called(self) -> str:
        """How others see the person before both agree: 「孟**」."""
        return mask_name(self.name)


class Pair(models.Model):
    """Who helps whom. One of `offer` and `request` is what the other answered to; both when two posts met."""

    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="社区")
    kind = models.CharField("事项", max_length=20)
    offer = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="neighbour_as_offer")
    request = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="neighbour_as_request")
    helper = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="帮忙的人"
    )
    seeker = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="求助的人"
    )
    proposed_by = models.CharField("由谁提出", max_length=8, choices=Side.choices)
    words = models.CharField("留言", max_length=200, blank=True)
    state = models.CharField("状态", max_length=10, choices=PairState.choices)
    created_at = models.DateTimeField("提出时间")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    reported_by = models.CharField("由谁填写时间", max_length=8, choices=Side.choices, blank=True)
    done_on = models.DateField("帮忙的日期", null=True, blank=True)
    minutes = models.PositiveSmallIntegerField("时间（分钟）", null=True, blank=True)
    other_minutes = models.PositiveSmallIntegerField("对方认为的时间（分钟）", null=True, blank=True)
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    worker = models.ForeignKey(
        "workforce.Worker", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="志愿者"
    )
    corrected = models.PositiveSmallIntegerField("更正次数", default=0)
    correction = models.CharField("核定或更正的理由", max_length=200, blank=True)

    privacy = {
        "internal": (
            "area kind offer request proposed_by state created_at answered_at reported_by done_on minutes "
            "other_minutes confirmed_at worker corrected"
        ),
        "personal": "helper seeker words correction",
    }

    class Meta:
        verbose_name = "邻里结对"
        verbose_name_plural = "邻里结对"
        indexes = [
            models.Index(fields=["helper", "state"], name="neighbour_pair_helper"),
            models.Index(fields=["seeker", "state"], name="neighbour_pair_seeker"),
            models.Index(fields=["area", "state", "-id"], name="neighbour_pair_area"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(offer__isnull=False) | Q(request__isnull=False), name="neighbour_pair_of_something"
            ),
            models.CheckConstraint(condition=~Q(helper=F("seeker")), name="neighbour_pair_of_two"),
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | Q(minutes__isnull=False, done_on__isnull=False, confirmed_at__isnull=False),
                name="neighbour_pair_hours_whole",
            ),
            models.UniqueConstraint(
                fields=["request", "helper"],
                condition=Q(state__in=["proposed", "agreed", "reported", "differ"], request__isnull=False),
                name="neighbour_pair_request_once",
            ),
        ]

    def __str__(self) -> str:
        return self.kind_said

    def get_absolute_url(self) -> str:
        """Its page, for the two of them and those who watch over mutual help."""
        return reverse("neighbours:pair", kwargs={"pk": self.pk})

    @property
    def kind_said(self) -> str:
        """「搬重物」"""
        return dict(kind_choices()).get(self.kind, "其他小忙")


class Report(models.Model):
    """Somebody says that a post or a person does harm; the community decides."""

    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="社区")
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="neighbour_reports")
    pair = models.ForeignKey(Pair, models.PROTECT, null=True, blank=True, related_name="neighbour_reports")
    about = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="被举报的人"
    )
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="举报人")
    why = models.CharField("原因", max_length=10, choices=Why.choices)
    text = EncryptedText("说明", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=ReportState.choices)
    measure = models.CharField("处理", max_length=8, choices=Measure.choices, blank=True)
    answer = models.CharField("处理说明", max_length=200, blank=True)
    created_at = models.DateTimeField("举报时间")
    due_at = models.DateTimeField("期限", null=True, blank=True)
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)

    privacy = {
        "internal": "area post pair why state measure created_at due_at decided_at",
        "personal": "about by answer",
        "sensitive": "text",
    }

    class Meta:
        verbose_name = "互助举报"
        verbose_name_plural = "互助举报"
        indexes = [models.Index(fields=["area", "state", "due_at"], name="neighbour_report_area")]

    def __str__(self) -> str:
        return f"互助举报：{self.get_why_display()}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("neighbours:report", kwargs={"pk": self.pk})


class Block(models.Model):
    """One person does not want to meet another: neither sees the other's posts."""

    by = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    whom = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    at = models.DateTimeField("时间")

    privacy = {"internal": "at", "personal": "by whom"}

    class Meta:
        verbose_name = "不想看到的人"
        constraints = [models.UniqueConstraint(fields=["by", "whom"], name="neighbour_block_once")]

    def __str__(self) -> str:
        return "不想看到的人"


class Bar(models.Model):
    """Somebody may not take part in mutual help for a time."""

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="本人")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="作出决定的社区")
    reason = models.CharField("原因", max_length=200)
    at = models.DateTimeField("起")
    until = models.DateTimeField("止")
    ended_at = models.DateTimeField("解除时间", null=True, blank=True)

    privacy = {"internal": "area at until ended_at", "personal": "user reason"}

    class Meta:
        verbose_name = "停止参加互助"
        indexes = [models.Index(fields=["user", "until"], name="neighbour_bar_user")]

    def __str__(self) -> str:
        return "停止参加互助"
