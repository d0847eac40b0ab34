"""Which of our matters go to a system by themselves: set up for an area by who answers for it there."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sanshe.areas.public import Area, handling_units_for
from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, WrongState
from sanshe.matters.public import Route, criteria_in_force

from ..access import RuleAccess, SourceAccess
from ..models import ForwardRule, Source
from ..words import ExchangeEvent


@transaction.atomic
def make_rule(
    *, code: str, area_id: int | None, criterion: str, unit_id: int | None, by: Viewer, now: datetime
) -> ForwardRule:
    """From now on, matters of the area, of that class and with that unit (each may be any) go to the system.

    Raises Invalid at the fields. At least one of class and unit must be named: all matters of an area never go.
    """
    source: Source = SourceAccess.get(by, Source.objects.filter(code=code).values_list("pk", flat=True).first())
    if not source.takes_forwards:
        raise WrongState("这个系统不接收转交的事项，或者已经停用。")
    day = clock.local(now).date()
    errors: dict[str, str] = {}
    area = Area.objects.filter(pk=area_id or 0).first()
    if area is None:
        errors["area"] = "请选择哪个区域的事项。"
    elif not _covers(by, area):
        raise NotAllowed("只能为本街道、本区域的事项设定转交规则。")
    if criterion and not criteria_in_force(day).filter(code=criterion, route=Route.GOVERNMENT).exists():
        errors["criterion"] = "请从列出的标准中选择。"
    if unit_id and area is not None and not handling_units_for(area, day).filter(pk=unit_id).exists():
        errors["unit"] = "请从列出的承办单位中选择。"
    if not criterion and not unit_id:
        errors["criterion"] = "请至少选定一类事项或一个承办单位；一个区域的全部事项不能都转交出去。"
    if errors:
        raise Invalid(errors)
    assert area is not None
    held = ForwardRule.objects.filter(source=source, area=area, criterion=criterion, unit=unit_id, ended_at=None)
    if held.exists():
        raise Invalid("已经有一条同样的规则。")
    rule = ForwardRule.objects.create(
        source=source, area=area, criterion=criterion, unit_id=unit_id, by_id=by.account_id, made_at=now
    )
    audit.record(
        by=by, event=ExchangeEvent.RULE_MADE, obj=source, now=now, sentence="{actor}设定了一条转交规则",
        data={"rule": rule.pk, "area": area.pk, "criterion": criterion, "unit": unit_id},
    )  # fmt: skip
    return rule


def _covers(by: Viewer, area: Area) -> bool:
    """Whether a post that keeps rules covers the area: asked before there is a row."""
    for part in by.parts():
        for role in RuleAccess.KEEPERS:
            scope = part.grants.areas.get(str(role))
            if scope is not None and scope.covers(area.pk, area.lo):
                return True
    return False


@transaction.atomic
def end_rule(*, rule_id: int, by: Viewer, now: datetime) -> ForwardRule:
    """Matters go there no more by this rule; what is there stays there."""
    rule: ForwardRule = RuleAccess.get(by, rule_id, "keep")
    rule = ForwardRule.objects.select_for_update().select_related("source").get(pk=rule.pk)
    if rule.ended_at is not None:
        raise WrongState("这条规则已经停用。")
    rule.ended_at = now
    rule.save(update_fields=["ended_at"])
    audit.record(by=by, event=ExchangeEvent.RULE_ENDED, obj=rule.source, now=now, data={"rule": rule.pk},
                 sentence="{actor}停用了一条转交规则")  # fmt: skip
    return rule
