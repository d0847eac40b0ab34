"""Tables of exchange: the systems, the calls that they made, the answers that go back, and tokens of people."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from sanshe.kernel.fields import EncryptedText

from .words import AnswerState, Scope, SourceKind


class Source(models.Model):
    """A system that sends matters, and to which their results go back.

    `area`: the community that takes what names no place that we know. `key`: shared with the system, kept encrypted;
    `key_hash` finds it where the key itself is sent (Open311). `answers_to`: the address of the system that takes
    results; empty when it has none and fetches them as a sheet.
    """

    name = models.CharField("系统名称", max_length=40, unique=True)
    code = models.SlugField("接入代号", max_length=30, unique=True)
    kind = models.CharField("种类", max_length=8, choices=SourceKind.choices)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="默认受理社区")
    key = EncryptedText("密钥")
    key_hash = models.CharField("密钥检索值", max_length=64, unique=True)
    key_at = models.DateTimeField("密钥生成时间")
    answers_to = models.URLField("结果送到的地址", max_length=300, blank=True)
    active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField("接入时间")
    last_at = models.DateTimeField("最近一次来件", null=True, blank=True)

    privacy = {
        "internal": "name code kind area key_at answers_to active created_at last_at",
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
    """What goes back to the system that a matter came from, after one step. `area` is the matter's, for the rules."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="answers", verbose_name="系统", db_index=False)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="+", verbose_name="事项")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="所在社区", db_index=False)
    matter_state = models.CharField("当时的状态", max_length=12)
    state = models.CharField("送出情况", max_length=8, choices=AnswerState.choices, default=AnswerState.WAITING)
    created_at = models.DateTimeField("产生时间")
    tries = models.PositiveSmallIntegerField("试过的次数", default=0)
    tried_at = models.DateTimeField("最近一次尝试", null=True, blank=True)
    done_at = models.DateTimeField("送出时间", null=True, blank=True)
    why = models.CharField("没有送到的原因", max_length=300, blank=True)

    privacy = {"internal": "source matter area matter_state state created_at tries tried_at done_at why"}

    class Meta:
        verbose_name = "送回的办理结果"
        verbose_name_plural = "送回的办理结果"
        indexes = [
            models.Index("source", "state", F("id").desc(), name="answer_source"),
            models.Index("id", condition=Q(state="waiting"), name="answer_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.matter} → {self.source}"
