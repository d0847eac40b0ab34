"""Comparison selection (比选): the call, its criteria, sealed bids, drawn experts, scores, the result, objections."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from sanshe.kernel.fields import EncryptedText

from ..words import BidState, CallState, JudgingStage, ObjectionState, SealWay


class Call(models.Model):
    """One comparison selection for one project. The dates are set when it is published; the rest are parameters."""

    number = models.CharField("编号", max_length=24, unique=True)
    project = models.ForeignKey("purchase.Project", models.PROTECT, related_name="calls", verbose_name="项目")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="calls", verbose_name="社区")
    buyer = models.ForeignKey("areas.Body", models.PROTECT, related_name="+", verbose_name="采购人")
    requirements = models.TextField("服务要求")
    qualification = models.TextField("参加条件", blank=True)
    ceiling = models.BigIntegerField("最高限价（分）")
    state = models.CharField("状态", max_length=12, choices=CallState.choices, default=CallState.DRAFT)
    made_at = models.DateTimeField("编制时间")
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    closes_at = models.DateTimeField("截止时间", null=True, blank=True)
    opened_at = models.DateTimeField("启动开封时间", null=True, blank=True)
    keys_until = models.DateTimeField("收取密钥截止", null=True, blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    judging = models.CharField("评审进度", max_length=8, choices=JudgingStage.choices, blank=True)
    publicity_until = models.DateTimeField("公示截止", null=True, blank=True)
    result_reason = models.TextField("结果说明", blank=True)
    departure_reason = models.TextField("未优先考虑社会组织的理由", blank=True)
    due_at = models.DateTimeField("当前一步的期限", null=True, blank=True)

    privacy = {
        "public": "number project area buyer requirements qualification ceiling state made_at published_at closes_at "
        "opened_at keys_until publicity_until result_reason departure_reason",
        "internal": "due_at judging",
        "personal": "started_by",
    }

    class Meta:
        verbose_name = "比选"
        indexes = [models.Index(fields=["area", "state", "-id"], name="call_area")]
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=models.Q(state__in=["draft", "open", "opening", "scoring", "publicity"]),
                name="call_one_running",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project.title}比选"

    def get_absolute_url(self) -> str:
        return reverse("purchase:call", kwargs={"pk": self.pk})


class Criterion(models.Model):
    """One thing that bids are judged by. The weights of a call sum to 100. `kind` price: scored by its formula."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="criteria")
    order = models.IntegerField(default=0)
    name = models.CharField("评审项", max_length=60)
    detail = models.TextField("评分说明", blank=True)
    weight = models.IntegerField("分值")
    is_price = models.BooleanField("价格分", default=False)

    privacy = {"public": "call order name detail weight is_price"}

    class Meta:
        verbose_name = "评审项"
        ordering = ["order", "pk"]
        constraints = [models.CheckConstraint(condition=models.Q(weight__gt=0), name="criterion_weight")]


class Bid(models.Model):
    """What a supplier handed in: ciphertext (or an envelope) until the keys are in, then its content.

    A newer one before the deadline replaces an older one, which is kept, sealed.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="bids", verbose_name="比选")
    bidder = models.ForeignKey("areas.Body", models.PROTECT, related_name="bids", verbose_name="参选单位")
    way = models.CharField("递交方式", max_length=10, choices=SealWay.choices, default=SealWay.BROWSER)
    state = models.CharField("状态", max_length=12, choices=BidState.choices, default=BidState.SEALED)
    handed_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    handed_in_at = models.DateTimeField("递交时间")
    sealed = models.FileField("密封文件", upload_to="bids/", null=True, blank=True)
    size = models.BigIntegerField("大小（字节）", default=0)
    sha256 = models.CharField("SHA-256", max_length=64)
    sm3 = models.CharField("SM3", max_length=64, blank=True)
    key_code = EncryptedText("密钥", null=True, blank=True)
    key_at = models.DateTimeField("交密钥时间", null=True, blank=True)
    opened_at = models.DateTimeField("开封时间", null=True, blank=True)
    price = models.BigIntegerField("报价（分）", null=True, blank=True)
    plan = models.TextField("方案摘要", blank=True)
    team = models.TextField("团队", blank=True)
    problem = models.TextField("不能开封的原因", blank=True)

    privacy = {
        "internal": "call bidder way state handed_in_at sealed size sha256 sm3 key_at opened_at price plan team "
        "problem",
        "personal": "handed_in_by",
        "sensitive": "key_code",
    }

    class Meta:
        verbose_name = "投标文件"
        constraints = [
            models.UniqueConstraint(
                fields=["call", "bidder"], condition=~models.Q(state="replaced"), name="bid_one_in_force"
            ),
        ]
        indexes = [models.Index(fields=["call", "state"], name="bid_call")]

    def __str__(self) -> str:
        return f"{self.bidder}的投标文件"


class Drawn(models.Model):
    """An expert drawn for a call. `excluded`: drawn but stood down for an interest, with the reason."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="drawn")
    expert = models.ForeignKey("workforce.Expert", models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="drawn")
    drawn_at = models.DateTimeField("抽取时间")
    declared_at = models.DateTimeField("声明无利害关系时间", null=True, blank=True)
    scored_at = models.DateTimeField("评完时间", null=True, blank=True)
    excluded = models.TextField("回避原因", blank=True)

    privacy = {"internal": "call drawn_at declared_at scored_at excluded", "personal": "expert user"}

    class Meta:
        verbose_name = "抽取的专家"
        constraints = [models.UniqueConstraint(fields=["call", "expert"], name="drawn_once")]


class Score(models.Model):
    """One expert's points for one bid by one criterion. In hundredths of a point, so that sums are exact."""

    drawn = models.ForeignKey(Drawn, models.PROTECT, related_name="scores")
    bid = models.ForeignKey(Bid, models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="scores")
    points = models.IntegerField("得分（百分之一分）")
    reason = models.TextField("理由", blank=True)
    at = models.DateTimeField("时间")

    privacy = {"internal": "drawn bid criterion points reason at"}

    class Meta:
        verbose_name = "评分"
        constraints = [models.UniqueConstraint(fields=["drawn", "bid", "criterion"], name="score_once")]


class Award(models.Model):
    """The result: who, at what price, by which ranking (kept as it was shown, with its arithmetic)."""

    call = models.OneToOneField(Call, models.PROTECT, related_name="award")
    bid = models.ForeignKey(Bid, models.PROTECT, related_name="+")
    supplier = models.ForeignKey("areas.Body", models.PROTECT, related_name="awards")
    price = models.BigIntegerField("成交价（分）")
    ranking = models.JSONField("排名与计算")
    at = models.DateTimeField("时间")

    privacy = {"public": "call bid supplier price ranking at"}

    class Meta:
        verbose_name = "比选结果"


class Objection(models.Model):
    """A supplier's or a resident's objection inside the publicity period, and its answer."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="objections", verbose_name="比选")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField("异议内容")
    raised_at = models.DateTimeField("提出时间")
    due_at = models.DateTimeField("答复期限")
    state = models.CharField("状态", max_length=12, choices=ObjectionState.choices, default=ObjectionState.RAISED)
    upheld = models.BooleanField("异议成立", null=True)
    answer = models.TextField("答复", blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    privacy = {
        "internal": "call area text raised_at due_at state upheld answer answered_at",
        "personal": "raised_by",
    }

    class Meta:
        verbose_name = "对比选结果的异议"

    def __str__(self) -> str:
        return f"对「{self.call}」的异议"

    def get_absolute_url(self) -> str:
        return reverse("purchase:objection", kwargs={"pk": self.pk})
