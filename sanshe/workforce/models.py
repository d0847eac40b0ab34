"""Tables of the workforce. Validity is half-open: in force from `valid_from` up to, but not on, `valid_to`."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse


class SocialWorkRoom(models.Model):
    """A social work room of a community (notice 二(三)2: in every community, on its facilities)."""

    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="social_work_rooms", verbose_name="社区")
    name = models.CharField("名称", max_length=80)
    hours = models.CharField("开放时间", max_length=120, blank=True)
    floor_area = models.IntegerField("面积（平方米）", null=True, blank=True)
    in_charge = models.JSONField("负责的社会工作专业人员", default=list)
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
        ]
        indexes = [models.Index(fields=["area", "valid_from"], name="room_area")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("workforce:rooms")


class Expert(models.Model):
    """Somebody who can be drawn to judge bids. `fields`: what they know about."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="expert", verbose_name="账号")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="experts", verbose_name="专家库所在区域")
    fields = models.JSONField("专业", default=list)
    valid_from = models.DateField("入库日期")
    valid_to = models.DateField("出库日期", null=True, blank=True)

    privacy = {"internal": "user area fields valid_from valid_to"}

    class Meta:
        verbose_name = "评审专家"

    def __str__(self) -> str:
        return str(self.user)


class ExpertTie(models.Model):
    """What ties an expert to a body: employment, family, shares. It excludes them from judging that body."""

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="ties")
    body = models.ForeignKey("areas.Body", models.PROTECT, related_name="+")
    kind = models.CharField("关系", max_length=40)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)

    privacy = {"sensitive": "expert body kind valid_from valid_to"}

    class Meta:
        verbose_name = "专家的利害关系"
