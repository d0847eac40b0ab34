"""The service catalogue: what a resident may apply for at any window."""

from __future__ import annotations

from django.db import models


class ServiceItem(models.Model):
    """One item of the catalogue: on what basis, with which materials, who accepts, who decides, in how many days.

    `materials`: list of {"name", "known", "original"}: `known` names the fact of the person index that stands for it
    ("" when it must be brought). `days`: working days from acceptance. Changed only by a new row with its dates.
    """

    code = models.CharField("编码", max_length=20)
    name = models.CharField("服务事项", max_length=80)
    field = models.CharField("类别", max_length=40, blank=True)
    basis = models.TextField("办理依据")
    who = models.TextField("办理对象", blank=True)
    materials = models.JSONField("材料", default=list)
    accepts = models.CharField("由谁受理", max_length=80)
    decides = models.CharField("由谁办理", max_length=80)
    any_window = models.BooleanField("全区域通办", default=True)
    days = models.PositiveSmallIntegerField("办理工作日")
    guidance = models.TextField("办理说明", blank=True)
    valid_from = models.DateField("起效日")
    valid_to = models.DateField("失效日", null=True, blank=True)
    source = models.TextField("来源")

    privacy = {
        "public": (
            "code name field basis who materials accepts decides any_window days guidance valid_from valid_to source"
        )
    }

    class Meta:
        verbose_name = "服务事项"
        verbose_name_plural = "服务事项"
        ordering = ["code", "-valid_from"]
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="service_item_once")]

    def __str__(self) -> str:
        return self.name
