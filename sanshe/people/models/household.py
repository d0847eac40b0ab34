"""Households: who lives in one house, registered there or not."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from sanshe.kernel.fields import EncryptedText, LookupHash
from sanshe.kernel.mask import mask_address

from ..words import HouseholdKind, Relation


class Household(models.Model):
    """One household of a community. In force from `valid_from` up to, but not on, `valid_to`."""

    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="households", verbose_name="所在社区")
    place = models.ForeignKey(
        "areas.Place", on_delete=models.PROTECT, null=True, blank=True, related_name="households", verbose_name="小区"
    )
    address = EncryptedText("住址", null=True, blank=True)
    house = EncryptedText("楼栋房号", null=True, blank=True)
    house_hash = LookupHash("楼栋房号检索值", of="house", kind="text")
    kind = models.CharField("户别", max_length=16, choices=HouseholdKind.choices)
    head = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="headed", verbose_name="户主"
    )
    valid_from = models.DateField("登记日期")
    valid_to = models.DateField("注销日期", null=True, blank=True)

    privacy = {
        "public": "",
        "internal": "area place kind head valid_from valid_to",
        "personal": "",
        "sensitive": "address house house_hash",
    }

    class Meta:
        verbose_name = "住户"
        verbose_name_plural = "住户"
        ordering = ["-id"]
        indexes = [models.Index(fields=["area", "-id"], name="household_area")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="household_validity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.head.name}户" if self.head is not None else f"第 {self.pk} 户"

    @property
    def address_masked(self) -> str:
        """Road and estate; not stored."""
        return mask_address(self.address or "")


class HouseholdMember(models.Model):
    """One person in one household, for a time. A person may be registered in one house and live in another."""

    household = models.ForeignKey(
        "people.Household", on_delete=models.PROTECT, related_name="members", verbose_name="住户"
    )
    person = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="memberships", verbose_name="成员"
    )
    relation = models.CharField("与户主关系", max_length=12, choices=Relation.choices, default=Relation.OTHER)
    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("截止日期", null=True, blank=True)

    privacy = {"public": "", "internal": "household person valid_from valid_to", "personal": "relation"}

    class Meta:
        verbose_name = "住户成员"
        verbose_name_plural = "住户成员"
        ordering = ["household", "valid_from", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "person"], condition=Q(valid_to__isnull=True), name="household_member_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="household_member_validity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_relation_display()}"
