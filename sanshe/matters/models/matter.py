"""The matter itself: the hot table, a million rows and more."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from sanshe.kernel.fields import EncryptedText, LookupHash

from ..words import OPEN, Channel, Decision, MatterKind, MatterState, Route


class Matter(models.Model):
    """One thing that a resident, or someone on a resident's behalf, brought up.

    `due_at`: the internal deadline of the present state (triage, handling, …); `promised_at`: what the resident was
    told. Both come from working days of the calendar whose version is frozen in `calendar_version`, or from `hours`
    when the matter is urgent. `window`: where it was taken in, which may be any window, not that of `area`.
    `handler`: who last accepted or finished it. `host_unit` is set for government matters.
    """

    number = models.CharField("编号", max_length=24)
    token = models.CharField("回执凭证", max_length=32)
    title = models.TextField("标题")
    text = models.TextField("描述")
    subject = models.CharField("主题", max_length=20, blank=True)
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices)
    area = models.ForeignKey(
        "areas.Area", models.PROTECT, related_name="matters", verbose_name="所在社区", db_index=False
    )
    place = models.ForeignKey(
        "areas.Place", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="地点", db_index=False
    )
    place_text = models.TextField("地点（填写）", blank=True)
    reporter = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="反映人账号",
        db_index=False,
    )
    person = models.ForeignKey(
        "people.Person", models.PROTECT, null=True, blank=True, related_name="matters", verbose_name="反映人档案"
    )
    contact_name = EncryptedText("称呼", blank=True, default="")
    contact_phone = EncryptedText("联系电话", blank=True, default="")
    contact_phone_hash = LookupHash("联系电话检索值", of="contact_phone", kind="phone", db_index=False)
    filed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代为登记的工作人员",
        db_index=False,
    )  # fmt: skip
    wants_reply = models.BooleanField("需要答复", default=True)
    public = models.BooleanField("在公示板公开", default=False)
    public_title = models.TextField("公开标题", blank=True)
    public_text = models.TextField("公开内容", blank=True)
    public_result = models.TextField("公开的办理结果", blank=True)
    state = models.CharField("状态", max_length=12, choices=MatterState.choices)
    route = models.CharField("分类", max_length=12, choices=Route.choices, blank=True)
    criterion = models.ForeignKey(
        "matters.Criterion", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="分流标准",
        db_index=False,
    )  # fmt: skip
    criterion_version = models.CharField("分流标准版本", max_length=20, blank=True)
    triage_reason = models.TextField("分流理由", blank=True)
    triaged_at = models.DateTimeField("分流时间", null=True, blank=True)
    guidance = models.TextField("自办指引", blank=True)
    help_wanted = models.BooleanField("征集邻里帮助", default=False)
    other_way = models.TextField("其他办理途径", blank=True)
    host_unit = models.ForeignKey(
        "areas.Body", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="主办单位", db_index=False
    )
    handler = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办人", db_index=False
    )
    designated = models.BooleanField("街道指定承办", default=False)
    urgent = models.BooleanField("紧急", default=False)
    hours = models.PositiveSmallIntegerField("紧急办理期限（小时）", null=True, blank=True)
    due_at = models.DateTimeField("期限", null=True, blank=True)
    promised_at = models.DateTimeField("承诺期限", null=True, blank=True)
    calendar_version = models.CharField("日历版本", max_length=40, blank=True)
    created_at = models.DateTimeField("反映时间")
    done_at = models.DateTimeField("办结时间", null=True, blank=True)
    result = models.TextField("办理结果", blank=True)
    question = models.TextField("请居民补充的内容", blank=True)
    paused_at = models.DateTimeField("暂停时间", null=True, blank=True)
    reminded_at = models.DateTimeField("已提醒", null=True, blank=True)
    escalated_at = models.DateTimeField("已上报逾期", null=True, blank=True)
    returned = models.PositiveSmallIntegerField("退回次数", default=0)
    retriaged = models.PositiveSmallIntegerField("重新分流次数", default=0)
    reopened = models.PositiveSmallIntegerField("重新打开次数", default=0)
    objected_at = models.DateTimeField("提出异议时间", null=True, blank=True)
    rated_at = models.DateTimeField("评价时间", null=True, blank=True)
    origin = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followers", verbose_name="前一件事项",
        db_index=False,
    )  # fmt: skip
    kind = models.CharField(
        "类别", max_length=12, choices=MatterKind.choices, default=MatterKind.MATTER, db_default=MatterKind.MATTER
    )
    service = models.ForeignKey(
        "matters.ServiceItem", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="申请的服务事项",
        db_index=False,
    )  # fmt: skip
    window = models.ForeignKey(
        "areas.Area", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="受理窗口所在区域",
        db_index=False,
    )  # fmt: skip
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="并入的事项",
        db_index=False,
    )  # fmt: skip
    merged_at = models.DateTimeField("并案时间", null=True, blank=True)
    merged_from = models.CharField(
        "并案前的状态", max_length=12, blank=True, db_default="", choices=MatterState.choices
    )
    escalations = models.PositiveSmallIntegerField("已上报的层级", default=0, db_default=0)
    given_at = models.DateTimeField("交给承办单位的时间", null=True, blank=True)
    waited_at = models.DateTimeField("已提醒等待过久", null=True, blank=True)
    decision = models.CharField("申请的决定", max_length=8, blank=True, db_default="", choices=Decision.choices)
    saved = models.PositiveSmallIntegerField("由档案代填的项数", default=0, db_default=0)
    owed_on = models.DateField("容缺材料最早的补齐日期", null=True, blank=True)
    source = models.CharField("来源系统", max_length=40, blank=True)
    source_key = models.CharField("来源编号", max_length=120, blank=True)

    privacy = {
        "public": (
            "number area state route urgent promised_at created_at done_at host_unit public public_title public_text "
            "public_result criterion criterion_version help_wanted kind service decision"
        ),
        "internal": (
            "subject channel due_at calendar_version hours triaged_at triage_reason guidance other_way designated "
            "paused_at reminded_at escalated_at returned retriaged reopened objected_at rated_at origin source "
            "source_key wants_reply handler filed_by window merged_into merged_at merged_from escalations saved "
            "given_at waited_at owed_on"
        ),
        "personal": "title text result question place place_text reporter person",
        "sensitive": "token contact_name contact_phone contact_phone_hash",
    }

    #: What the page of a step shows beside its form.
    beside_step = "matters/_beside_matter_step.html"

    class Meta:
        verbose_name = "事项"
        verbose_name_plural = "事项"
        # For engineering note 5: each list walks one of these down, whatever the number of rows.
        indexes = [
            models.Index(F("created_at").desc(), F("id").desc(), name="matter_newest"),
            models.Index("area", F("created_at").desc(), F("id").desc(), name="matter_area"),
            models.Index("host_unit", F("created_at").desc(), F("id").desc(), name="matter_unit"),
            models.Index(
                "reporter", F("created_at").desc(), F("id").desc(),
                condition=Q(reporter__isnull=False), name="matter_reporter",
            ),
            models.Index("area", "state", F("created_at").desc(), F("id").desc(), name="matter_area_state"),
            models.Index("state", F("created_at").desc(), F("id").desc(), name="matter_state"),
            # One a state, because the to-do list asks by state and unit or area, most urgent first.
            models.Index(
                "state", "urgent", "due_at", condition=Q(state__in=[s.value for s in OPEN]), name="matter_due"
            ),
            models.Index(
                "area", "state", "due_at", condition=Q(state__in=[s.value for s in OPEN]), name="matter_area_due"
            ),
            models.Index(
                "host_unit", "state", "due_at",
                condition=Q(state__in=[s.value for s in OPEN]), name="matter_unit_due",
            ),
            models.Index("origin", condition=Q(origin__isnull=False), name="matter_origin"),
            models.Index("merged_into", condition=Q(merged_into__isnull=False), name="matter_merged"),
            models.Index(
                "service", F("created_at").desc(), F("id").desc(),
                condition=Q(service__isnull=False), name="matter_service",
            ),
            models.Index(
                F("created_at").desc(), F("id").desc(), condition=Q(urgent=True), name="matter_urgent"
            ),
            models.Index(
                "window", F("created_at").desc(), F("id").desc(),
                condition=Q(window__isnull=False), name="matter_window",
            ),
            models.Index("contact_phone_hash", condition=~Q(contact_phone_hash=""), name="matter_phone"),
            models.Index("owed_on", condition=Q(owed_on__isnull=False), name="matter_owed"),
            models.Index(
                F("created_at").desc(), F("id").desc(), condition=Q(public=True), name="matter_public_newest"
            ),
            models.Index(
                "criterion", F("created_at").desc(), F("id").desc(),
                condition=Q(public=True), name="matter_public_class",
            ),
        ]  # fmt: skip
        constraints = [
            # Not unique=True: for text that would bring a second index each, for LIKE, which nobody asks.
            models.UniqueConstraint(fields=["number"], name="matter_number_once"),
            models.UniqueConstraint(fields=["token"], name="matter_token_once"),
            models.UniqueConstraint(
                fields=["source", "source_key"], condition=~Q(source_key=""), name="matter_source_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(paused_at__isnull=False), name="matter_waiting_is_paused"
            ),
            models.CheckConstraint(condition=~Q(state="done") | Q(done_at__isnull=False), name="matter_done_has_date"),
            models.CheckConstraint(
                condition=~Q(state__in=["assigned", "handling", "waiting"]) | Q(host_unit__isnull=False),
                name="matter_handled_by_a_unit",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.number

    def get_absolute_url(self) -> str:
        """The page of the staff; the reporter is led from there to the page of progress."""
        return reverse("matters:page", kwargs={"pk": self.pk})

    @property
    def progress_url(self) -> str:
        """The page of progress that needs no account."""
        return reverse("matters:progress", kwargs={"token": self.token})

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in OPEN

    @property
    def paused(self) -> bool:
        """Whether the deadline stands still."""
        return self.state == MatterState.WAITING

    @property
    def shown_title(self) -> str:
        """What the public reads as its title: the released wording, else its class. Never the reporter's words."""
        if self.public_title:
            return self.public_title
        return self.criterion.name if self.criterion is not None else "居民反映的事项"

    @property
    def round(self) -> int:
        """Which handling this is, from 0; each reopening begins another, which may be rated again."""
        return self.reopened


class PublicMatter(Matter):
    """A matter as the public may read it: rows that were released, and only their public fields (see access)."""

    class Meta:
        proxy = True
        verbose_name = "公示的事项"
        verbose_name_plural = "公示的事项"

    def __str__(self) -> str:
        return self.shown_title

    def get_absolute_url(self) -> str:
        """The page on the public board."""
        return reverse("matters:public", kwargs={"number": self.number})


class WindowMatter(Matter):
    """A matter as the window may follow it that took it in: number, state and progress (see access)."""

    class Meta:
        proxy = True
        verbose_name = "本窗口受理的事项"
        verbose_name_plural = "本窗口受理的事项"

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Its page for the window."""
        return reverse("matters:followed", kwargs={"pk": self.pk})
