"""Tables of facilities. Validity is half-open: in force from `valid_from` up to, but not on, `valid_to`.

Coordinates are degrees of WGS84. There are no public coordinates of communities: all are entered by hand or by sheet.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from .norms import kind_label, use_label
from .words import DutyState, FacilitySource, FacilityState, Means, PlanState, SiteState, StudyState


def _both_or_neither(name: str) -> models.CheckConstraint:
    """Latitude and longitude belong together, inside the globe."""
    inside = Q(lat__gte=-90, lat__lte=90, lng__gte=-180, lng__lte=180)
    return models.CheckConstraint(condition=Q(lat__isnull=True, lng__isnull=True) | inside, name=name)


def _latitude() -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)


def _longitude() -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)


class Facility(models.Model):
    """One facility of a community. `kind` is a code of the list `facilities.kinds`; `floor_area` in m².

    `free_to_use` (C5): state or collectively owned, and while idle it may be given free of charge to social
    organisations for public-benefit activities (notice 二(二)1).
    """

    name = models.CharField("名称", max_length=80)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="facilities", verbose_name="所在社区")
    kind = models.CharField("类型", max_length=32)
    floor_area = models.DecimalField("建筑面积（平方米）", max_digits=9, decimal_places=2, null=True, blank=True)
    state = models.CharField("状态", max_length=12, choices=FacilityState.choices, default=FacilityState.IN_USE)
    source = models.CharField("来源", max_length=12, choices=FacilitySource.choices, default=FacilitySource.ORIGINAL)
    owner = models.CharField("产权单位", max_length=120, blank=True)
    free_to_use = models.BooleanField("国有或集体资产，闲置时可无偿提供", default=False)
    place = models.ForeignKey(
        "areas.Place", models.PROTECT, null=True, blank=True, related_name="facilities", verbose_name="所在地点"
    )
    address = models.CharField("地址", max_length=200, blank=True)
    hours = models.CharField("开放时间", max_length=120, blank=True)
    phone = models.CharField("对外电话", max_length=40, blank=True)
    lat, lng = _latitude(), _longitude()
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)

    privacy = {
        "public": (
            "name area kind floor_area state source owner free_to_use place address hours phone lat lng"
            " valid_from valid_to"
        )
    }

    class Meta:
        verbose_name = "设施"
        ordering = ["area__lo", "kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["area", "name", "valid_from"], name="facility_name_in_area"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="facility_validity"
            ),
            models.CheckConstraint(condition=Q(floor_area__isnull=True) | Q(floor_area__gt=0), name="facility_size"),
            _both_or_neither("facility_position"),
        ]
        indexes = [models.Index(fields=["area", "state", "kind"], name="facility_area")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("facilities:facility", args=[self.pk])

    @property
    def kind_label(self) -> str:
        """The kind in words."""
        return kind_label(self.kind)


class Room(models.Model):
    """A room of a facility. `use` is a code of the list `facilities.room_uses`."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="rooms", verbose_name="所属设施")
    name = models.CharField("房间名称", max_length=80)
    use = models.CharField("用途", max_length=32)
    floor_area = models.DecimalField("面积（平方米）", max_digits=8, decimal_places=2, null=True, blank=True)
    seats = models.PositiveIntegerField("座位数", null=True, blank=True)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)

    privacy = {"public": "facility name use floor_area seats valid_from valid_to"}

    class Meta:
        verbose_name = "房间"
        ordering = ["facility", "name"]
        constraints = [
            models.UniqueConstraint(fields=["facility", "name"], name="facility_room_name"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="facility_room_validity"
            ),
            models.CheckConstraint(
                condition=Q(floor_area__isnull=True) | Q(floor_area__gt=0), name="facility_room_size"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def use_label(self) -> str:
        """The use in words."""
        return use_label(self.use)


class CommunityBase(models.Model):
    """What the norms need to know of a community, as of a day: usually entered once a year.

    `built_up` None: nobody has said; such a community is judged as built up. `surveyed`: every facility has been
    entered, so that a community without one has 0 m² and not an unknown figure.
    """

    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="community_bases", verbose_name="社区")
    on = models.DateField("截至日期")
    households = models.PositiveIntegerField("户数", null=True, blank=True)
    planned_households = models.PositiveIntegerField("规划总户数", null=True, blank=True)
    built_up = models.BooleanField("已建成区域", null=True, blank=True)
    surveyed = models.BooleanField("设施已清点完毕", default=False)
    source = models.CharField("数据来源", max_length=120)

    privacy = {"internal": "area on households planned_households built_up surveyed source"}

    class Meta:
        verbose_name = "社区基本情况"
        ordering = ["area__lo", "-on"]
        constraints = [models.UniqueConstraint(fields=["area", "on"], name="community_base_once")]

    def __str__(self) -> str:
        return f"{self.area} {self.on:%Y-%m-%d}"


class AreaBorder(models.Model):
    """The border of an area as GeoJSON (Polygon or MultiPolygon, WGS84)."""

    area = models.OneToOneField("areas.Area", models.PROTECT, related_name="border", verbose_name="区域")
    geojson = models.JSONField("边界")
    source = models.CharField("来源", max_length=120)

    privacy = {"public": "area geojson source"}

    class Meta:
        verbose_name = "区域边界"

    def __str__(self) -> str:
        return f"{self.area}的边界"


class AreaPoint(models.Model):
    """Where a community or a kept place lies. `households`: how many live there, when it is known."""

    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="points", verbose_name="所在社区")
    place = models.OneToOneField(
        "areas.Place", models.PROTECT, null=True, blank=True, related_name="point", verbose_name="地点"
    )
    lat = models.DecimalField("纬度", max_digits=9, decimal_places=6)
    lng = models.DecimalField("经度", max_digits=9, decimal_places=6)
    households = models.PositiveIntegerField("户数", null=True, blank=True)
    source = models.CharField("来源", max_length=120)

    privacy = {"public": "area place lat lng households source"}

    class Meta:
        verbose_name = "地点坐标"
        ordering = ["area__lo", "id"]
        constraints = [
            models.UniqueConstraint(fields=["area"], condition=Q(place__isnull=True), name="area_point_once"),
            _both_or_neither("area_point_position"),
        ]

    def __str__(self) -> str:
        return str(self.place or self.area)


class CandidateSite(models.Model):
    """A place where a facility could be: a plot, an idle house, a room of somebody else. `cost` in yuan."""

    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="candidate_sites", verbose_name="所在社区")
    name = models.CharField("名称", max_length=80)
    means = models.CharField("可用方式", max_length=12, choices=Means.choices, blank=True)
    floor_area = models.DecimalField("可用面积（平方米）", max_digits=9, decimal_places=2, null=True, blank=True)
    cost = models.PositiveBigIntegerField("估算费用（元）", null=True, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    lat, lng = _latitude(), _longitude()
    state = models.CharField("状态", max_length=12, choices=SiteState.choices, default=SiteState.OPEN)
    note = models.TextField("说明", blank=True)

    privacy = {"internal": "area name means floor_area cost address lat lng state note"}

    class Meta:
        verbose_name = "候选地点"
        ordering = ["area__lo", "name"]
        constraints = [
            models.UniqueConstraint(fields=["area", "name"], name="candidate_site_name"),
            _both_or_neither("candidate_site_position"),
        ]

    def __str__(self) -> str:
        return self.name


class FacilityPlan(models.Model):
    """One means by which a gap of a community is closed, with its day and what is expected of it (m²)."""

    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="facility_plans", verbose_name="社区")
    means = models.CharField("方式", max_length=12, choices=Means.choices)
    kind = models.CharField("设施类型", max_length=32)
    floor_area = models.DecimalField("预计建筑面积（平方米）", max_digits=9, decimal_places=2)
    due = models.DateField("计划完成日期")
    state = models.CharField("状态", max_length=12, choices=PlanState.choices, default=PlanState.PLANNED)
    body = models.ForeignKey(
        "areas.Body", models.PROTECT, null=True, blank=True, related_name="facility_plans", verbose_name="责任单位"
    )
    site = models.ForeignKey(
        CandidateSite, models.PROTECT, null=True, blank=True, related_name="plans", verbose_name="候选地点"
    )
    facility = models.OneToOneField(
        Facility, models.PROTECT, null=True, blank=True, related_name="plan", verbose_name="建成的设施"
    )
    note = models.TextField("说明", blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)

    privacy = {"internal": "area means kind floor_area due state body site facility note done_on"}

    class Meta:
        verbose_name = "补齐计划"
        ordering = ["due", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(floor_area__gt=0), name="facility_plan_size"),
            models.CheckConstraint(
                condition=~Q(state=PlanState.DONE) | Q(facility__isnull=False, done_on__isnull=False),
                name="facility_plan_done_has_facility",
            ),
        ]
        indexes = [models.Index(fields=["area", "state"], name="facility_plan_area")]

    def __str__(self) -> str:
        return f"{self.area} · {self.get_means_display()}{kind_label(self.kind)}"  # type: ignore[attr-defined]

    def get_absolute_url(self) -> str:
        return reverse("facilities:plan", args=[self.pk])


class DeveloperDuty(models.Model):
    """A developer's duty to build a comprehensive centre and hand it over (notice 二(一)2). `floor_area` in m².

    `parts` are codes of the six parts that the centre is to hold.
    """

    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="developer_duties", verbose_name="社区")
    project = models.CharField("开发项目", max_length=120)
    developer = models.CharField("开发建设单位", max_length=120)
    floor_area = models.DecimalField("约定建筑面积（平方米）", max_digits=9, decimal_places=2)
    parts = models.JSONField("所含设施", default=list)
    due = models.DateField("约定移交日期")
    state = models.CharField("状态", max_length=12, choices=DutyState.choices, default=DutyState.DUTY)
    measured_area = models.DecimalField("验收实测面积（平方米）", max_digits=9, decimal_places=2, null=True, blank=True)
    measured_parts = models.JSONField("验收所含设施", default=list, blank=True)
    facility = models.OneToOneField(
        Facility, models.PROTECT, null=True, blank=True, related_name="duty", verbose_name="移交的设施"
    )
    note = models.TextField("说明", blank=True)

    privacy = {
        "internal": "area project developer floor_area parts due state measured_area measured_parts facility note"
    }

    class Meta:
        verbose_name = "配建义务"
        ordering = ["due", "id"]
        constraints = [
            models.UniqueConstraint(fields=["area", "project"], name="developer_duty_once"),
            models.CheckConstraint(condition=Q(floor_area__gt=0), name="developer_duty_size"),
            models.CheckConstraint(
                condition=~Q(state=DutyState.HANDED_OVER) | Q(facility__isnull=False), name="developer_duty_handed_over"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area} · {self.project}"

    def get_absolute_url(self) -> str:
        return reverse("facilities:duty", args=[self.pk])


class SiteStudy(models.Model):
    """One computation of proposed sites for an area: what was asked, how far it is, what came out.

    `result` holds what `sites.Answer.as_data` gives; the places and figures in it are those of that day.
    """

    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="site_studies", verbose_name="区域")
    kind = models.CharField("设施类型", max_length=32, blank=True)
    share = models.PositiveIntegerField("要求覆盖的比例（%）", null=True, blank=True)
    seconds = models.PositiveIntegerField("计算时限（秒）")
    state = models.CharField("状态", max_length=12, choices=StudyState.choices, default=StudyState.WAITING)
    progress = models.PositiveIntegerField("进度（%）", default=0)
    said = models.CharField("说明", max_length=200, blank=True)
    result = models.JSONField("结果", default=dict, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="发起人"
    )
    asked_at = models.DateTimeField("发起时间")
    finished_at = models.DateTimeField("算出时间", null=True, blank=True)

    privacy = {"internal": "area kind share seconds state progress said result asked_by asked_at finished_at"}

    class Meta:
        verbose_name = "选址测算"
        ordering = ["-id"]
        indexes = [models.Index(fields=["area", "-id"], name="site_study_area")]

    def __str__(self) -> str:
        return f"{self.area}的选址测算"

    def get_absolute_url(self) -> str:
        return reverse("facilities:study", args=[self.pk])
