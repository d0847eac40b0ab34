"""What an application stands on: its materials, each known already, seen, copied, or to be brought by a day."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ..words import MaterialState


class ApplicationMaterial(models.Model):
    """One material of one application, as the catalogue asked for it on that day.

    `fact` names what the person index holds in its place, for those that need not be brought. `due_on` is promised for
    what is missing (容缺); `settled_at` is when it was seen at last.
    """

    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="materials", verbose_name="申请")
    position = models.PositiveSmallIntegerField("序号")
    name = models.CharField("材料", max_length=80)
    state = models.CharField("情况", max_length=8, choices=MaterialState.choices)
    fact = models.CharField("由档案代替的内容", max_length=20, blank=True)
    due_on = models.DateField("补齐期限", null=True, blank=True)
    settled_at = models.DateTimeField("核对时间", null=True, blank=True)

    privacy = {"internal": "matter position name state fact due_on settled_at"}

    class Meta:
        verbose_name = "申请材料"
        verbose_name_plural = "申请材料"
        ordering = ["matter", "position"]
        constraints = [
            models.UniqueConstraint(fields=["matter", "position"], name="application_material_once"),
            models.CheckConstraint(
                condition=~Q(state="later") | Q(due_on__isnull=False), name="application_material_has_day"
            ),
        ]
        indexes = [models.Index("due_on", condition=Q(state="later"), name="application_material_due")]

    def __str__(self) -> str:
        return self.name
