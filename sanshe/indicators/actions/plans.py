"""Verbs of plans that close a gap."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import transaction

from sanshe.accounts.public import Role, User, holders
from sanshe.areas.public import Area
from sanshe.kernel import clock, notices
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed

from ..access import FigureAccess
from ..flow import PLAN_FLOW
from ..models import FigureArea, GapPlan, PlanProgress
from ..queries import figures, get_indicator
from ..words import PlanState

#: Who may be asked to carry a plan: posts in the area or above it.
OWNERS = (
    Role.COMMUNITY_LEAD, Role.COMMUNITY_WORKER, Role.FRONT_DESK, Role.STREET_OFFICER, Role.SERVICE_CENTRE,
    Role.STREET_PURCHASE, Role.DISTRICT_OFFICER,
)  # fmt: skip


def owners_for(area: Area, on: date) -> list[User]:
    """Those who hold a post in the area or above it, so that one of them can carry a plan."""
    return list(holders(*OWNERS, area=area, on=on)[:200])


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(18), tzinfo=clock.TZ)


def _decimal(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(round(number, 2)))


@transaction.atomic
def start(
    *, indicator: str, area_id: int, aim: Decimal, measures: str, owner: int, due: date, by: Viewer, now: datetime
) -> GapPlan:
    """Start a plan for the gap of an area to a target. Raises NotVisible, NotAllowed, Invalid."""
    area = FigureAccess.get(by, area_id, "plan", rows=FigureArea.objects.select_related("parent"))
    measured = get_indicator(indicator)
    (figure,) = figures(area, now.date(), only=indicator)
    wrong: dict[str, str] = {}
    if not measures.strip():
        wrong["measures"] = "请写明准备采取的措施。"
    if due < now.date():
        wrong["due"] = "期限不能早于今天。"
    if aim <= 0:
        wrong["aim"] = "请填写要达到的数，应大于零。"
    if owner not in {user.pk for user in owners_for(area, now.date())}:
        wrong["owner"] = "请从名单里选择负责人：须在本区域或上级有岗位。"
    if GapPlan.objects.filter(indicator=indicator, area_id=area.pk, state=PlanState.DOING).exists():
        wrong[""] = "这个区域的这项目标已有进行中的计划，请在那份计划里报告进展。"
    if wrong:
        raise Invalid(wrong)
    plan = GapPlan(
        indicator=indicator, title=f"{figure.target.title}"[:120], area_id=area.pk, aim=aim,
        began_at=_decimal(figure.number), unit=figure.unit, measures=measures.strip(), owner_id=owner,
        state=PlanState.DOING, made_by_id=by.account_id, made_at=now, due_at=_end_of(due),
    )  # fmt: skip
    begun = PLAN_FLOW.begin(plan, by, now, f"{{actor}}为{area.short_name}制定了补齐计划：{measured.short}")
    if owner != by.user_id:
        said = f"您负责{area.short_name}的补齐计划：{plan.title}"
        notices.notify([owner], said, plan.get_absolute_url(), now, kind="补齐计划")
    return begun


def _now_of(plan: GapPlan, now: datetime) -> Decimal | None:
    """The figure as it stands, None when it has no datum or the pack does not hold the target any more."""
    try:
        (figure,) = figures(plan.area, now.date(), only=plan.indicator)
    except (LookupError, NotAllowed, ValueError):
        return None
    return _decimal(figure.number)


def _said(note: str) -> str:
    if not note.strip():
        raise Invalid({"note": "请写明情况。"})
    return note.strip()


@transaction.atomic
def report(*, plan_id: int, note: str, by: Viewer, now: datetime) -> GapPlan:
    """Report on a plan; the figure of the moment is kept beside. Raises NotVisible, WrongState, NotAllowed, Invalid."""
    plan = PLAN_FLOW.take(plan_id, "report", by)
    said = _said(note)
    PlanProgress.objects.create(plan=plan, at=now, text=said, value=_now_of(plan, now), by_id=by.account_id)
    return PLAN_FLOW.move(plan, "report", by, now, note=said)


def _end(name: str, plan_id: int, note: str, by: Viewer, now: datetime) -> GapPlan:
    plan = PLAN_FLOW.take(plan_id, name, by)
    plan.ended_note, plan.ended_at = _said(note), now
    return PLAN_FLOW.move(plan, name, by, now, note=plan.ended_note)


@transaction.atomic
def finish(*, plan_id: int, note: str, by: Viewer, now: datetime) -> GapPlan:
    """Confirm that the gap is closed. Raises NotVisible, WrongState, NotAllowed, Invalid."""
    return _end("finish", plan_id, note, by, now)


@transaction.atomic
def drop(*, plan_id: int, note: str, by: Viewer, now: datetime) -> GapPlan:
    """Give a plan up, with the reason. Raises NotVisible, WrongState, NotAllowed, Invalid."""
    return _end("drop", plan_id, note, by, now)


def owner_choices(area: Area, on: date) -> list[tuple[Any, str]]:
    """Those who may carry a plan, for a form."""
    return [(user.pk, user.name) for user in owners_for(area, on)]
