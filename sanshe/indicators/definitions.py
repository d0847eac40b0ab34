"""The four indicators that the thread itself moves. Definitions of who counts stand with their targets (policy)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.measures import Coverage, Measure, Share
from sanshe.matters.public import Grade, MatterAccess, satisfaction_rows, triaged_by_criteria
from sanshe.purchase.public import running_on
from sanshe.workforce.public import rooms_on

from .registry import Line, indicator


def window_start(on: date) -> Any:
    """The first moment of the window that ends with a day (parameter `indicators.window_days`)."""
    first = on - timedelta(days=int(params.get("indicators.window_days", on=on).value) - 1)
    return clock.at(first.year, first.month, first.day)


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
    short="运用三事分流",
    columns=("事项编号", "分流日期", "分流结果", "依据的标准"),
    lines=_triages,
    missing="近一年没有分流过事项",
)
def communities_using_triage(on: date) -> Measure:
    """Communities in which at least one matter was triaged by criteria in the last twelve months (notice 一(三))."""
    rows = triaged_by_criteria(on).filter(at__gte=window_start(on)).select_related("matter", "criterion")
    return Coverage(rows)


def _contracts(viewer: Viewer, rows: Sequence[Any]) -> list[Line]:
    return [
        Line(
            (r.project.title, r.supplier.name, f"{clock.say_day(r.begins_on)}起，第{r.year_number}年",
             clock.say_day(r.ends_on)),
            r.area_id, r.get_absolute_url(),
        )
        for r in rows
    ]  # fmt: skip


@indicator(
    "communities_with_purchased_service",
    short="购买社工服务",
    columns=("服务项目", "承接单位", "合同", "到期"),
    lines=_contracts,
    missing="没有正在履行的购买服务合同",
)
def communities_with_purchased_service(on: date) -> Measure:
    """Communities with a contract for services in force on the day (notice 一(三): purchased services everywhere)."""
    return Coverage(running_on(on).select_related("project", "supplier"))


def _rooms(viewer: Viewer, rows: Sequence[Any]) -> list[Line]:
    return [
        Line((r.name, r.hours, "、".join(r.in_charge), clock.say_day(r.valid_from)), r.area_id, r.get_absolute_url())
        for r in rows
    ]


@indicator(
    "communities_with_social_work_room",
    short="设有社会工作室",
    columns=("社会工作室", "开放时间", "负责人", "启用日期"),
    lines=_rooms,
    missing="还没有社会工作室",
)
def communities_with_social_work_room(on: date) -> Measure:
    """Communities with a social work room in use on the day (notice 一(三))."""
    return Coverage(rooms_on(on))


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
    short="居民满意度",
    columns=("事项编号", "办结日期", "分流", "居民评价"),
    lines=_ratings,
    missing="有差评或没有评价",
    by_row=True,
)
def satisfaction(on: date) -> Measure:
    """Ratings of 基本满意 and better among all ratings of what was done in the last twelve months.

    What was not rated counts neither as good nor as bad; it stands beside (国办发〔2019〕51号).
    """
    rows = satisfaction_rows(on).filter(done_at__gte=window_start(on)).select_related("matter")
    return Share(rows, good=Q(grade__gte=Grade.FAIR), among=Q(grade__isnull=False), beside="unrated")
