"""The rules of retention as a table: what is kept at least how long, what is done when its time is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from sanshe.kernel import clock, params
from sanshe.kernel.http import Submission

from .models import Finding, FormerNumber, Household, HouseholdMember, Person, ReadLog, RightsRequest
from .words import FindingState, RightsState


@dataclass(frozen=True)
class Rule:
    """One rule that runs by itself. `due` finds what its time has run out for; the action knows what to do with it."""

    name: str
    parameter: str
    does: str
    due: Callable[[datetime], QuerySet[Any]]


@dataclass(frozen=True)
class Floor:
    """A record that the law wants kept at least so long; how the platform keeps to it."""

    parameter: str
    how: str


def before(now: datetime, parameter: str) -> datetime:
    """The moment before which the time of a parameter is over (years, months or days)."""
    value = params.get(parameter, on=clock.local(now).date())
    local = clock.local(now)
    if value.unit == "天":
        return now - timedelta(days=value.value)
    months = value.value * (12 if value.unit == "年" else 1)
    year, month = divmod(local.year * 12 + local.month - 1 - months, 12)
    day = min(local.day, _days(year, month + 1))
    return local.replace(year=year, month=month + 1, day=day)


def _days(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


def _departed(now: datetime) -> QuerySet[Any]:
    """People all of whose households were left long ago, who have no account and head none."""
    since = clock.local(before(now, "retention.departed_years")).date()
    mine = HouseholdMember.objects.filter(person=OuterRef("pk"))
    stays = mine.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=since))
    heads = Household.objects.filter(head=OuterRef("pk"))
    rows = Person.objects.filter(anonymised_at__isnull=True, user__isnull=True)
    return rows.filter(Exists(mine), ~Exists(stays), ~Exists(heads)).order_by("pk")


def _decided(now: datetime) -> QuerySet[Any]:
    rows = RightsRequest.objects.exclude(state=RightsState.RECEIVED)
    said = Q(words__isnull=False) | Q(new_value__isnull=False) | Q(answer__isnull=False)
    return rows.filter(said, decided_at__lt=before(now, "retention.request_years"))


RULES = (
    Rule(
        "reads", "retention.read_months", "清除本人可见清单中的查阅记录",
        lambda now: ReadLog.objects.filter(at__lt=before(now, "retention.read_months")),
    ),
    Rule(
        "numbers", "retention.number_years", "删除更正前的证件号码",
        lambda now: FormerNumber.objects.filter(until__lt=before(now, "retention.number_years")),
    ),
    Rule("requests", "retention.request_years", "清空请求的说明、更正内容和答复", _decided),
    Rule(
        "originals", "retention.original_days", "删除从文字中掩去的原号码",
        lambda now: Finding.objects.filter(
            state=FindingState.MASKED, number__isnull=False, done_at__lt=before(now, "retention.original_days")
        ),
    ),
    Rule("departed", "retention.departed_years", "把长期迁出且无未结事项的人员档案匿名化", _departed),
    Rule(
        "forms", "retention.form_days", "删除表单的防重记录",
        lambda now: Submission.objects.filter(at__lt=before(now, "retention.form_days")),
    ),
)  # fmt: skip

FLOORS = (
    Floor("audit.keep_months", "审计记录只能增加，平台从不删除"),
    Floor("retention.assessment_years", "请求的处理情况留存满期后才清空内容，结果一直保留"),
    Floor("retention.purchase_years", "采购文件和过程记录平台不作自动删除"),
    Floor("retention.matter_years", "期满前，反映人的档案不作匿名化"),
)
