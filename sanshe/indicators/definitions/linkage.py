"""What the thread itself moves: triage, purchased services, ratings, deliberations, how often and at what cost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Sum

from sanshe.deliberation.public import Deliberation
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.measures import TOP, Coverage, Kept, Mean, Measure, Share, Total
from sanshe.matters.public import Grade, Matter, MatterAccess, satisfaction_rows, triaged_by_criteria
from sanshe.purchase.public import Contract, running_on

from ..registry import Line, indicator
from .days import end_of, window_start


def _openable(viewer: Viewer, rows: Sequence[Any]) -> set[int]:
    """Ids of the matters among these rows that the viewer may open."""
    return set(MatterAccess.rows(viewer).filter(pk__in={r.matter_id for r in rows}).values_list("pk", flat=True))


def _triages(viewer: Viewer, rows: Sequence[Any]) -> list[Line]:
    may = _openable(viewer, rows)
    return [
        Line(
            (r.matter.number, clock.say_day(r.at), r.get_route_display(), r.criterion.name), r.area_id,
            r.matter.get_absolute_url() if r.matter_id in may else "",
        )
        for r in rows
    ]  # fmt: skip


@indicator(
    "communities_using_triage",
    kind="coverage",
    short="运用三事分流",
    columns=("事项编号", "分流日期", "分流结果", "依据的标准"),
    lines=_triages,
    missing="近一年没有按标准分流过事项",
)
def communities_using_triage(on: date) -> Measure:
    """Communities in which at least one matter was triaged by criteria in the last twelve months (notice 一(三))."""
    rows = triaged_by_criteria(on).filter(at__gte=window_start(on)).select_related("matter", "criterion")
    filed = Matter.objects.filter(created_at__gte=window_start(on), created_at__lt=end_of(on))
    return Coverage(rows, kept=Kept(filed))


def signed_by(on: date) -> QuerySet[Contract]:
    """Every contract signed by the end of a day."""
    return Contract.objects.filter(signed_at__lt=end_of(on))


def _contracts(viewer: Viewer, rows: Sequence[Any]) -> list[Line]:
    return [
        Line(
            (r.project.title, r.supplier.name, f"{clock.say_day(r.begins_on)}起，第{r.year_number}年",
             clock.say_day(r.ends_on)),
            r.area_id, r.get_absolute_url(),
        )
        for r in rows
    ]  # fmt: skip


CONTRACT_COLUMNS = ("服务项目", "承接单位", "合同", "到期")


@indicator(
    "communities_with_purchased_service",
    kind="coverage",
    short="购买社工服务",
    columns=CONTRACT_COLUMNS,
    lines=_contracts,
    missing="没有正在履行的购买服务合同",
)
def communities_with_purchased_service(on: date) -> Measure:
    """Communities with a contract for services in force on the day (notice 一(三): purchased services everywhere)."""
    rows = running_on(on).select_related("project", "supplier")
    return Coverage(rows, kept=Kept(signed_by(on), "area__parent__parent", TOP))


@indicator(
    "service_items",
    kind="total",
    short="服务项目",
    columns=CONTRACT_COLUMNS,
    lines=_contracts,
    missing="没有正在提供的服务项目",
    gap="个服务项目",
)
def service_items(on: date) -> Measure:
    """Projects of social work service that run on the day (notice 二(四)4)."""
    rows = running_on(on).select_related("project", "supplier")
    return Total(rows, kept=Kept(signed_by(on), "area__parent__parent", TOP))


def _ratings(viewer: Viewer, rows: Sequence[Any]) -> list[Line]:
    may = _openable(viewer, rows)
    return [
        Line(
            (r.matter.number, clock.say_day(r.done_at), r.get_route_display(),
             Grade(r.grade).label if r.grade is not None else "未评"),
            r.area_id, r.matter.get_absolute_url() if r.matter_id in may else "",
        )
        for r in rows
    ]  # fmt: skip


@indicator(
    "satisfaction",
    kind="share",
    short="居民满意度",
    columns=("事项编号", "办结日期", "分流", "居民评价"),
    lines=_ratings,
    missing="有差评或没有评价",
)
def satisfaction(on: date) -> Measure:
    """Ratings of 基本满意 and better among all ratings of what was done in the last twelve months.

    What was not rated counts neither as good nor as bad; it stands beside (国办发〔2019〕51号).
    """
    rows = satisfaction_rows(on).filter(done_at__gte=window_start(on)).select_related("matter")
    return Share(rows, good=Q(grade__gte=Grade.FAIR), among=Q(grade__isnull=False), beside="unrated")


def _talks(viewer: Viewer, rows: Sequence[Any]) -> list[Line]:
    return [
        Line((r.title, r.get_form_display(), clock.say_day(r.published_at)), r.area_id, r.get_absolute_url())
        for r in rows
    ]


@indicator(
    "deliberations",
    kind="total",
    short="协商",
    columns=("协商题目", "形式", "公布结果"),
    lines=_talks,
    missing="近一年没有形成协商结果",
    gap="次协商",
)
def deliberations(on: date) -> Measure:
    """Deliberations whose outcome was published in the last twelve months (notice 二(四)1)."""
    every = Deliberation.objects.filter(created_at__lt=end_of(on))
    rows = Deliberation.objects.filter(published_at__gte=window_start(on), published_at__lt=end_of(on))
    return Total(rows, kept=Kept(every))


@indicator(
    "linkages",
    kind="total",
    short="联动次数",
    columns=CONTRACT_COLUMNS,
    lines=_contracts,
    missing="近一年没有签订服务合同",
    gap="次联动",
)
def linkages(on: date) -> Measure:
    """How often the three acted together: contracts signed in the last twelve months (notice 二(四)4)."""
    rows = signed_by(on).filter(signed_at__gte=window_start(on)).select_related("project", "supplier")
    return Total(rows, kept=Kept(signed_by(on), "area__parent__parent", TOP))


@indicator(
    "linkage_cost",
    kind="mean",
    short="每次联动费用",
    columns=CONTRACT_COLUMNS,
    lines=_contracts,
    missing="近一年没有签订服务合同",
    scale=100,
)
def linkage_cost(on: date) -> Measure:
    """The mean sum of these contracts; sums are kept in fen."""
    rows = signed_by(on).filter(signed_at__gte=window_start(on)).select_related("project", "supplier")
    return Mean(rows, amount=Sum("amount"))
