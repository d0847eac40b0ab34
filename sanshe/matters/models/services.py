"""The service catalogue: what a resident may apply for at any window."""

from __future__ import annotations

from typing import Any

from django.db import models

from ..words import OnlineWay

#: Facts of the person index that may stand for a material, and how they are named to whoever reads of it.
FACTS = {
    "citizen_number": "公民身份号码",
    "phone": "联系电话",
    "address": "居住地址",
    "household": "户籍和家庭成员",
    "born_on": "出生日期",
}


class Asked(dict[str, Any]):
    """A material as the catalogue asks for it, which says itself in words: 「户口簿（档案：户籍和家庭成员）」."""

    def __str__(self) -> str:
        marks = [f"档案：{FACTS[self['known']]}"] if self.get("known") in FACTS else []
        marks += ["核原件"] if self.get("original") else []
        return str(self.get("name", "")) + (f"（{'，'.join(marks)}）" if marks else "")


class ServiceItem(models.Model):
    """One item of the catalogue: on what basis, with which materials, who accepts, who decides, in how many days.

    `materials`: list of {"name", "known", "original"}: `known` names the fact of the person index that stands for it
    ("" when it must be brought). `days`: working days from acceptance. `online`: whether one may apply from home, with
    the reason where one may not. `life`: the situations in life in which one needs it; `says`: how people call it.
    `for_others`: somebody else may apply for them. Changed only by a new row with its dates.
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
    online = models.CharField("网上申请", max_length=8, choices=OnlineWay.choices, blank=True, db_default="")
    online_note = models.CharField("不能网上办的原因", max_length=200, blank=True, db_default="")
    life = models.JSONField("人生大事", default=list, blank=True)
    says = models.JSONField("俗称", default=list, blank=True)
    for_others = models.BooleanField("可以代办", default=False, db_default=False)

    privacy = {
        "public": (
            "code name field basis who materials accepts decides any_window days guidance valid_from valid_to source "
            "online online_note life says for_others"
        )
    }

    class Meta:
        verbose_name = "服务事项"
        verbose_name_plural = "服务事项"
        ordering = ["code", "-valid_from"]
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="service_item_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_online(self) -> bool:
        """Whether one may apply for it from home."""
        return self.online in (OnlineWay.OPEN, OnlineWay.SIGNED)

    @classmethod
    def from_db(cls, db: Any, field_names: Any, values: Any, **more: Any) -> ServiceItem:
        """A row as it is read: its materials say themselves in words."""
        row = super().from_db(db, field_names, values, **more)
        if isinstance(row.__dict__.get("materials"), list):
            row.materials = [Asked(one) for one in row.materials]
        for name in ("life", "says"):
            if isinstance(row.__dict__.get(name), list):
                setattr(row, name, [str(one) for one in getattr(row, name)])
        return row
