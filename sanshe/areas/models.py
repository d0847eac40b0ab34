"""Tables of areas, bodies and places.

Validity is half-open everywhere: a row is in force from `valid_from` up to, but not on, `valid_to`.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .words import AreaLevel, BodyKind, PlaceKind


class Area(models.Model):
    """One area of the managing tree (which is not always the tree of the code prefixes).

    `lo` and `hi` number the whole forest in tree order: the area itself and everything below it are the
    rows with `area.lo <= row.lo < area.hi`. They are computed in one statement after every load.
    """

    code = models.CharField("区划代码", max_length=12)
    name = models.CharField("全称", max_length=80)
    short_name = models.CharField("简称", max_length=80)
    level = models.CharField("层级", max_length=12, choices=AreaLevel.choices)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", db_index=False
    )
    lo = models.IntegerField("树序起", default=0)
    hi = models.IntegerField("树序止", default=0)
    valid_from = models.DateField("起效日")
    valid_to = models.DateField("失效日", null=True, blank=True)

    privacy = {
        "public": "code name short_name level parent lo hi valid_from valid_to",
        "internal": "",
        "personal": "",
        "sensitive": "",
    }

    class Meta:
        verbose_name = "区域"
        verbose_name_plural = "区域"
        ordering = ["lo"]
        indexes = [
            models.Index(fields=["lo"], name="area_lo"),
            models.Index(fields=["parent"], name="area_parent"),
        ]
        constraints = [
            # Not `unique=True`, which brings a second index for LIKE: dead weight on a table of 665,000 rows.
            models.UniqueConstraint(fields=["code"], name="area_code_once"),
            models.CheckConstraint(condition=Q(code__regex=r"^([0-9]{12}|[A-Z]{2}[0-9]{10})$"), name="area_code_form"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="area_validity"
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="area_not_own_parent"),
        ]

    def __str__(self) -> str:
        return self.short_name

    @property
    def has_official_code(self) -> bool:
        """Whether the code comes from the national statistical division codes (ours begin with two letters)."""
        return self.code.isdigit()


class Body(models.Model):
    """A body: whatever can hold posts, handle matters, lead deliberations or supply services."""

    name = models.CharField("名称", max_length=120)
    kind = models.CharField("类别", max_length=24, choices=BodyKind.choices)
    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="bodies", verbose_name="所在区域")
    phone = models.CharField("对外电话", max_length=40, blank=True)
    office_hours = models.CharField("办公时间", max_length=120, blank=True)
    address = models.CharField("办公地址", max_length=200, blank=True)
    handles_matters = models.BooleanField("可作为承办单位", default=False)
    valid_from = models.DateField("起效日")
    valid_to = models.DateField("失效日", null=True, blank=True)

    privacy = {
        "public": "name kind area phone office_hours address handles_matters valid_from valid_to",
        "internal": "",
        "personal": "",
        "sensitive": "",
    }

    class Meta:
        verbose_name = "机构"
        verbose_name_plural = "机构"
        ordering = ["area__lo", "kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["area", "name"], name="body_name_in_area"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="body_validity"
            ),
        ]
        indexes = [models.Index(fields=["kind", "area"], name="body_kind_area")]

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """A kept place of a community, by which people say where something is."""

    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类别", max_length=12, choices=PlaceKind.choices, default=PlaceKind.ESTATE)
    aliases = models.JSONField("别名", default=list, blank=True)
    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="places", verbose_name="所在社区")
    address = models.CharField("地址", max_length=200, blank=True)
    contact = models.CharField("联系电话", max_length=40, blank=True)
    hours = models.CharField("开放时间", max_length=120, blank=True)

    privacy = {
        "public": "name kind aliases area address contact hours",
        "internal": "",
        "personal": "",
        "sensitive": "",
    }

    class Meta:
        verbose_name = "地点"
        verbose_name_plural = "地点"
        ordering = ["area__lo", "name"]
        constraints = [models.UniqueConstraint(fields=["area", "name"], name="place_name_in_area")]

    def __str__(self) -> str:
        return self.name
