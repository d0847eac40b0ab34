"""Social work rooms, who is in charge of them and what they did."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ..words import LogKind
from .people import Worker


class SocialWorkRoom(models.Model):
    """A social work room of a community (notice 二(三)2: in every community, on its facilities).

    `in_charge` holds names only as long as those people are not workers of the register: see RoomStaff.
    """

    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="social_work_rooms", verbose_name="社区")
    name = models.CharField("名称", max_length=80)
    hours = models.CharField("开放时间", max_length=120, blank=True)
    floor_area = models.IntegerField("面积（平方米）", null=True, blank=True)
    in_charge = models.JSONField("负责人（未入台账的姓名）", default=list, blank=True)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)

    privacy = {"public": "area name hours floor_area in_charge valid_from valid_to"}

    class Meta:
        verbose_name = "社会工作室"
        ordering = ["area__lo", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="room_validity"
            ),
            models.UniqueConstraint(fields=["area"], condition=Q(valid_to__isnull=True), name="room_one_open"),
        ]
        indexes = [models.Index(fields=["area", "valid_from"], name="room_area")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("workforce:room", kwargs={"pk": self.pk})


class RoomStaff(models.Model):
    """A community worker who is in charge of the room, for a time (notice 二(三)2: two of the community's own)."""

    room = models.ForeignKey(SocialWorkRoom, models.CASCADE, related_name="staff", verbose_name="社会工作室")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="rooms", verbose_name="负责人")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)

    privacy = {"public": "room worker valid_from valid_to"}

    class Meta:
        verbose_name = "社会工作室负责人"
        ordering = ["valid_from", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["room", "worker"], condition=Q(valid_to__isnull=True), name="room_staff_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="room_staff_validity"
            ),
        ]

    def __str__(self) -> str:
        return str(self.worker)


class RoomLog(models.Model):
    """Something the room did on a day; nothing personal of those served (case records are elsewhere)."""

    room = models.ForeignKey(SocialWorkRoom, models.CASCADE, related_name="log", verbose_name="社会工作室")
    on = models.DateField("日期")
    kind = models.CharField("形式", max_length=16, choices=LogKind.choices)
    title = models.CharField("内容", max_length=120)
    people = models.PositiveIntegerField("服务人次", null=True, blank=True)

    privacy = {"public": "room on kind title people"}

    class Meta:
        verbose_name = "社会工作室服务记录"
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["room", "-on"], name="room_log_on")]

    def __str__(self) -> str:
        return self.title
