"""The pool of experts and what keeps them from judging."""

from __future__ import annotations

from django.conf import settings
from django.db import models


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
