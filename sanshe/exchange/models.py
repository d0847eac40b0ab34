"""Tables of exchange: the systems, the calls that they made, the answers that go back, and tokens of people."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from sanshe.kernel.fields import EncryptedText

from .words import AnswerKind, AnswerState, HeardState, Scope, SourceKind, TheirState


class Source(models.Model):
    """A system that sends matters, and to which their results go back.

    `area`: the community that takes what names no place that we know. `key`: shared with the system, kept encrypted;
    `key_hash` finds it where the key itself is sent (Open311). `answers_to`: the address of the system that takes
    results; empty when it has none and fetches them as a sheet. `forwards_to`: where our own matters are sent that it
    is to handle; empty when they are taken there as a sheet. `gives_contact`: the reporter's name and phone go along.
    """

    name = models.CharField("系统名称", max_length=40, unique=True)
    code = models.SlugField("接入代号", max_length=30, unique=True)
    kind = models.CharField("种类", max_length=8, choices=SourceKind.choices)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="默认受理社区")
    key = EncryptedText("密钥")
    key_hash = models.CharField("密钥检索值", max_length=64, unique=True)
    key_at = models.DateTimeField("密钥生成时间")
    answers_to = models.URLField("结果送到的地址", max_length=300, blank=True)
    forwards_to = models.URLField("转交事项送到的地址", max_length=300, blank=True, default="", db_default="")
    gives_contact = models.BooleanField("转交时带上反映人的称呼和电话", default=False, db_default=False)
    active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField("接入时间")
    last_at = models.DateTimeField("最近一次来件", null=True, blank=True)

    privacy = {
        "internal": "name code kind area key_at answers_to forwards_to gives_contact active created_at last_at",
        "sensitive": "key key_hash",
    }

    class Meta:
        verbose_name = "接入系统"
        verbose_name_plural = "接入系统"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("exchange:source", kwargs={"code": self.code})

    @property
    def takes_forwards(self) -> bool:
        """Whether our own matters may be handed to it."""
        return self.active and self.kind in (SourceKind.MASS, SourceKind.OTHER)

    @property
    def voice(self) -> str:
        """Under which name it acts here: never that of scheduled work, whatever it is called."""
        return f"对方系统·{self.name}"[:40]


class Token(models.Model):
    """A person's key for programs: may do what its owner may, or less. Only its hash is kept."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+", verbose_name="所有人")
    name = models.CharField("用途", max_length=60)
    digest = models.CharField("令牌检索值", max_length=64, unique=True)
    ending = models.CharField("末四位", max_length=4)
    scope = models.CharField("权限", max_length=5, choices=Scope.choices)
    created_at = models.DateTimeField("生成时间")
    expires_at = models.DateTimeField("失效时间")
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)
    last_at = models.DateTimeField("最近一次使用", null=True, blank=True)

    privacy = {
        "internal": "user ending scope created_at expires_at revoked_at last_at",
        "personal": "name",
        "sensitive": "digest",
    }

    class Meta:
        verbose_name = "接口令牌"
        verbose_name_plural = "接口令牌"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    def works(self, now: datetime) -> bool:
        """Whether it may be used."""
        return self.revoked_at is None and now < self.expires_at


class Call(models.Model):
    """One call of a system or of a token: what was asked and what became of it. No contents."""

    source = models.ForeignKey(Source, models.CASCADE, null=True, related_name="calls", verbose_name="系统")
    token = models.ForeignKey(Token, models.CASCADE, null=True, related_name="calls", verbose_name="令牌")
    at = models.DateTimeField("时间")
    method = models.CharField("方式", max_length=8)
    path = models.CharField("地址", max_length=200)
    status = models.PositiveSmallIntegerField("结果代码")
    said = models.CharField("说明", max_length=300, blank=True)

    privacy = {"internal": "source token at method path status said"}

    class Meta:
        verbose_name = "接口调用"
        verbose_name_plural = "接口调用"
        indexes = [
            models.Index("source", F("id").desc(), name="call_source"),
            models.Index("token", F("id").desc(), name="call_token"),
            models.Index("at", name="call_at"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Answer(models.Model):
    """What is sent to a system. `area` is the matter's, for the rules.

    An answer (`kind`) tells the system that a matter came from how it stands after one step. Of a forwarded matter the
    first message hands it over, the later ones tell what happened here, with the reporter's `words`.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="answers", verbose_name="系统", db_index=False)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="+", verbose_name="事项")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="所在社区", db_index=False)
    kind = models.CharField(
        "种类", max_length=10, choices=AnswerKind.choices, default=AnswerKind.ANSWER, db_default=AnswerKind.ANSWER
    )
    forward = models.ForeignKey(
        "exchange.Forward", models.PROTECT, null=True, blank=True, related_name="messages", verbose_name="转交"
    )
    words = models.TextField("反映人的话", blank=True, default="", db_default="")
    matter_state = models.CharField("当时的状态", max_length=12)
    state = models.CharField("送出情况", max_length=8, choices=AnswerState.choices, default=AnswerState.WAITING)
    created_at = models.DateTimeField("产生时间")
    tries = models.PositiveSmallIntegerField("试过的次数", default=0)
    tried_at = models.DateTimeField("最近一次尝试", null=True, blank=True)
    done_at = models.DateTimeField("送出时间", null=True, blank=True)
    why = models.CharField("没有送到的原因", max_length=300, blank=True)

    privacy = {
        "internal": "source matter area kind forward matter_state state created_at tries tried_at done_at why",
        "personal": "words",
    }

    class Meta:
        verbose_name = "送回的办理结果"
        verbose_name_plural = "送回的办理结果"
        indexes = [
            models.Index("source", "state", F("id").desc(), name="answer_source"),
            models.Index("id", condition=Q(state="waiting"), name="answer_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.matter} → {self.source}"


class ForwardRule(models.Model):
    """Which of our matters go to a system by themselves: those of an area, of one class or any, of one unit or any.

    It counts from `made_at` on and ends with `ended_at`; a change is an end and another rule.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="rules", verbose_name="系统")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="区域")
    criterion = models.CharField("分流标准的代码", max_length=20, blank=True)
    unit = models.ForeignKey(
        "areas.Body", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="承办单位"
    )
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="设定人")
    made_at = models.DateTimeField("设定时间")
    ended_at = models.DateTimeField("停用时间", null=True, blank=True)

    privacy = {"internal": "source area criterion unit by made_at ended_at"}

    class Meta:
        verbose_name = "转交规则"
        verbose_name_plural = "转交规则"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "area", "criterion", "unit"], condition=Q(ended_at__isnull=True),
                name="forward_rule_once", nulls_distinct=False,
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.area}的事项转交{self.source}"


class Forward(models.Model):
    """One of our matters, or an assisting unit's part of it (`assist`), that another system handles.

    `unit`: in whose name the system speaks here. `key`: our number for it, the same in every message and in every
    try, so that it arrives once however often it is sent. `foreign`: their number. `rule` is empty when a person
    handed it over. `their_state`, `their_at`: the newest that was heard. It ends when the matter goes elsewhere.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="forwards", verbose_name="系统")
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="+", verbose_name="事项")
    assist = models.ForeignKey(
        "matters.Assist", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="协办"
    )
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="所在社区", db_index=False)
    unit = models.ForeignKey("areas.Body", models.PROTECT, related_name="+", verbose_name="承办单位", db_index=False)
    rule = models.ForeignKey(ForwardRule, models.PROTECT, null=True, related_name="+", verbose_name="转交规则")
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="转交人")
    reason = models.CharField("转交理由", max_length=300, blank=True)
    key = models.CharField("转交编号", max_length=40, unique=True)
    foreign = models.CharField("对方编号", max_length=60, blank=True)
    their_state = models.CharField("对方状态", max_length=12, choices=TheirState.choices, blank=True)
    their_at = models.DateTimeField("对方最近一次告知", null=True, blank=True)
    made_at = models.DateTimeField("转交时间")
    arrived_at = models.DateTimeField("对方收下的时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    privacy = {
        "internal": (
            "source matter assist area unit rule by reason key foreign their_state their_at made_at arrived_at ended_at"
        )
    }

    class Meta:
        verbose_name = "转交"
        verbose_name_plural = "转交"
        constraints = [
            # Exactly once: a matter, or a part, is with a system at most one time at a time.
            models.UniqueConstraint(
                fields=["source", "matter", "assist"], condition=Q(ended_at__isnull=True), name="forward_once",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["source", "foreign"], condition=~Q(foreign=""), name="forward_foreign_once"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index("area", F("id").desc(), name="forward_area"),
            models.Index("unit", F("id").desc(), name="forward_unit"),
        ]

    def __str__(self) -> str:
        return f"「{self.matter}」转交{self.source}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("exchange:forward", kwargs={"pk": self.pk})


class Heard(models.Model):
    """One message of a system about a matter that exists: of one that it handles for us, or more words about its own.

    What moved the matter or was only written down is done. What did not fit waits for a person (`held`), with `why`.
    `digest` tells that the same came again.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="heard", verbose_name="系统")
    forward = models.ForeignKey(Forward, models.PROTECT, null=True, related_name="heard", verbose_name="转交")
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="+", verbose_name="事项")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="所在社区", db_index=False)
    unit = models.ForeignKey(
        "areas.Body", models.PROTECT, null=True, related_name="+", verbose_name="承办单位", db_index=False
    )
    their_state = models.CharField("对方状态", max_length=12, choices=TheirState.choices)
    text = models.TextField("来文", blank=True)
    digest = models.CharField("内容检索值", max_length=64)
    said_at = models.DateTimeField("对方的时间")
    at = models.DateTimeField("收到时间")
    state = models.CharField("状态", max_length=8, choices=HeardState.choices)
    why = models.CharField("没有自动办理的原因", max_length=300, blank=True)
    note = models.TextField("怎样处理的", blank=True)

    privacy = {
        "internal": "source forward matter area unit their_state digest said_at at state why note",
        "personal": "text",
    }

    class Meta:
        verbose_name = "对方系统的消息"
        verbose_name_plural = "对方系统的消息"
        constraints = [models.UniqueConstraint(fields=["source", "digest"], name="heard_once")]
        indexes = [
            models.Index("area", "state", name="heard_area"),
            models.Index("unit", "state", name="heard_unit"),
            models.Index("matter", F("id").desc(), name="heard_matter"),
        ]

    def __str__(self) -> str:
        return f"{self.source}：{self.get_their_state_display()}「{self.matter}」"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("exchange:heard", kwargs={"pk": self.pk})
