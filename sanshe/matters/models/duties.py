"""The three lists of duties: what a community does itself, what it assists with, what must not be put on it."""

from __future__ import annotations

from django.db import models

from ..lists.words import DutyKind
from .versions import VERSION_INTERNAL, VERSION_PUBLIC, ListItem, ListVersion


class DutyList(ListVersion):
    """One version of the three lists together (自治清单、协助清单、负面清单)."""

    privacy = {"public": VERSION_PUBLIC, "internal": VERSION_INTERNAL}

    class Meta(ListVersion.Meta):
        verbose_name = "社区职责清单"
        verbose_name_plural = "社区职责清单"


class DutyItem(ListItem):
    """One duty. `says`: where it begins and ends. `leads`: which body is responsible for it, in words.

    `needs_funds`, `needs_people`: what a task by this item of the assistance list must bring with it.
    """

    set = models.ForeignKey(DutyList, models.PROTECT, related_name="items", verbose_name="清单")
    kind = models.CharField("清单", max_length=8, choices=DutyKind.choices)
    says = models.TextField("界限说明", blank=True)
    leads = models.CharField("牵头单位", max_length=80, blank=True)
    basis = models.TextField("依据", blank=True)
    needs_funds = models.BooleanField("须随任务拨付经费", default=False)
    needs_people = models.BooleanField("须派人到场", default=False)

    privacy = {"public": "set code name covers edition kind says leads basis needs_funds needs_people"}

    class Meta:
        verbose_name = "职责清单条目"
        verbose_name_plural = "职责清单条目"
        ordering = ["set", "code"]
        constraints = [models.UniqueConstraint(fields=["set", "code"], name="duty_item_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code}「{self.name}」"
