"""The register of social organisations."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from .words import Standing


class Organisation(models.Model):
    """A social organisation. `kind` and `x_kind` are the notice's two lists of classes, which are data."""

    body = models.OneToOneField("areas.Body", models.PROTECT, related_name="organisation", verbose_name="机构")
    name = models.CharField("名称", max_length=120)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="organisations", verbose_name="所在区域")
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    kind = models.CharField("类别", max_length=40)
    x_kind = models.CharField("“X”类型", max_length=40, blank=True)
    standing = models.CharField("身份", max_length=12, choices=Standing.choices)
    is_agency = models.BooleanField("社会工作服务机构", default=False)
    party_organisation = models.CharField("党组织", max_length=80, blank=True)
    members = models.IntegerField("人数", null=True, blank=True)
    profile = models.TextField("简介", blank=True)
    brand = models.CharField("服务品牌", max_length=60, blank=True)
    contact = models.CharField("联系人", max_length=40, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    valid_from = models.DateField("成立日期")
    valid_to = models.DateField("注销日期", null=True, blank=True)

    privacy = {
        "public": "body name area credit_code kind x_kind standing is_agency party_organisation members profile "
        "brand phone valid_from valid_to",
        "personal": "contact",
    }

    class Meta:
        verbose_name = "社会组织"
        ordering = ["area__lo", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"], condition=~models.Q(credit_code=""), name="organisation_code_once"
            ),
        ]
        indexes = [models.Index(fields=["area", "kind"], name="organisation_area")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("orgs:detail", kwargs={"pk": self.pk})
