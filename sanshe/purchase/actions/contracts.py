"""Verbs of contracts: draft, agree, sign, record, accept, evaluate, renew, end."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse

from sanshe.accounts.public import Role, on_duty, user_by_phone
from sanshe.areas.public import Body
from sanshe.kernel import audit, clock, params, thread
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from sanshe.kernel.files import store_photo
from sanshe.kernel.notices import notify

from ..access.contracts import ContractAccess
from ..access.projects import covers, may_take_over
from ..flow.contracts import CONTRACT_FLOW as FLOW
from ..flow.contracts import within_a_year, within_three_years, year_later, years_used
from ..models import Acceptance, Contract, Delivery, Evaluation, Project
from ..words import ContractState
from .numbers import new_number


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59), tzinfo=clock.local(clock.now()).tzinfo)


def _days(name: str, now: datetime) -> int:
    """A span of working days from the parameters of buying."""
    return int(params.get(f"purchase.{name}", on=clock.local(now).date()).value)


def _staff_of(body: Body | int, *roles: Role) -> list[int]:
    """Ids of those who hold one of the roles in a body today."""
    rows = on_duty(*roles, body_id=body if isinstance(body, int) else body.pk)
    return list(rows.values_list("pk", flat=True))


@transaction.atomic
def draft_contract(
    *,
    project: Project,
    buyer: Body,
    supplier: Body,
    amount: int,
    begins_on: date,
    by: Viewer,
    now: datetime,
    ends_on: date | None = None,
    call: Any = None,
    terms: str = "",
    years_before: int = 0,
) -> Contract:
    """Draft the first contract of a service. `amount` in fen; without an end it runs as long as one signing may.

    `years_before`: years already used when a running contract is taken over. Raises Invalid for a wrong amount, a
    wrong span, or years used up; NotAllowed for who does not buy for this area.
    """
    if not covers(may_take_over, by, project.area_id):
        raise NotAllowed("合同由街道采购经办拟订。")
    months = int(params.get("purchase.contract_months_most", on=begins_on).value)
    contract = Contract(
        number=new_number(Contract, "HT", now), project=project, call=call, area=project.area, buyer=buyer,
        supplier=supplier, amount=amount, begins_on=begins_on,
        ends_on=ends_on or year_later(begins_on, months) - timedelta(days=1),
        terms=terms, years_before=years_before, made_at=now,
    )  # fmt: skip
    _check(contract, now)
    FLOW.begin(contract, by, now, sentence=f"{{actor}}拟订了合同 {contract.number}")
    thread.link(call or project, contract)
    notify(
        _staff_of(supplier, Role.ORG_MANAGER),
        f"「{project.title}」的合同已拟好，请核对后确认。", contract.get_absolute_url(), now, kind="合同",
    )  # fmt: skip
    return contract


def _check(contract: Contract, now: datetime) -> None:
    """Refuse a contract that could never be signed. Raises Invalid."""
    if contract.amount <= 0:
        raise Invalid({"amount": "合同金额应大于 0 元。"})
    if contract.amount > contract.project.budget:
        raise Invalid({"amount": f"合同金额不能超过项目批准的年度预算 {contract.project.budget / 100:,.2f} 元。"})
    if contract.ends_on <= contract.begins_on:
        raise Invalid({"ends_on": "结束日期应在开始日期之后。"})
    for check, step, field in ((within_a_year, 0, "ends_on"), (within_three_years, 1, "")):
        if not check(contract, now):
            raise Invalid({field: FLOW.step("sign").needs[step].sentence(contract)})


@transaction.atomic
def agree(*, contract_id: int, by: Viewer, now: datetime) -> Contract:
    """The supplier's head agrees to the draft. Raises as FLOW.take does; Invalid when agreed already."""
    contract = FLOW.take(contract_id, "agree", by)
    if contract.agreed_at is not None:
        raise WrongState("合同已经确认过，等待街道签订。")
    FLOW.move(contract, "agree", by, now)
    contract.agreed_at = now
    contract.save(update_fields=["agreed_at"])
    return contract


@transaction.atomic
def sign(*, contract_id: int, by: Viewer, now: datetime) -> Contract:
    """Sign: a year at most, three in all, agreed by the supplier. Raises Invalid with the rule when one fails."""
    contract = FLOW.take(contract_id, "sign", by)
    contract.signed_at = now
    contract.due_at = None
    FLOW.move(contract, "sign", by, now)
    from ..flow.projects import PROJECT_FLOW

    project = Project.objects.select_for_update().get(pk=contract.project_id)
    if project.state in PROJECT_FLOW.step("start_delivery").sources:
        PROJECT_FLOW.move(project, "start_delivery", by, now)
    notify(
        _staff_of(contract.supplier_id, Role.ORG_MANAGER, Role.SOCIAL_WORKER),
        f"「{project.title}」第{contract.year_number}年合同已签订，可以开始记录服务。",
        contract.get_absolute_url(), now, kind="合同",
    )  # fmt: skip
    return contract


@transaction.atomic
def record(
    *,
    contract_id: int,
    on: date,
    service: str,
    minutes: int,
    people: int,
    spent: int,
    by: Viewer,
    now: datetime,
    detail: str = "",
    photo: Any = None,
) -> Contract:
    """Keep one record of service: `minutes` of service, `people` served, `spent` in fen.

    Raises Invalid for a day outside the contract or in the future, or when spending would exceed the amount.
    """
    contract = FLOW.take(contract_id, "record", by)
    if not contract.begins_on <= on <= contract.ends_on:
        span = f"{clock.say_day(contract.begins_on)}至{clock.say_day(contract.ends_on)}"
        raise Invalid({"on": f"服务日期应在合同期内（{span}）。"})
    if on > clock.local(now).date():
        raise Invalid({"on": "服务日期不能晚于今天，做完了再记。"})
    if not 0 < len(service.strip()) <= 120:
        raise Invalid({"service": "请用一句话写明做了什么，最多 120 个字。"})
    if minutes <= 0:
        raise Invalid({"minutes": "服务时长应大于 0 分钟。"})
    if people < 0 or spent < 0:
        raise Invalid("人数和支出不能是负数。")
    so_far = sum(contract.deliveries.values_list("spent", flat=True))
    if so_far + spent > contract.amount:
        left = (contract.amount - so_far) / 100
        raise Invalid({"spent": f"支出合计会超过合同金额，目前还可支出 {left:,.2f} 元。"})
    first_photo = photo[0] if isinstance(photo, (list, tuple)) and photo else photo or None
    Delivery.objects.create(
        contract=contract, area=contract.area, on=on, service=service.strip(), detail=detail.strip(),
        minutes=minutes, people=people, spent=spent, recorded_by_id=by.account_id, recorded_at=now,
        photo=_photo(first_photo) if first_photo else None,
    )  # fmt: skip
    return FLOW.move(contract, "record", by, now, data={"on": on, "minutes": minutes, "people": people, "spent": spent})


def _photo(upload: Any) -> Any:
    """The stored picture of a service. Raises Invalid at its field."""
    try:
        return store_photo(upload)
    except Invalid as error:
        raise Invalid({"photo": error.sentence}) from error


def _invite(contract: Contract, phones: Iterable[str], by: Viewer, now: datetime) -> int:
    """Invite residents by telephone number. Raises Invalid with the numbers that nobody has."""
    unknown, invited = [], 0
    staff = set(_staff_of(contract.supplier_id, Role.ORG_MANAGER, Role.SOCIAL_WORKER))
    for phone in phones:
        user = user_by_phone(phone)
        if user is None:
            unknown.append(phone)
            continue
        if user.pk in staff:
            raise Invalid({"phones": f"{user.name}是承接单位的人员，不能参加本单位服务的验收。"})
        row, made = Acceptance.objects.get_or_create(
            contract=contract, user=user, round=contract.acceptance_round,
            defaults={"name": user.name, "token": secrets.token_urlsafe(16), "invited_at": now},
        )  # fmt: skip
        if made:
            invited += 1
            notify(
                [user], f"您使用过「{contract.project.title}」的服务，请参加验收，说说好不好。",
                reverse("purchase:acceptance", args=[row.token]), now, kind="验收",
            )  # fmt: skip
    if unknown:
        raise Invalid({"phones": f"没有找到这些手机号码对应的居民：{'、'.join(unknown)}。请核对后再试。"})
    return invited


@transaction.atomic
def begin_acceptance(*, contract_id: int, phones: list[str], by: Viewer, now: datetime) -> Contract:
    """Start the acceptance and invite residents who used the service."""
    contract = FLOW.take(contract_id, "begin_acceptance", by)
    contract.acceptance_round += 1
    count = _invite(contract, phones, by, now)
    contract.due_at = clock.add_working_days(now, _days("acceptance_days", now))
    return FLOW.move(contract, "begin_acceptance", by, now, data={"invited": count})


@transaction.atomic
def invite(*, contract_id: int, phones: list[str], by: Viewer, now: datetime) -> Contract:
    """Invite more residents to a running acceptance."""
    contract = FLOW.take(contract_id, "invite", by)
    count = _invite(contract, phones, by, now)
    return FLOW.move(contract, "invite", by, now, data={"invited": count})


@transaction.atomic
def answer_acceptance(*, token: str, agrees: bool, grade: int, remark: str, by: Viewer, now: datetime) -> Acceptance:
    """A resident's own answer, once, by the link they were sent (signed in or not).

    Raises NotVisible for an unknown link, WrongState when answered already or the acceptance is over, Invalid for a
    grade outside 1–5, NotAllowed for people of the supplier.
    """
    row = Acceptance.objects.select_for_update().filter(token=token).first()
    if row is None:
        raise NotVisible("没有找到这份验收邀请，请核对链接。")
    contract = Contract.objects.select_for_update(of=("self",)).get(pk=row.contract_id)
    if row.round != contract.acceptance_round:
        raise WrongState("这次验收已经结束，谢谢您的关心。")
    if by.bodies(Role.ORG_MANAGER, Role.SOCIAL_WORKER) & {contract.supplier_id}:
        raise NotAllowed("承接单位的人员不能代居民填写验收意见。")
    if row.answered_at is not None:
        raise WrongState(f"您已于{clock.say_moment(row.answered_at)}答复过，谢谢。")
    if contract.state != ContractState.ACCEPTANCE:
        raise WrongState("这次验收已经结束，谢谢您的关心。")
    if grade not in range(1, 6):
        raise Invalid({"grade": "请从“非常不满意”到“非常满意”五档中选一档。"})
    row.agrees, row.grade, row.remark, row.answered_at = agrees, grade, remark.strip()[:1000], now
    row.save()
    audit.record(
        by=by, event="purchase.acceptance", obj=contract, sentence="一位使用过服务的居民参加了验收", now=now,
        data={"agrees": agrees, "grade": grade},
    )  # fmt: skip
    return row


@transaction.atomic
def accept(*, contract_id: int, by: Viewer, now: datetime) -> Contract:
    """Conclude the acceptance: passed. Needs enough residents and more than half of them agreeing."""
    contract = FLOW.take(contract_id, "accept", by)
    contract.due_at = clock.add_working_days(now, _days("evaluation_days", now))
    return FLOW.move(contract, "accept", by, now)


@transaction.atomic
def send_back(*, contract_id: int, reason: str, by: Viewer, now: datetime) -> Contract:
    """Conclude the acceptance: to be improved first. Answers given so far stay on record."""
    contract = FLOW.take(contract_id, "send_back", by)
    if not reason.strip():
        raise Invalid({"reason": "请写明需要改进什么。"})
    contract.due_at = None
    notify(
        _staff_of(contract.supplier_id, Role.ORG_MANAGER), f"「{contract.project.title}」验收退回改进：{reason[:60]}",
        contract.get_absolute_url(), now, kind="验收",
    )  # fmt: skip
    return FLOW.move(contract, "send_back", by, now, note=reason)


@transaction.atomic
def evaluate(*, contract_id: int, items: list[Mapping[str, Any]], opinion: str, by: Viewer, now: datetime) -> Contract:
    """Evaluate: points for each item of the scheme in force, in hundredths. Passed or not follows from the sum.

    `items`: [{"name", "points" (hundredths), "why"}] in the order of the scheme. Raises Invalid for a missing item or
    points outside 0 … full.
    """
    contract = FLOW.take(contract_id, "evaluate", by)
    day = clock.local(now).date()
    scheme = params.get("purchase.evaluation_weights", on=day).value
    mark = params.get("purchase.evaluation_pass_mark", on=day)
    given = {str(i["name"]): i for i in items}
    kept: list[dict[str, Any]] = []
    for nr, (name, full) in enumerate(scheme.items()):
        if name not in given:
            raise Invalid({f"points_{nr}": f"请为「{name}」打分。"})
        points = int(given[name]["points"])
        if not 0 <= points <= full * 100:
            raise Invalid({f"points_{nr}": f"「{name}」的得分应在 0 到 {full} 之间。"})
        kept.append({"name": name, "full": full * 100, "points": points, "why": str(given[name].get("why", ""))})
    total = sum(i["points"] for i in kept)
    passed = total >= int(mark.value * 100)
    Evaluation.objects.create(
        contract=contract, items=kept, total=total, pass_mark=int(mark.value * 100), pass_source=mark.source,
        passed=passed, opinion=opinion.strip(), by_user_id=by.account_id, at=now,
    )  # fmt: skip
    contract.due_at = None
    word = "合格，可以续签" if passed else "不合格，到期终止"
    notify(
        _staff_of(contract.supplier_id, Role.ORG_MANAGER),
        f"「{contract.project.title}」考评 {total / 100:g} 分，{word}。", contract.get_absolute_url(), now, kind="考评",
    )  # fmt: skip
    return FLOW.move(contract, "evaluate" if passed else "evaluate_failed", by, now, data={"total": total})


@transaction.atomic
def renew(*, contract_id: int, amount: int, terms: str = "", by: Viewer, now: datetime) -> Contract:
    """Renew for the year after: a new contract, to be agreed and signed like the first. Returns the new one.

    Refused, with the rule, without a passed evaluation and in the fourth year (notice 三(二)).
    """
    contract = FLOW.take(contract_id, "renew", by)
    FLOW.move(contract, "renew", by, now)
    begins = contract.ends_on + timedelta(days=1)
    months = int(params.get("purchase.contract_months_most", on=begins).value)
    later = Contract(
        number=new_number(Contract, "HT", now), project=contract.project, call=contract.call, earlier=contract,
        area=contract.area, buyer=contract.buyer, supplier=contract.supplier, amount=amount, begins_on=begins,
        ends_on=year_later(begins, months) - timedelta(days=1), year_number=contract.year_number + 1,
        years_before=contract.years_before, terms=terms or contract.terms, made_at=now,
    )  # fmt: skip
    _check(later, now)
    FLOW.begin(later, by, now, sentence=f"{{actor}}续签了第{years_used(later)}年合同 {later.number}")
    thread.link(contract, later)
    notify(
        _staff_of(contract.supplier_id, Role.ORG_MANAGER),
        f"「{contract.project.title}」可续签第{years_used(later)}年，请核对新合同后确认。",
        later.get_absolute_url(), now, kind="合同",
    )  # fmt: skip
    return later


@transaction.atomic
def finish(*, contract_id: int, reason: str, by: Viewer, now: datetime) -> Contract:
    """End a contract that is not renewed; the project ends with it."""
    contract = FLOW.take(contract_id, "finish", by)
    return _end(contract, "finish", reason, by, now)


@transaction.atomic
def terminate(*, contract_id: int, reason: str, by: Viewer, now: datetime) -> Contract:
    """End a running contract before its time, with the reason."""
    contract = FLOW.take(contract_id, "terminate", by)
    return _end(contract, "terminate", reason, by, now)


def _end(contract: Contract, step: str, reason: str, by: Viewer, now: datetime) -> Contract:
    if not reason.strip():
        raise Invalid({"reason": "请写明终止的原因，会向社会公开。"})
    contract.ended_reason, contract.due_at = reason.strip(), None
    contract.ended_on = min(clock.local(now).date(), contract.ends_on)
    FLOW.move(contract, step, by, now, note=reason)
    from ..flow.projects import PROJECT_FLOW

    project = Project.objects.select_for_update().get(pk=contract.project_id)
    if project.state in PROJECT_FLOW.step("end").sources:
        PROJECT_FLOW.move(project, "end", by, now)
    return contract


def remind_near_end(*, now: datetime) -> int:
    """Scheduled: contracts near their end become something to do for those who run the acceptance."""
    day = clock.local(now).date()
    ahead = int(params.get("purchase.evaluation_before_end", on=day).value)
    rows = ContractAccess.rows(Viewer.system_account("contracts")).filter(
        state=ContractState.RUNNING, due_at=None, ends_on__lte=day + timedelta(days=ahead)
    )
    count = 0
    for contract in rows:
        contract.due_at = _end_of(contract.ends_on)
        contract.save(update_fields=["due_at"])
        count += 1
    return count
