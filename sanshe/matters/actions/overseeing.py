"""Oversight orders that open by rule (督办): refused, overdue, undone. Never two for the same cause."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q

from sanshe.accounts.public import Role
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer

from .. import deadlines
from ..flow import FLOW
from ..flow_parts import OVERSIGHT
from ..models import Matter, OversightOrder
from ..words import MatterState, OversightRule, OversightState
from .telling import tell_posts, tell_unit

CHUNK = 200
WITH_UNIT = (MatterState.ASSIGNED, MatterState.HANDLING)


def oversee_by_rule(by: Viewer, now: datetime, stop: Callable[[], bool]) -> int:
    """Open the orders that the rules ask for. One transaction a matter; returns how many were opened."""
    count = 0
    for rule, rows in (
        (OversightRule.REFUSED, _refused(now)),
        (OversightRule.OVERDUE, _overdue(now)),
        (OversightRule.UNDONE, _undone(now)),
    ):
        for pk in list(rows.order_by("due_at").values_list("pk", flat=True).distinct()[:CHUNK]):
            if stop():
                return count
            count += _open(pk, rule, by, now)
    return count


def _without(rows: Any, rule: OversightRule) -> Any:
    """Matters on which no order by this rule was opened since the unit last had cause for one."""
    waiting = [OversightState.ISSUED, OversightState.ANSWERED]
    open_now = Q(oversightorders__rule=rule, oversightorders__state__in=waiting)
    return rows.annotate(open_orders=Count("oversightorders", filter=open_now)).filter(open_orders=0)


def _refused(now: datetime) -> Any:
    day = timedelta(days=deadlines.days("oversight_refused_days", now, "watch"))
    units = deadlines.days("oversight_returned_units", now, "watch")
    rows = Matter.objects.filter(state=MatterState.ASSIGNED, given_at__lt=now - day)
    rows = rows.filter(Q(designated=True) | Q(returned__gte=units))
    return _without(rows, OversightRule.REFUSED)


def _overdue(now: datetime) -> Any:
    days = timedelta(days=deadlines.days("oversight_overdue_days", now, "watch"))
    rows = Matter.objects.filter(state__in=WITH_UNIT, due_at__lt=now - days)
    told = Q(oversightorders__rule=OversightRule.OVERDUE, oversightorders__issued_at__gt=F("due_at"))
    rows = rows.annotate(told=Count("oversightorders", filter=told)).filter(told=0)
    return _without(rows, OversightRule.OVERDUE)


def _undone(now: datetime) -> Any:
    times = deadlines.days("oversight_reopened", now, "watch")
    rows = Matter.objects.filter(state__in=WITH_UNIT, reopened__gte=times)
    told = Q(oversightorders__rule=OversightRule.UNDONE, oversightorders__cause__gte="")
    # One for each further reopening: as many orders as reopenings from the limit on.
    rows = rows.annotate(told=Count("oversightorders", filter=told)).filter(told__lte=F("reopened") - times)
    return _without(rows, OversightRule.UNDONE)


def _cause(matter: Matter, rule: OversightRule, now: datetime) -> tuple[str, str]:
    """The mark of the occasion and the words of the order; ("", "") when the rule does not hold (any more)."""
    version = matter.calendar_version or None
    if rule == OversightRule.REFUSED:
        shown = params.get("watch.oversight_refused_days", on=clock.local(now).date())
        last = clock.add_working_days(matter.given_at or now, int(shown.value), version)
        units = matter.returns.values("unit").distinct().count()
        many = units >= deadlines.days("oversight_returned_units", now, "watch")
        if matter.state != MatterState.ASSIGNED or now <= last or not (matter.designated or many):
            return "", ""
        why = "街道已经指定由本单位承办" if matter.designated else f"已有 {units} 个单位退回"
        mark = f"{matter.given_at:%Y%m%d%H%M%S}"
        return mark, f"{why}，超过 {shown.shown}仍未接收。请立即接收办理，并回复为什么没有接收。"
    if rule == OversightRule.OVERDUE:
        shown = params.get("watch.oversight_overdue_days", on=clock.local(now).date())
        if matter.due_at is None or now <= clock.add_working_days(matter.due_at, int(shown.value), version):
            return "", ""
        day = clock.say_day(matter.due_at)
        mark = f"{matter.due_at:%Y%m%d%H%M%S}"
        return mark, f"期限是{day}，逾期超过 {shown.shown}。请尽快办结，并回复原因和办结日期。"
    if matter.reopened < deadlines.days("oversight_reopened", now, "watch"):
        return "", ""
    return str(matter.reopened), f"反映人已 {matter.reopened} 次认为没有解决。请到现场核实，一次办好，并回复怎样解决。"


@transaction.atomic
def _open(pk: int, rule: OversightRule, by: Viewer, now: datetime) -> int:
    matter = Matter.objects.select_for_update().get(pk=pk)
    if matter.state not in WITH_UNIT or matter.host_unit_id is None:
        return 0
    cause, requirement = _cause(matter, rule, now)
    if not cause or OversightOrder.objects.filter(matter=matter, rule=rule, cause=cause).exists():
        return 0
    version = clock.calendar_version()
    FLOW.move(
        matter, "oversee_rule", by, now, note=requirement, sentence=f"系统按“{rule.label}”的规则发出督办",
        data={"rule": str(rule), "cause": cause},
    )  # fmt: skip
    order = OversightOrder(
        matter=matter, area_id=matter.area_id, unit_id=matter.host_unit_id, rule=rule, cause=cause,
        requirement=requirement, state=OversightState.ISSUED, issued_at=now, calendar_version=version,
        due_at=clock.add_working_days(now, deadlines.days("oversight_answer_days", now, "watch"), version),
    )  # fmt: skip
    OVERSIGHT.begin(order, by, now, f"系统按“{rule.label}”的规则发出督办")
    tell_unit(matter, matter.host_unit_id, f"督办（{rule.label}）：{matter}", now)
    tell_posts(matter, (Role.STREET_OFFICER,), f"已按规则督办（{rule.label}）：{matter}", now)
    return 1
