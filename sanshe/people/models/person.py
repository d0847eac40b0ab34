"""One person, one record; and who read it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from sanshe.kernel.fields import EncryptedText, LookupHash
from sanshe.kernel.mask import mask_address

from ..words import PaperKind, ReadKind, Sex


class _Files(models.Manager["Person"]):
    """Files that stand for themselves: those merged into another are reached through it, or by `Person.every`."""

    def get_queryset(self) -> models.QuerySet[Person]:
        return super().get_queryset().filter(merged_into__isnull=True)


class Person(models.Model):
    """One person, one record.

    A file that was merged keeps its own columns and points to the file that is kept, so that the merging can be undone;
    lists and searches pass it by.

    `citizen_masked` and `phone_masked` are stored so that lists need no key; the digits they show are the
    ones that product.md B2 allows.
    """

    name = models.CharField("姓名", max_length=60)
    citizen_number = EncryptedText("公民身份号码", null=True, blank=True)
    citizen_hash = LookupHash("公民身份号码检索值", of="citizen_number", kind="citizen")
    citizen_masked = models.CharField("公民身份号码（掩码）", max_length=18, blank=True)
    paper_kind = models.CharField("其他证件类别", max_length=12, choices=PaperKind.choices, blank=True)
    paper_number = EncryptedText("其他证件号码", null=True, blank=True)
    paper_hash = LookupHash("其他证件号码检索值", of="paper_number", kind="citizen")
    paper_masked = models.CharField("其他证件号码（掩码）", max_length=40, blank=True)
    phone = EncryptedText("手机号码", null=True, blank=True)
    phone_hash = LookupHash("手机号码检索值", of="phone", kind="phone")
    phone_masked = models.CharField("手机号码（掩码）", max_length=20, blank=True)
    address = EncryptedText("住址", null=True, blank=True)
    house = EncryptedText("楼栋房号", null=True, blank=True)
    house_hash = LookupHash("楼栋房号检索值", of="house", kind="text")
    born_on = models.DateField("出生日期", null=True, blank=True)
    sex = models.CharField("性别", max_length=1, choices=Sex.choices, blank=True)
    area = models.ForeignKey(
        "areas.Area", on_delete=models.PROTECT, null=True, blank=True, related_name="people", verbose_name="所在社区"
    )
    user = models.OneToOneField(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="person", verbose_name="本人账号"
    )
    created_at = models.DateTimeField("建档时间")
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="并入的档案"
    )
    anonymised_at = models.DateTimeField("匿名化时间", null=True, blank=True)

    objects = _Files()
    every = models.Manager()

    privacy = {
        "public": "",
        "internal": "area user created_at merged_into anonymised_at",
        "personal": "name citizen_masked paper_kind paper_masked phone_masked sex",
        "sensitive": (
            "citizen_number citizen_hash paper_number paper_hash phone phone_hash address house house_hash born_on"
        ),
    }

    class Meta:
        verbose_name = "人员"
        verbose_name_plural = "人员"
        ordering = ["-id"]
        default_manager_name = "objects"
        base_manager_name = "every"
        indexes = [
            models.Index(fields=["area", "-id"], name="person_area"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["citizen_hash"], condition=~Q(citizen_hash=""), name="person_citizen_once"),
            models.UniqueConstraint(
                fields=["paper_kind", "paper_hash"], condition=~Q(paper_hash=""), name="person_paper_once"
            ),
            models.CheckConstraint(
                condition=Q(citizen_number__isnull=True, citizen_hash="")
                | (Q(citizen_number__isnull=False) & ~Q(citizen_hash="")),
                name="person_citizen_with_hash",
            ),
            models.CheckConstraint(
                condition=Q(paper_number__isnull=True, paper_hash="", paper_kind="")
                | (Q(paper_number__isnull=False) & ~Q(paper_hash="") & ~Q(paper_kind="")),
                name="person_paper_with_kind",
            ),
            models.CheckConstraint(
                condition=Q(phone__isnull=True, phone_hash="") | (Q(phone__isnull=False) & ~Q(phone_hash="")),
                name="person_phone_with_hash",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The file."""
        return reverse("people:person", args=[self.pk])

    @property
    def address_masked(self) -> str:
        """Road and estate; not stored, for a stored mask would stand in every copy of the database."""
        return mask_address(self.address or "")


class ReadLog(models.Model):
    """One reading of a person's file: who, when, what, why. Names and posts are copied as they were then."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="reads", verbose_name="被查阅人")
    reader = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="查阅人"
    )
    reader_label = models.CharField("查阅人与岗位", max_length=120)
    kind = models.CharField("查阅内容", max_length=12, choices=ReadKind.choices)
    reason = models.CharField("事由", max_length=200, blank=True)
    at = models.DateTimeField("时间")

    privacy = {
        "public": "",
        "internal": "person reader kind at",
        "personal": "reader_label reason",
        "sensitive": "",
    }

    class Meta:
        verbose_name = "查阅记录"
        verbose_name_plural = "查阅记录"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["person", "-at"], name="readlog_person")]

    def __str__(self) -> str:
        return f"{self.reader_label} {self.get_kind_display()}"
