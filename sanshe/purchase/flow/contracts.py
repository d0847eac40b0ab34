"""The procedure of a contract: signed for a year, delivered, accepted by those who used it, evaluated, renewed or not.

The limits are the notice's (三(二)): three years in all, one contract a year, renewal only after passing.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from sanshe.kernel import clock, params
from sanshe.kernel.flow import Flow, Need, Step

from ..access.contracts import ContractAccess
from ..models import Contract
from ..words import ContractState as S


def years_used(contract: Contract) -> int:
    """Years of this service up to and with this contract, those before a take-over included."""
    return contract.year_number + contract.years_before


def year_later(day: date, months: int) -> date:
    """The same day `months` later (the last of the month where it has no such day)."""
    year, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + year, month + 1)[1]
    return date(day.year + year, month + 1, min(day.day, last))


def within_a_year(contract: Contract, now: datetime) -> bool:
    """Whether the contract runs no longer than one signing may."""
    months = int(params.get("purchase.contract_months_most", on=contract.begins_on).value)
    return contract.ends_on < year_later(contract.begins_on, months)


def within_three_years(contract: Contract, now: datetime) -> bool:
    """Whether the service stays within the years it may last in all."""
    return years_used(contract) <= int(params.get("purchase.contract_years_most", on=contract.begins_on).value)


def room_for_another_year(contract: Contract, now: datetime) -> bool:
    """Whether one more year would still be within the limit."""
    return years_used(contract) + 1 <= int(params.get("purchase.contract_years_most", on=contract.ends_on).value)


def _say_year(contract: Contract) -> str:
    rule = params.get("purchase.contract_months_most", on=contract.begins_on)
    return f"合同期限超过 {rule.value} 个月，不能签订（依据：{rule.source}）。请把结束日期改到一年以内。"


def _say_years(contract: Contract) -> str:
    rule = params.get("purchase.contract_years_most", on=contract.begins_on)
    return f"这是第 {years_used(contract)} 年，服务期限最长 {rule.value} 年，不能签订（依据：{rule.source}）。"


def _say_no_fourth(contract: Contract) -> str:
    rule = params.get("purchase.contract_years_most", on=contract.ends_on)
    return (
        f"本服务已满 {years_used(contract)} 年，服务期限最长 {rule.value} 年，不能再续签；"
        f"如仍有需求，请重新立项、重新比选（依据：{rule.source}）。"
    )


def _say_not_passed(contract: Contract) -> str:
    rule = params.get("purchase.renewal_needs_pass", on=contract.ends_on)
    evaluation = getattr(contract, "evaluation", None)
    if evaluation is None:
        return f"还没有考评，不能续签（依据：{rule.source}）。"
    return (
        f"考评 {evaluation.total / 100:g} 分，低于合格线 {evaluation.pass_mark / 100:g} 分，"
        f"不能续签（依据：{rule.source}）。"
    )


def answers_of(contract: Contract) -> Any:
    """Invitations of the acceptance that runs now (or ran last); earlier rounds stay on record only."""
    return contract.acceptances.filter(round=contract.acceptance_round)


def enough_users(contract: Contract, now: datetime) -> bool:
    """Whether enough of those who used the service took part in its acceptance."""
    least = int(params.get("purchase.acceptance_users_least", on=clock.local(now).date()).value)
    return bool(answers_of(contract).exclude(answered_at=None).count() >= least)


def _say_users(contract: Contract) -> str:
    rule = params.get("purchase.acceptance_users_least")
    took_part = answers_of(contract).exclude(answered_at=None).count()
    return (
        f"验收须有服务对象参加，至少 {rule.value} 人，现在有 {took_part} 人答复（依据：{rule.source}）。"
        "请继续邀请使用过服务的居民。"
    )


def mostly_agreed(contract: Contract, now: datetime) -> bool:
    """Whether more than half of those who answered agree that the service passes."""
    answers = list(answers_of(contract).exclude(answered_at=None).values_list("agrees", flat=True))
    return sum(bool(a) for a in answers) * 2 > len(answers)


def _has_deliveries(contract: Contract, now: datetime) -> bool:
    return contract.deliveries.exists()


def _passed(contract: Any, now: datetime) -> bool:
    evaluation = getattr(contract, "evaluation", None)
    return bool(evaluation and evaluation.passed)


CONTRACT_FLOW = Flow(
    ContractAccess,
    S,
    start=S.DRAFT,
    title="服务合同",
    url="purchase:contract_step",
    due="due_at",
    related=("area", "project"),
    steps=[
        Step(
            "agree", "确认合同", S.DRAFT, None, verb="agree", primary=True, todo="确认合同",
            todo_when=Q(agreed_at=None), sentence="{actor}代表承接单位确认了合同内容", form=False,
            confirm="确认后，街道即可签订。金额、期限和主要约定请再核对一遍。",
            needs=[Need(lambda c, now: c.agreed_at is None, "已经确认过，等待街道签订。", early=True)],
        ),
        Step(
            "sign", "签订合同", S.DRAFT, S.RUNNING, verb="sign", primary=True, todo="签订合同",
            todo_when=Q(agreed_at__isnull=False), sentence="{actor}签订了合同", form=False,
            confirm="签订后合同向社会公开，服务记录随即开始。",
            needs=[
                Need(within_a_year, _say_year, early=True),
                Need(within_three_years, _say_years, early=True),
                Need(lambda c, now: c.agreed_at is not None, "承接单位还没有确认合同内容。", early=True),
            ],
        ),
        Step(
            "record", "记录服务", S.RUNNING, None, verb="record", primary=True,
            sentence="{actor}记录了一次服务", hint="一次服务记一条：做了什么、多少人、多长时间、花了多少。",
        ),
        Step(
            "begin_acceptance", "发起验收", S.RUNNING, S.ACCEPTANCE, verb="invite", todo="临近到期，发起验收",
            todo_when=Q(due_at__isnull=False), sentence="{actor}发起了验收，邀请使用过服务的居民参加",
            hint="邀请使用过服务的居民参加验收（政府采购法实施条例第四十五条）。",
            needs=[Need(_has_deliveries, "还没有服务记录，不能发起验收。", early=True)],
        ),
        Step(
            "invite", "再邀请居民", S.ACCEPTANCE, None, verb="invite",
            sentence="{actor}又邀请了居民参加验收",
        ),
        Step(
            "accept", "通过验收", S.ACCEPTANCE, S.ACCEPTED, verb="accept", primary=True, form=False,
            todo="作出验收结论", confirm="验收结论和居民意见的汇总数会向社会公布。",
            sentence="{actor}作出验收结论：通过", hint="验收结论和居民意见汇总会向社会公布，不显示个人。",
            needs=[
                Need(enough_users, _say_users, early=True),
                Need(mostly_agreed, "参加验收的居民中，同意通过的没有过半，请先改进服务再验收。", early=True),
            ],
        ),
        Step(
            "send_back", "退回改进", S.ACCEPTANCE, S.RUNNING, verb="accept", danger=True,
            sentence="{actor}作出验收结论：退回改进（{note}）",
        ),
        Step(
            "evaluate", "合同考评", S.ACCEPTED, S.PASSED, verb="evaluate", primary=True, todo="合同考评",
            sentence="{actor}完成了合同考评：合格",
            hint="逐项打分，居民满意度的分值最高；合格才能续签。",
        ),
        Step(
            "evaluate_failed", "考评不合格", S.ACCEPTED, S.FAILED, verb="evaluate", hidden=True,
            sentence="{actor}完成了合同考评：不合格",
        ),
        Step(
            "renew", "续签一年", (S.PASSED, S.FAILED), S.RENEWED, verb="renew", primary=True, todo="决定是否续签",
            sentence="{actor}办理了续签",
            needs=[Need(_passed, _say_not_passed, early=True), Need(room_for_another_year, _say_no_fourth, early=True)],
        ),
        Step(
            "finish", "到期终止", (S.PASSED, S.FAILED), S.ENDED, verb="terminate",
            sentence="{actor}办理了到期终止（{note}）",
        ),
        Step(
            "terminate", "提前终止", S.RUNNING, S.ENDED, verb="terminate", danger=True,
            sentence="{actor}提前终止了合同（{note}）",
        ),
    ],
    owners={
        S.RUNNING: "承接单位按计划服务；临近到期由社区发起验收",
        S.PASSED: "街道采购经办决定是否续签",
        S.FAILED: "街道采购经办办理到期终止",
        S.RENEWED: "无（下一年合同接续）",
        S.ENDED: "无",
    },
    tones={
        S.DRAFT: "todo", S.RUNNING: "now", S.ACCEPTANCE: "todo", S.ACCEPTED: "todo", S.PASSED: "done",
        S.FAILED: "late", S.RENEWED: "done", S.ENDED: "off",
    },
)  # fmt: skip
