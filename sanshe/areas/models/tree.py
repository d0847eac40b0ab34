"""Areas with their earlier forms, and the kept places.

Validity is half-open everywhere: a row is in force from `valid_from` up to, but not on, `valid_to`.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ..words import AreaLevel, PlaceKind, SuccessionKind


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
    def level_word(self) -> str:
        """The level as people say it: a town is a 镇, though it stands where streets do."""
        for level, endings, other in ((AreaLevel.STREET, ("镇", "乡"), "街道"), (AreaLevel.COMMUNITY, ("村",), "社区")):
            if self.level == level:
                return next((ending for ending in endings if self.short_name.endswith(ending)), other)
        return str(self.get_level_display())

    @property
    def has_official_code(self) -> bool:
        """Whether the code comes from the national statistical division codes (ours begin with two letters)."""
        return self.code.isdigit()


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


class AreaVersion(models.Model):
    """One form that an area had, or has: its code, name, level and parent over a span of days.

    Only areas that were ever changed have versions; theirs cover the area's whole life without gaps, the one in force
    today is the last and says the same as the area's own row. `provisional`: the code is not confirmed as official.
    """

    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="versions", verbose_name="区域")
    code = models.CharField("区划代码", max_length=12)
    name = models.CharField("全称", max_length=80)
    short_name = models.CharField("简称", max_length=80)
    level = models.CharField("层级", max_length=12, choices=AreaLevel.choices)
    parent = models.ForeignKey(
        "areas.Area", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上级"
    )
    valid_from = models.DateField("起效日")
    valid_to = models.DateField("失效日", null=True, blank=True)
    provisional = models.BooleanField("代码待确认", default=False)
    source = models.CharField("依据", max_length=300, blank=True)

    privacy = {"public": "area code name short_name level parent valid_from valid_to provisional source"}

    class Meta:
        verbose_name = "区域沿革"
        verbose_name_plural = "区域沿革"
        ordering = ["area", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["area", "valid_from"], name="area_version_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="area_version_validity"
            ),
        ]
        indexes = [
            models.Index(fields=["code"], name="area_version_code"),
            models.Index(fields=["valid_to"], name="area_version_until"),
        ]

    def __str__(self) -> str:
        return f"{self.short_name}（{self.code}）"


class AreaSuccession(models.Model):
    """Which area stands for another from a day on: its records, earlier and late, count there.

    Of several successors (a split) the one with `main` stands for the earlier records; an area that lives on while a
    part of it leaves (析出) has none.
    """

    old = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="successions", verbose_name="原区域")
    new = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="takes_over", verbose_name="新区域")
    on = models.DateField("自何日起")
    kind = models.CharField("方式", max_length=12, choices=SuccessionKind.choices)
    main = models.BooleanField("承接原有记录", default=True)
    source = models.CharField("依据", max_length=300, blank=True)

    privacy = {"public": "old new on kind main source"}

    class Meta:
        verbose_name = "区域承接"
        verbose_name_plural = "区域承接"
        ordering = ["on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["old", "new", "on"], name="area_succession_once"),
            models.UniqueConstraint(fields=["old"], condition=Q(main=True), name="area_succession_main"),
            models.CheckConstraint(condition=~Q(old=F("new")), name="area_succession_other"),
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
