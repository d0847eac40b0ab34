"""Rating (好差评), the call-back that a poor one opens, and reopening."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from sanshe.accounts.public import Role
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from .. import deadlines
from ..flow import FLOW
from ..flow_parts import CALLBACK
from ..models import CallBack, Handling, Matter, Rating
from ..words import RIGHTED, CallBackOutcome, CallBackState, Grade, MatterKind, Route
from .telling import clean, ring, tell_desk, tell_posts, tell_reporter, tell_unit


@transaction.atomic
def rate(
    *,
    matter_id: int,
    grade: int | None,
    by: Viewer,
    now: datetime,
    comment: str = "",
    speed: int | None = None,
    skill: int | None = None,
    manner: int | None = None,
    invited: bool = False,
) -> Matter:
    """Rate the last handling, once, in one of five grades; a poor grade opens a call-back.

    `invited`: it came by the link of a notice that asked for it; else the resident came by himself (主动评价).
    The access rule keeps out the handler and whoever holds a post on the matter.
    """
    matter = FLOW.take(matter_id, "rate", by)
    if grade not in Grade.values:
        raise Invalid({"grade": "请在五个等级中选择一个。"})
    for name, value in (("speed", speed), ("skill", skill), ("manner", manner)):
        if value is not None and value not in Grade.values:
            raise Invalid({name: "请在五个等级中选择一个，也可以不选。"})
    comment = clean(comment, "comment", 500)
    FLOW.move(matter, "rate", by, now, data={"round": matter.reopened})
    matter.rated_at = now
    matter.save(update_fields=["rated_at"])
    handling = Handling.objects.get(matter=matter, round=matter.reopened)
    rating = Rating.objects.create(
        handling=handling, area_id=matter.area_id, grade=grade, speed=speed, skill=skill, manner=manner,
        comment=comment, invited=invited, by_id=by.user_id, at=now,
    )  # fmt: skip
    if grade <= int(params.get("rating.poor_at_most", on=clock.local(now).date()).value):
        _open_callback(matter, rating, by, now)
    return matter


def _open_callback(matter: Matter, rating: Rating, by: Viewer, now: datetime) -> None:
    callback = CallBack(
        rating=rating, matter=matter, area_id=matter.area_id, unit_id=matter.host_unit_id, state=CallBackState.OPEN,
        opened_at=now, due_at=clock.add_working_days(now, deadlines.days("callback_days", now)),
        calendar_version=clock.calendar_version(),
    )  # fmt: skip
    CALLBACK.begin(callback, by, now, "评价为不满意，须回访核实")
    text = f"收到不满意的评价，请回访核实：{matter}"
    if matter.host_unit_id is not None:
        tell_unit(matter, matter.host_unit_id, text, now)
    else:
        tell_posts(matter, (Role.COMMUNITY_LEAD,), text, now)


@transaction.atomic
def reopen(*, matter_id: int, reason: str, by: Viewer, now: datetime) -> Matter:
    """Open a finished matter again inside the window: with its unit if it had one, else to be triaged again.

    What comes later is a new matter linked to this one (`origin` of file_matter).
    """
    matter = FLOW.take(matter_id, "reopen", by)
    reason = clean(reason, "reason", 1000, "请写明哪里没有解决。", 2)
    # An application has no route: it goes back to who decides it, and is undecided again.
    with_unit = matter.route == Route.GOVERNMENT or matter.kind == MatterKind.APPLICATION
    step, matter.decision = "reopen" if with_unit and matter.host_unit_id else "reopen_desk", ""
    for need in FLOW.step("reopen").needs:
        if not need.check(matter, now):
            raise Invalid({need.field: need.sentence(matter)})
    matter.reopened += 1
    if step == "reopen":
        deadlines.begin_handling(matter, now)
    else:
        deadlines.begin_triage(matter, now)
        matter.promised_at = deadlines.first_promise(now)[1]
    FLOW.move(matter, step, by, now, note=reason, data={"round": matter.reopened})
    matter.done_at, matter.rated_at = None, None
    matter.save(update_fields=["done_at", "rated_at"])
    if step == "reopen":
        _tell_again(matter, now)
    else:
        tell_desk(matter, f"反映人认为没有解决，请重新分流：{matter}", now)
    if matter.reopened >= int(params.get("rating.reopened_to_street", on=clock.local(now).date()).value):
        tell_posts(matter, (Role.STREET_OFFICER,), f"第 {matter.reopened} 次重新打开，请关注：{matter}", now)
    return matter


def _tell_again(matter: Matter, now: datetime) -> None:
    """The unit has it again; what can not wait rings at once, as on the first day."""
    if matter.hours is None or matter.due_at is None:
        tell_unit(matter, matter.host_unit_id, f"反映人认为没有解决，重新打开：{matter}", now)
        return
    said = f"紧急，反映人认为没有解决，{matter.hours} 小时内办结（{clock.say_moment(matter.due_at)}前）：{matter}"
    ring(matter, (Role.STREET_OFFICER,), said, now, matter.host_unit_id)


# -- the call-back -----------------------------------------------------------------------------------------------------


def _found(callback: CallBack, found: str) -> None:
    callback.found = clean(found, "found", 1000, "请写明回访核实的情况。", 2)


def _close(
    callback_id: int, step: str, outcome: CallBackOutcome, found: str | None, answer: str, by: Viewer, now: datetime
) -> CallBack:
    callback = CALLBACK.take(callback_id, step, by)
    if found is not None:
        _found(callback, found)
    callback.answer = clean(answer, "answer", 1000, "请写明给反映人的答复。", 2)
    callback.outcome, callback.closed_at = outcome, now
    CALLBACK.move(callback, step, by, now, note=callback.answer)
    ask = "，请说说是否满意" if outcome in RIGHTED else ""
    tell_reporter(callback.matter, f"您对「{callback.matter}」的评价已有答复，请查看{ask}。", now, reach=True)
    return callback


@transaction.atomic
def fix_callback(*, callback_id: int, found: str, answer: str, by: Viewer, now: datetime) -> CallBack:
    """Called back, clear and right: put right at once."""
    return _close(callback_id, "fix", CallBackOutcome.FIXED, found, answer, by, now)


@transaction.atomic
def explain_callback(*, callback_id: int, found: str, answer: str, by: Viewer, now: datetime) -> CallBack:
    """Called back, nothing in law to put right: explained."""
    return _close(callback_id, "explain", CallBackOutcome.EXPLAINED, found, answer, by, now)


@transaction.atomic
def complete_callback(*, callback_id: int, answer: str, by: Viewer, now: datetime) -> CallBack:
    """What was listed has been put right."""
    return _close(callback_id, "complete", CallBackOutcome.PUT_RIGHT, None, answer, by, now)


@transaction.atomic
def list_callback(*, callback_id: int, found: str, plan: str, until: date, by: Viewer, now: datetime) -> CallBack:
    """Not to be put right at once: listed, with what will be done and by which day."""
    callback = CALLBACK.take(callback_id, "list", by)
    _found(callback, found)
    callback.plan = clean(plan, "plan", 1000, "请写明整改措施。", 2)
    if until < clock.local(now).date():
        raise Invalid({"until": "整改期限不能早于今天。"})
    callback.due_at = clock.add_working_days(clock.at(until.year, until.month, until.day), 0)
    callback.escalations, callback.reminded_at, callback.calendar_version = 0, None, clock.calendar_version()
    CALLBACK.move(callback, "list", by, now, note=callback.plan, data={"until": until.isoformat()})
    tell_reporter(
        callback.matter,
        f"您对「{callback.matter}」的评价已列入整改，{clock.say_day(until)}前完成。",
        now,
    )
    return callback


@transaction.atomic
def appeal_callback(*, callback_id: int, appeal: str, by: Viewer, now: datetime) -> CallBack:
    """The handler holds the rating to be mistaken and asks the street to look."""
    callback = CALLBACK.take(callback_id, "appeal", by)
    callback.appeal = clean(appeal, "appeal", 1000, "请写明申诉的理由。", 2)
    return CALLBACK.move(callback, "appeal", by, now, note=callback.appeal)


@transaction.atomic
def uphold_appeal(*, callback_id: int, review: str, by: Viewer, now: datetime) -> CallBack:
    """The street finds the rating mistaken: it stays on record and counts no more."""
    callback = CALLBACK.take(callback_id, "uphold", by)
    callback.review = clean(review, "review", 1000, "请写明复核的依据。", 2)
    callback.closed_at = now
    CALLBACK.move(callback, "uphold", by, now, note=callback.review)
    Rating.objects.filter(pk=callback.rating_id).update(void_at=now)
    tell_reporter(callback.matter, f"您对「{callback.matter}」的评价经复核不计入统计，请查看依据。", now)
    return callback


@transaction.atomic
def reject_appeal(*, callback_id: int, review: str, by: Viewer, now: datetime) -> CallBack:
    """The street rejects the appeal: the call-back goes on."""
    callback = CALLBACK.take(callback_id, "reject", by)
    callback.review = clean(review, "review", 1000, "请写明复核的依据。", 2)
    CALLBACK.move(callback, "reject", by, now, note=callback.review)
    tell_unit(callback.matter, callback.unit_id, f"误评申诉不成立，请继续回访：{callback.matter}", now)
    return callback
