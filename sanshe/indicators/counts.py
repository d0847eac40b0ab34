"""Live counts for the notice item by item: what there is in the area today, each one query."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from sanshe.areas.public import Area, Body, BodyKind, BodyMember, in_force, inside
from sanshe.deliberation.public import Deliberation, Outcome, OutcomeNeed
from sanshe.evaluation.public import Brand, ZoneStage
from sanshe.facilities.public import Facility
from sanshe.matters.public import CallBack, Matter, Rating, Triage
from sanshe.orgs.public import Organisation, OrganisationActivity, Residency
from sanshe.people.public import Household
from sanshe.purchase.public import Contract, Need, Project
from sanshe.workforce.public import Certificate, StaffPost, WorkerKind, workers_on

from .definitions.days import end_of, window_first, window_start


@dataclass(frozen=True)
class Counted:
    """How many of what, in words: 「12 家社会组织」; `path` is the rows' way to their area."""

    words: str
    rows: Callable[[date], QuerySet[Any]]
    path: str = "area"


def _bodies(*kinds: str) -> Callable[[date], QuerySet[Any]]:
    return lambda on: Body.objects.filter(in_force(on), kind__in=kinds)


COUNTS: dict[str, Counted] = {
    "households": Counted("{n} 户在住户台账", lambda on: Household.objects.filter(in_force(on))),
    "facilities": Counted("{n} 处在册设施", lambda on: Facility.objects.filter(in_force(on))),
    "service_centres": Counted("{n} 个服务中心在册", _bodies(BodyKind.SERVICE_CENTRE)),
    "community_bodies": Counted(
        "{n} 个党组织、居委会和居务监督委员会在册",
        _bodies(BodyKind.PARTY_ORGANISATION, BodyKind.RESIDENTS_COMMITTEE, BodyKind.SUPERVISION_COMMITTEE),
    ),
    "members": Counted("{n} 名机构成员在册", lambda on: BodyMember.objects.filter(in_force(on)), "body__area"),
    "organisations": Counted("{n} 个社会组织在册", lambda on: Organisation.objects.filter(in_force(on))),
    "party_in_organisations": Counted(
        "{n} 个社会组织建有党组织", lambda on: Organisation.objects.filter(in_force(on)).exclude(party_organisation="")
    ),
    "graded": Counted(
        "{n} 个社会组织有评估等级", lambda on: Organisation.objects.filter(in_force(on), grade__isnull=False)
    ),
    "residencies": Counted(
        "{n} 个社会组织入驻孵化基地", lambda on: Residency.objects.filter(in_force(on)), "incubator__area"
    ),
    "activities": Counted(
        "近 12 个月 {n} 次组织活动",
        lambda on: OrganisationActivity.objects.filter(on__gte=window_first(on), on__lte=on),
    ),
    "staff_posts": Counted(
        "{n} 个社会工作专业岗位", lambda on: StaffPost.objects.filter(in_force(on), social_work=True)
    ),
    "certificates": Counted("{n} 份证书在册", lambda on: Certificate.objects.filter(issued_on__lte=on), "worker__area"),
    "volunteers": Counted("{n} 名志愿者在册", lambda on: workers_on(on).filter(kind=WorkerKind.VOLUNTEER)),
    "matters": Counted(
        "近 12 个月 {n} 件事项",
        lambda on: Matter.objects.filter(created_at__gte=window_start(on), created_at__lt=end_of(on)),
    ),
    "triages": Counted(
        "近 12 个月分流 {n} 次", lambda on: Triage.objects.filter(at__gte=window_start(on), at__lt=end_of(on))
    ),
    "ratings": Counted(
        "近 12 个月 {n} 次评价", lambda on: Rating.objects.filter(at__gte=window_start(on), at__lt=end_of(on))
    ),
    "callbacks": Counted("{n} 次差评回访", lambda on: CallBack.objects.filter(opened_at__lt=end_of(on))),
    "deliberations": Counted(
        "近 12 个月发起 {n} 次协商",
        lambda on: Deliberation.objects.filter(created_at__gte=window_start(on), created_at__lt=end_of(on)),
    ),
    "outcomes": Counted("{n} 份协商意见", lambda on: Outcome.objects.all(), "deliberation__area"),
    "outcome_needs": Counted(
        "{n} 条服务需求来自协商", lambda on: OutcomeNeed.objects.all(), "outcome__deliberation__area"
    ),
    "needs": Counted("{n} 条服务需求", lambda on: Need.objects.all()),
    "projects": Counted("{n} 个服务项目", lambda on: Project.objects.filter(made_at__lt=end_of(on))),
    "contracts": Counted("{n} 份已签服务合同", lambda on: Contract.objects.filter(signed_at__lt=end_of(on))),
    "brands": Counted("{n} 个品牌和特色", lambda on: Brand.objects.filter(in_force(on))),
    "zone_stages": Counted("登记了 {n} 个创建阶段", lambda on: ZoneStage.objects.filter(on__lte=on)),
}


def say(name: str, area: Area, on: date) -> str:
    """The count of that name for an area on a day, in words. Raises KeyError."""
    counted = COUNTS[name]
    number = counted.rows(on).filter(inside(area, on, counted.path) if counted.path else Q()).count()
    return counted.words.format(n=number)
