"""Verbs of the judging: draw experts, score, conclude, objections, award, or give up."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from sanshe.accounts.public import Role, on_duty
from sanshe.areas.public import ancestors
from sanshe.kernel import audit, clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, WrongState
from sanshe.kernel.notices import notify
from sanshe.orgs.public import organisation_of_body
from sanshe.workforce.public import experts_without_interest

from ..flow.calls import CALL_FLOW as FLOW
from ..flow.calls import OBJECTION_FLOW, judging_stage
from ..models import Award, Bid, Call, Drawn, Objection, Score
from ..ranking import Offered, Rule, rank
from ..words import BidState
from .calls import failed


@transaction.atomic
def draw(*, call_id: int, by: Viewer, now: datetime) -> Call:
    """Draw experts at random from those without an interest, up to the least odd number. Raises Invalid for too few."""
    call = FLOW.take(call_id, "draw", by)
    day = clock.local(now).date()
    wanted = int(params.get("purchase.experts_least", on=day).value)
    missing = wanted - call.drawn.filter(excluded="").count()
    if missing <= 0:
        raise WrongState("专家已经抽够，如有人回避再补抽。")
    bodies = [*call.bids.exclude(state=BidState.REPLACED).values_list("bidder_id", flat=True), call.buyer_id]
    pool = experts_without_interest([a.pk for a in ancestors(call.area)], bodies, day)
    free = list(pool.exclude(pk__in=call.drawn.values("expert")))
    if len(free) < missing:
        raise Invalid(f"专家库中没有利害关系的只剩 {len(free)} 人，还需 {missing} 人。请先充实专家库。")
    FLOW.move(call, "draw", by, now, data={"pool": len(free), "drawn": missing})
    for expert in secrets.SystemRandom().sample(free, missing):
        Drawn.objects.create(call=call, expert=expert, user_id=expert.user_id, drawn_at=now)
        notify(
            [expert.user_id], f"您被抽为「{call.project.title}」的评审专家，请先声明有无利害关系。",
            call.get_absolute_url(), now, kind="比选",
        )  # fmt: skip
    return _judged(call)


def _judged(call: Call) -> Call:
    """Keep beside the call what its judging waits for now."""
    call.judging = judging_stage(call)
    call.save(update_fields=["judging"])
    return call


@transaction.atomic
def declare(*, call_id: int, free: bool, reason: str = "", by: Viewer, now: datetime) -> Call:
    """A drawn expert declares to have no interest, or stands down with the reason."""
    call = FLOW.take(call_id, "declare", by)
    drawn = Drawn.objects.select_for_update().get(call=call, user_id=by.account_id)
    if free:
        drawn.declared_at = now
    elif not reason.strip():
        raise Invalid({"reason": "请写明回避的原因。"})
    else:
        drawn.excluded = reason.strip()
        notify(
            on_duty(Role.STREET_PURCHASE, area=call.area), f"「{call.project.title}」有专家回避，请补抽。",
            call.get_absolute_url(), now, kind="比选",
        )  # fmt: skip
    drawn.save()
    word = "声明与参选单位没有利害关系" if free else "申请回避"
    FLOW.move(call, "declare", by, now, sentence=f"{{actor}}{word}", note=reason if not free else "")
    return _judged(call)


def expert_leaves(drawn: Drawn, successor: Any, by: Viewer, now: datetime) -> None:
    """A drawn expert who leaves before judging stands down: another is drawn, for nobody judges in another's place."""
    drawn.excluded = "离岗，不再评审"
    drawn.save(update_fields=["excluded"])
    call = Call.objects.select_for_update(of=("self",)).select_related("project", "area").get(pk=drawn.call_id)
    audit.record(
        by=by, event="purchase.expert_left", obj=call, sentence="{actor}办理了一位专家的离岗，请补抽", now=now,
        public=False,
    )  # fmt: skip
    _judged(call)
    notify(
        on_duty(Role.STREET_PURCHASE, area=call.area), f"「{call.project.title}」有专家离岗，请补抽。",
        call.get_absolute_url(), now, kind="比选",
    )  # fmt: skip


@transaction.atomic
def score(*, call_id: int, points: Mapping[tuple[int, int], int], by: Viewer, now: datetime, **more: Any) -> Call:
    """An expert's points for every opened bid by every criterion that is not the price, all at once, once.

    `points`: (bid id, criterion id) → hundredths. Raises Invalid for a missing one or one outside 0 … weight.
    """
    call = FLOW.take(call_id, "score", by)
    drawn = Drawn.objects.select_for_update().get(call=call, user_id=by.account_id)
    rows, errors = [], {}
    rules = list(call.criteria.filter(is_price=False))
    for bid in call.bids.filter(state=BidState.OPENED).select_related("bidder"):
        for rule in rules:
            value = points.get((bid.pk, rule.pk))
            if value is None or not 0 <= value <= rule.weight * 100:
                errors[f"p_{bid.pk}_{rule.pk}"] = f"请给{bid.bidder}的「{rule.name}」打 0 到 {rule.weight} 分。"
            else:
                rows.append(Score(drawn=drawn, bid=bid, criterion=rule, points=value, at=now))
    if errors:
        raise Invalid(errors)
    Score.objects.bulk_create(rows)
    drawn.scored_at = now
    drawn.save()
    FLOW.move(call, "score", by, now)
    return _judged(call)


def ranking_of(call: Call) -> list[dict[str, Any]]:
    """The ranking of the opened bids by the points given, with its arithmetic."""
    rules = [Rule(c.pk, c.name, c.weight, c.is_price) for c in call.criteria.all()]
    bids = []
    scores: dict[int, dict[int, list[int]]] = {}
    given = Score.objects.filter(drawn__call=call, drawn__excluded="").order_by("drawn_id")
    for bid_id, criterion_id, value in given.values_list("bid_id", "criterion_id", "points"):
        scores.setdefault(bid_id, {}).setdefault(criterion_id, []).append(value)
    for bid in call.bids.filter(state=BidState.OPENED).select_related("bidder").order_by("pk"):
        points = scores.get(bid.pk, {})
        bids.append(Offered(bid.pk, bid.bidder.name, bid.price or 0, points))
    return rank(rules, bids)


@transaction.atomic
def conclude(*, call_id: int, result_reason: str, departure_reason: str = "", by: Viewer, now: datetime) -> Call:
    """Add up, and publish the result for objections. The first of the ranking wins.

    A winner that is no social organisation needs a reason (notice 二(二)3 gives them priority). Raises Invalid.
    """
    call = FLOW.take(call_id, "conclude", by)
    if not result_reason.strip():
        raise Invalid({"result_reason": "请写明确定结果的理由，会随公示公开。"})
    call.result_reason, call.departure_reason = result_reason.strip(), departure_reason.strip()
    days = int(params.get("purchase.publicity_days", on=clock.local(now).date()).value)
    call.publicity_until = clock.add_working_days(now, days)
    within = params.get("purchase.result_notice", on=clock.local(now).date())
    call.due_at = clock.add_working_days(call.publicity_until, int(within.value))
    FLOW.move(call, "conclude", by, now)
    ranking = ranking_of(call)
    first = Bid.objects.select_related("bidder").get(pk=ranking[0]["bid"])
    if organisation_of_body(first.bidder_id) is None and not call.departure_reason:
        raise Invalid({"departure_reason": "第一名不是社会组织，请写明没有优先考虑社会组织的理由。"})
    Award.objects.create(call=call, bid=first, supplier=first.bidder, price=first.price or 0, ranking=ranking, at=now)
    for bid in call.bids.exclude(state=BidState.REPLACED):
        notify(
            on_duty(Role.ORG_MANAGER, body_id=bid.bidder_id),
            f"「{call.project.title}」比选结果公示，{clock.say_moment(call.publicity_until)}前可提异议。",
            call.get_absolute_url(), now, kind="比选",
        )  # fmt: skip
    return call


@transaction.atomic
def object_to(*, call_id: int, text: str, by: Viewer, now: datetime) -> Call:
    """Object to a published result, once a person, inside the publicity period."""
    call = FLOW.take(call_id, "object", by)
    if not text.strip():
        raise Invalid({"text": "请写明异议的内容和理由。"})
    if call.objections.filter(raised_by_id=by.account_id).exists():
        raise WrongState("您已对这次结果提出过异议，请等待答复。")
    days = int(params.get("purchase.objection_answer", on=clock.local(now).date()).value)
    objection = Objection(
        call=call, area=call.area, raised_by_id=by.account_id, text=text.strip(), raised_at=now,
        due_at=clock.add_working_days(now, days),
    )  # fmt: skip
    OBJECTION_FLOW.begin(objection, by, now, sentence="{actor}提出了异议")
    notify(
        on_duty(Role.STREET_OFFICER, area=call.area), f"「{call.project.title}」收到异议，请答复。",
        objection.get_absolute_url(), now, kind="比选",
    )  # fmt: skip
    return FLOW.move(call, "object", by, now)


@transaction.atomic
def answer_objection(*, objection_id: int, upheld: bool, answer: str, by: Viewer, now: datetime) -> Objection:
    """Answer an objection. Upheld, it ends the selection, which may be started anew."""
    objection = OBJECTION_FLOW.take(objection_id, "answer", by)
    if not answer.strip():
        raise Invalid({"answer": "请写明答复的理由。"})
    objection.upheld, objection.answer, objection.answered_at = upheld, answer.strip(), now
    OBJECTION_FLOW.move(objection, "answer", by, now)
    notify(
        [objection.raised_by_id], f"您对「{objection.call.project.title}」比选结果的异议已答复。",
        objection.get_absolute_url(), now, kind="比选",
    )  # fmt: skip
    call = Call.objects.select_for_update().get(pk=objection.call_id)
    if upheld and FLOW.state(call) in FLOW.step("give_up").sources:
        call.result_reason = f"异议成立：{answer.strip()}"
        FLOW.move(call, "give_up", by, now, sentence="对结果的异议成立，比选未成")
        failed(call, by, now)
    return objection


@transaction.atomic
def award(*, call_id: int, by: Viewer, now: datetime) -> Call:
    """Confirm the supplier after the publicity period, with no objection left unanswered."""
    call = FLOW.take(call_id, "award", by)
    days = int(params.get("purchase.sign_within", on=clock.local(now).date()).value)
    call.due_at = now + timedelta(days=days)
    FLOW.move(call, "award", by, now)
    for bid in call.bids.exclude(state=BidState.REPLACED):
        notify(
            on_duty(Role.ORG_MANAGER, body_id=bid.bidder_id),
            f"「{call.project.title}」由{call.award.supplier}承接。", call.get_absolute_url(), now, kind="比选",
        )  # fmt: skip
    return call


@transaction.atomic
def draft_contract(*, call_id: int, by: Viewer, now: datetime, **given: Any) -> Call:
    """Draft the contract of a decided selection: parties and price come from the result."""
    from .contracts import draft_contract as draft

    call = FLOW.take(call_id, "draft_contract", by)
    call.due_at = None
    FLOW.move(call, "draft_contract", by, now)
    draft(
        project=call.project, call=call, buyer=call.buyer, supplier=call.award.supplier, amount=call.award.price,
        by=by, now=now, **given,
    )  # fmt: skip
    return call


@transaction.atomic
def give_up(*, call_id: int, reason: str, by: Viewer, now: datetime) -> Call:
    """Declare the selection without result; the project may be put out again."""
    call = FLOW.take(call_id, "give_up", by)
    if not reason.strip():
        raise Invalid({"reason": "请写明比选未成的原因，会向社会公开。"})
    call.result_reason = reason.strip()
    FLOW.move(call, "give_up", by, now, note=reason)
    return failed(call, by, now)
