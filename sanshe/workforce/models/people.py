"""Workers, their certificates and hours, and the posts that were set up for them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ..words import Education, Level, Team, WorkerKind


class StaffPost(models.Model):
    """A post that was set up in an area (or in a body there), with how many people it is for.

    `social_work` marks the posts for social work professionals of notice 二(三)1.
    """

    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="staff_posts", verbose_name="所在区域")
    body = models.ForeignKey(
        "areas.Body", models.PROTECT, null=True, blank=True, related_name="staff_posts", verbose_name="设岗单位"
    )
    title = models.CharField("岗位名称", max_length=60)
    places = models.PositiveSmallIntegerField("核定人数", default=1)
    social_work = models.BooleanField("社会工作专业岗位", default=False)
    basis = models.CharField("设岗依据", max_length=120, blank=True)
    valid_from = models.DateField("设岗日期")
    valid_to = models.DateField("撤岗日期", null=True, blank=True)

    privacy = {"public": "area body title places social_work basis valid_from valid_to"}

    class Meta:
        verbose_name = "工作岗位"
        ordering = ["area__lo", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "body", "title", "valid_from"], nulls_distinct=False, name="staff_post_once"
            ),
            models.CheckConstraint(condition=Q(places__gte=1), name="staff_post_places"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="staff_post_validity"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Worker(models.Model):
    """Somebody who works, or volunteers, in an area; `body` is the employer of an agency's social worker."""

    name = models.CharField("姓名", max_length=60)
    person = models.ForeignKey(
        "people.Person", models.PROTECT, null=True, blank=True, related_name="work", verbose_name="人员档案"
    )
    kind = models.CharField("类别", max_length=24, choices=WorkerKind.choices)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="workers", verbose_name="工作区域")
    body = models.ForeignKey(
        "areas.Body", models.PROTECT, null=True, blank=True, related_name="workers", verbose_name="所在单位"
    )
    post = models.ForeignKey(
        StaffPost, models.PROTECT, null=True, blank=True, related_name="workers", verbose_name="岗位"
    )
    education = models.CharField("学历", max_length=12, choices=Education.choices, blank=True)
    social_work_degree = models.BooleanField("社会工作专业学历", default=False)
    team = models.CharField("所属队伍", max_length=12, choices=Team.choices, blank=True)
    valid_from = models.DateField("到岗日期")
    valid_to = models.DateField("离岗日期", null=True, blank=True)

    privacy = {
        "internal": "kind area body post team valid_from valid_to",
        "personal": "name person education social_work_degree",
    }

    class Meta:
        verbose_name = "社工队伍人员"
        ordering = ["area__lo", "name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="worker_validity"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[WorkerKind.COMMUNITY_WORKER, WorkerKind.VOLUNTEER]) | Q(body__isnull=False),
                name="worker_of_agency_has_body",
            ),
            models.UniqueConstraint(
                fields=["person", "area", "kind"],
                condition=Q(person__isnull=False, valid_to__isnull=True),
                name="worker_once_in_area",
            ),
        ]
        indexes = [
            models.Index(fields=["area", "kind"], name="worker_area_kind"),
            models.Index(fields=["name", "id"], name="worker_by_name"),  # the ledger opens in this order
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("workforce:worker", kwargs={"pk": self.pk})


class Certificate(models.Model):
    """A professional certificate and its registration: in force from `registered_on` up to, not on, `registered_until`.

    A registration that is renewed in time gets a later `registered_until`; one that had lapsed is a new row.
    """

    worker = models.ForeignKey(Worker, models.CASCADE, related_name="certificates", verbose_name="持证人")
    level = models.CharField("级别", max_length=16, choices=Level.choices)
    number = models.CharField("证书编号", max_length=40, blank=True)
    issued_on = models.DateField("取得日期")
    registered_on = models.DateField("登记日期", null=True, blank=True)
    registered_until = models.DateField("登记到期日", null=True, blank=True)

    privacy = {"internal": "worker level issued_on registered_on registered_until", "personal": "number"}

    class Meta:
        verbose_name = "职业水平证书"
        ordering = ["worker", "-issued_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(registered_on__isnull=True, registered_until__isnull=True)
                | Q(
                    # Said outright: a comparison with nothing is neither true nor false, and would pass.
                    registered_on__isnull=False,
                    registered_until__isnull=False,
                    registered_on__gte=F("issued_on"),
                    registered_until__gt=F("registered_on"),
                ),
                name="certificate_registration",
            ),
            models.UniqueConstraint(
                fields=["number", "registered_on"],
                condition=~Q(number=""),
                nulls_distinct=False,
                name="certificate_number_once",
            ),
        ]
        indexes = [models.Index(fields=["registered_until"], name="certificate_until")]

    def __str__(self) -> str:
        return self.get_level_display()

    def get_absolute_url(self) -> str:
        return self.worker.get_absolute_url()


class ContinuingEducation(models.Model):
    """Hours of continuing education on a day."""

    worker = models.ForeignKey(Worker, models.CASCADE, related_name="education_hours", verbose_name="学员")
    on = models.DateField("日期")
    title = models.CharField("课程", max_length=120)
    hours = models.PositiveSmallIntegerField("学时")
    organiser = models.CharField("举办单位", max_length=80, blank=True)

    privacy = {"internal": "worker on title hours organiser"}

    class Meta:
        verbose_name = "继续教育"
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["worker", "on", "title"], name="education_once"),
            models.CheckConstraint(condition=Q(hours__range=(1, 200)), name="education_hours"),
        ]

    def __str__(self) -> str:
        return self.title
