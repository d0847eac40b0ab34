"""Community set-up: the application, and who looks after an area until its community is established."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ..words import InterimKind, SetupState


class SetupApplication(models.Model):
    """A street's application for a new community. Figures stay empty until they are known: 无数据 is never met."""

    name = models.CharField("拟设社区名称", max_length=40)
    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="setups", verbose_name="所在街道")
    state = models.CharField("状态", max_length=12, choices=SetupState.choices, default=SetupState.DRAFT)
    places = models.CharField("拟管辖的小区、楼栋", max_length=400, blank=True)
    planned_households = models.PositiveIntegerField("规划总户数", null=True, blank=True)
    registered_households = models.PositiveIntegerField("户籍户数", null=True, blank=True)
    other_households = models.PositiveIntegerField("居住辖区的非户籍户数", null=True, blank=True)
    moved_in_households = models.PositiveIntegerField("已入住户数", null=True, blank=True)
    radius_minutes = models.PositiveSmallIntegerField("服务半径（步行分钟）", null=True, blank=True)
    office_m2 = models.DecimalField("办公服务用房建筑面积", max_digits=9, decimal_places=2, null=True, blank=True)
    rooms = models.JSONField("功能室", default=list, blank=True)
    elderly_m2 = models.DecimalField("养老服务用房建筑面积", max_digits=9, decimal_places=2, null=True, blank=True)
    boundary_fits = models.BooleanField("管辖范围符合布局规划", null=True, blank=True)
    boundary_reference = models.CharField("布局规划的名称、图号", max_length=200, blank=True)
    interim = models.CharField("设立前的安排", max_length=12, choices=InterimKind.choices, blank=True)
    checks = models.JSONField("决定时的核对结果", default=list, blank=True)
    established = models.ForeignKey(
        "areas.Area", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="居民小组或社区"
    )
    established_on = models.DateField("设立日期", null=True, blank=True)
    document = models.CharField("批准文号", max_length=80, blank=True)
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="起草人"
    )
    created_at = models.DateTimeField("起草时间")

    privacy = {
        "public": "",
        "internal": "name area state places planned_households registered_households other_households "
        "moved_in_households radius_minutes office_m2 rooms elderly_m2 boundary_fits boundary_reference interim checks "
        "established established_on document applicant created_at",
        "personal": "",
        "sensitive": "",
    }

    class Meta:
        verbose_name = "新设社区申请"
        verbose_name_plural = "新设社区申请"
        ordering = ["-id"]
        indexes = [models.Index(fields=["area", "-id"], name="setup_area")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=SetupState.ESTABLISHED) | Q(established__isnull=False, established_on__isnull=False),
                name="setup_established",
            ),
        ]

    def __str__(self) -> str:
        return f"新设{self.name}"

    def get_absolute_url(self) -> str:
        """The page of the application."""
        return reverse("areas:setup", kwargs={"pk": self.pk})

    @property
    def households(self) -> int | None:
        """Registered households and those of others who live there; None until both are known."""
        if self.registered_households is None or self.other_households is None:
            return None
        return self.registered_households + self.other_households


class ManagedBy(models.Model):
    """Who looks after an area that has no community of its own yet: a neighbouring community (代管), or the named
    receiver of a residents' group, who is reached through the community that `manager` names."""

    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="managed", verbose_name="区域")
    manager = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="manages", verbose_name="代管社区")
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="接收人",
    )  # fmt: skip
    receiver_name = models.CharField("接收人姓名", max_length=40, blank=True)
    receiver_phone = models.CharField("接收人办公电话", max_length=40, blank=True)
    valid_from = models.DateField("起效日")
    valid_to = models.DateField("失效日", null=True, blank=True)
    source = models.CharField("依据", max_length=300, blank=True)

    privacy = {
        "public": "area manager receiver_name receiver_phone valid_from valid_to source",
        "internal": "receiver",
    }

    class Meta:
        verbose_name = "代管"
        verbose_name_plural = "代管"
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(area=F("manager")), name="managed_by_another"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="managed_validity"
            ),
            models.UniqueConstraint(fields=["area"], condition=Q(valid_to__isnull=True), name="managed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.area}由{self.manager}代管"
