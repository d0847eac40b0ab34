"""The register of social organisations, what they serve and do, and the incubators that bring them up.

Validity is half-open: in force from `valid_from` up to, but not on, `valid_to`.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Cast, Concat, LPad, Substr
from django.urls import reverse

from .words import ActivityKind, IncubatorLevel, Outcome, Road, Standing


def _validity(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name=name)


class Organisation(models.Model):
    """A social organisation. `kind` and `x_kind` are the notice's two lists of classes, which are data.

    `body` is the organisation as other modules know it (it bids, signs, holds posts); a choir may have none.
    `identity` is its organisation code however it was given: the credit code holds it in places 9 to 17 (GB 32100),
    so that the same organisation can not stand here twice, once by each number. `own_number` is for those with neither.
    """

    body = models.OneToOneField(
        "areas.Body", models.PROTECT, null=True, blank=True, related_name="organisation", verbose_name="机构"
    )
    name = models.CharField("名称", max_length=120)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="organisations", verbose_name="所在区域")
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    organisation_code = models.CharField("组织机构代码", max_length=9, blank=True)
    identity = models.GeneratedField(
        expression=Case(When(credit_code="", then=F("organisation_code")), default=Substr("credit_code", 9, 9)),
        output_field=models.CharField("组织机构代码（查重用）", max_length=18),
        db_persist=True,
    )
    own_number = models.GeneratedField(
        expression=Concat(Value("社组"), LPad(Cast("id", models.TextField()), 8, Value("0"))),
        output_field=models.CharField("台账编号", max_length=12),
        db_persist=True,
    )
    kind = models.CharField("类别", max_length=40)
    x_kind = models.CharField("“1+X”类型", max_length=40, blank=True)
    standing = models.CharField("身份", max_length=12, choices=Standing.choices)
    is_loose = models.BooleanField("规模较小、组织松散", default=False)
    is_agency = models.BooleanField("社会工作服务机构", default=False)
    party_organisation = models.CharField("党组织", max_length=80, blank=True)
    members = models.IntegerField("人数", null=True, blank=True)
    unit_members = models.IntegerField("单位会员数", null=True, blank=True)
    grade = models.PositiveSmallIntegerField("评估等级", null=True, blank=True)
    graded_on = models.DateField("等级公布日期", null=True, blank=True)
    graded_until = models.DateField("等级到期日", null=True, blank=True)
    profile = models.TextField("简介", blank=True)
    brand = models.CharField("服务品牌", max_length=60, blank=True)
    contact = models.CharField("联系人", max_length=40, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    valid_from = models.DateField("成立日期")
    valid_to = models.DateField("注销日期", null=True, blank=True)

    privacy = {
        "public": "body name area credit_code organisation_code identity own_number kind x_kind standing is_loose "
        "is_agency party_organisation members unit_members grade graded_on graded_until profile brand phone "
        "valid_from valid_to",
        "personal": "contact",
    }

    class Meta:
        verbose_name = "社会组织"
        ordering = ["area__lo", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"], condition=~Q(credit_code=""), name="organisation_code_once"
            ),
            models.UniqueConstraint(fields=["identity"], condition=~Q(identity=""), name="organisation_identity_once"),
            models.CheckConstraint(
                condition=~Q(is_loose=True, standing=Standing.REGISTERED), name="organisation_loose_not_registered"
            ),
            models.CheckConstraint(
                condition=Q(grade__isnull=True, graded_on__isnull=True, graded_until__isnull=True)
                | Q(
                    # Said outright: a comparison with nothing is neither true nor false, and would pass.
                    grade__isnull=False,
                    graded_on__isnull=False,
                    graded_until__isnull=False,
                    grade__range=(1, 5),
                    graded_until__gt=F("graded_on"),
                ),
                name="organisation_grade_whole",
            ),
            models.CheckConstraint(
                condition=(Q(members__isnull=True) | Q(members__gte=0))
                & (Q(unit_members__isnull=True) | Q(unit_members__gte=0)),
                name="organisation_members",
            ),
            _validity("organisation_validity"),
        ]
        indexes = [
            models.Index(fields=["area", "kind"], name="organisation_area"),
            models.Index(fields=["area", "name"], name="organisation_name_in_area"),
            models.Index(fields=["name", "id"], name="organisation_by_name"),  # the ledger opens in this order
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("orgs:detail", kwargs={"pk": self.pk})


class OrganisationServes(models.Model):
    """An area that an organisation serves, for a time."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="serves", verbose_name="社会组织")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="served_by", verbose_name="服务区域")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)

    privacy = {"public": "organisation area valid_from valid_to"}

    class Meta:
        verbose_name = "服务区域"
        ordering = ["area__lo"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "area", "valid_from"], name="serves_once"),
            models.UniqueConstraint(
                fields=["organisation", "area"], condition=Q(valid_to__isnull=True), name="serves_now_once"
            ),
            _validity("serves_validity"),
        ]
        indexes = [models.Index(fields=["area", "valid_from"], name="serves_area")]

    def __str__(self) -> str:
        return str(self.area)


class OrganisationActivity(models.Model):
    """Something an organisation did in an area on a day: what "active in the last 12 months" is counted from."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="activities", verbose_name="社会组织")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="活动所在区域")
    on = models.DateField("日期")
    kind = models.CharField("形式", max_length=12, choices=ActivityKind.choices, default=ActivityKind.SERVICE)
    title = models.CharField("活动", max_length=120)
    people = models.PositiveIntegerField("参加人次", null=True, blank=True)

    privacy = {"public": "organisation area on kind title people"}

    class Meta:
        verbose_name = "社会组织活动"
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "on", "area", "title"], name="activity_once"),
        ]
        indexes = [
            models.Index(fields=["organisation", "-on"], name="activity_organisation"),
            models.Index(fields=["area", "-on"], name="activity_area"),
        ]

    def __str__(self) -> str:
        return self.title


class Incubator(models.Model):
    """A base that brings up social organisations (notice 一(三), 二(二)1). `places`: how many it can house at once."""

    name = models.CharField("名称", max_length=80)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="incubators", verbose_name="所在区域")
    level = models.CharField("级别", max_length=12, choices=IncubatorLevel.choices)
    operator = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="operates", verbose_name="运营机构"
    )
    places = models.PositiveIntegerField("可入驻数", null=True, blank=True)
    floor_area = models.PositiveIntegerField("面积（平方米）", null=True, blank=True)
    address = models.CharField("地址", max_length=120, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    note = models.TextField("说明", blank=True)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)

    privacy = {"public": "name area level operator places floor_area address phone note valid_from valid_to"}

    class Meta:
        verbose_name = "孵化基地"
        ordering = ["area__lo", "name"]
        constraints = [
            models.UniqueConstraint(fields=["area", "name"], name="incubator_once"),
            _validity("incubator_validity"),
        ]
        indexes = [models.Index(fields=["level", "valid_from"], name="incubator_level")]

    def __str__(self) -> str:
        return self.name


class Residency(models.Model):
    """An organisation's stay in an incubator, and the support it was given there. Sums in yuan."""

    incubator = models.ForeignKey(Incubator, models.PROTECT, related_name="residencies", verbose_name="孵化基地")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="residencies", verbose_name="社会组织")
    room = models.CharField("场地", max_length=60, blank=True)
    venture_grant = models.PositiveIntegerField("公益创投（元）", default=0)
    subsidy = models.PositiveIntegerField("补贴奖励（元）", default=0)
    fees_waived = models.PositiveIntegerField("减免费用（元）", default=0)
    trained = models.PositiveIntegerField("培养本土人才（人）", default=0)
    outcome = models.CharField("结果", max_length=12, choices=Outcome.choices, default=Outcome.IN)
    valid_from = models.DateField("入驻日期")
    valid_to = models.DateField("离开日期", null=True, blank=True)

    privacy = {
        "public": "incubator organisation room venture_grant subsidy fees_waived trained outcome valid_from valid_to"
    }

    class Meta:
        verbose_name = "入驻记录"
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(valid_to__isnull=True), name="residency_one_at_a_time"
            ),
            models.UniqueConstraint(fields=["incubator", "organisation", "valid_from"], name="residency_once"),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.IN, valid_to__isnull=True)
                | (~Q(outcome=Outcome.IN) & Q(valid_to__isnull=False, valid_to__gte=F("valid_from"))),
                name="residency_outcome",
            ),
        ]
        indexes = [models.Index(fields=["incubator", "valid_from"], name="residency_incubator")]

    def __str__(self) -> str:
        return f"{self.organisation}入驻{self.incubator}"

    def get_absolute_url(self) -> str:
        return self.organisation.get_absolute_url()


class TriageAnswer(models.Model):
    """A kept answer of the registration triage: what was told, which road it led to, and what decided."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="triages", verbose_name="社会组织")
    at = models.DateTimeField("测算时间")
    by = models.CharField("测算人", max_length=80)
    facts = models.JSONField("填报情况", default=dict)
    road = models.CharField("去向", max_length=12, choices=Road.choices)
    checks = models.JSONField("逐条结果", default=list)
    because = models.TextField("决定的条件")

    privacy = {"public": "organisation at road checks because facts", "personal": "by"}

    class Meta:
        verbose_name = "登记去向测算"
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.get_road_display()
