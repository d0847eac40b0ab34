"""What the host unit, the reporter and those who supervise do while a matter is being handled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from sanshe.accounts.public import Role
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from .. import deadlines
from ..flow import FLOW
from ..flow_parts import EXTENSION, OVERSIGHT
from ..imports import without_numbers
from ..models import Extension, Handling, Matter, MatterReturn, OversightOrder
from ..words import AssistState, Decision, ExtensionState, MatterKind, ObjectionState, OversightState
from .photos import keep_photos
from .telling import clean, invite_to_rate, tell_desk, tell_posts, tell_reporter, tell_unit
from .triage import back_to_triage, lapse_requests


@transaction.atomic
def accept(*, matter_id: int, by: Viewer, now: datetime) -> Matter:
    """The host unit takes the matter on."""
    matter = FLOW.take(matter_id, "accept", by)
    matter.handler_id = by.user_id
    FLOW.move(matter, "accept", by, now)
    tell_reporter(matter, f"{matter.host_unit}已接收您反映的「{matter}」，正在办理。", now)
    return matter


@transaction.atomic
def return_matter(*, matter_id: int, ground: str, reason: str, by: Viewer, now: datetime) -> Matter:
    """The unit gives back what is clearly not its own, for one of the reasons that the rule allows, in its own words.

    Refused after a designation and when the days for it are over.
    """
    matter = FLOW.take(matter_id, "return", by)
    reason = clean(reason, "reason", 500, "请写明为什么明显不属本单位职责。", 2)
    grounds = return_grounds(now)
    if ground not in grounds:
        raise Invalid({"ground": "请选择退回的情形；不属于所列情形的，不能退回。"})
    unit = matter.host_unit
    assert unit is not None
    # The needs are judged on the matter as it was, before its fields are emptied.
    _must(matter, "return", now)
    matter.returned += 1
    back_to_triage(matter, now)
    FLOW.move(
        matter, "return", by, now, note=f"{grounds[ground]}。{reason}", sentence=f"{{actor}}代表{unit}退回，请重新分流",
        data={"unit": unit.pk, "returned": matter.returned, "ground": ground},
    )  # fmt: skip
    MatterReturn.objects.create(
        matter=matter, area_id=matter.area_id, unit=unit, ground=ground, reason=reason, by_id=by.user_id, at=now
    )
    tell_desk(matter, f"承办单位退回，请重新分流：{matter}", now)
    return matter


def return_grounds(now: datetime) -> dict[str, str]:
    """Code → name of the reasons for which a unit may return a matter, as in force."""
    rows = params.get("watch.return_reasons", on=clock.local(now).date()).value
    return {row["code"]: row["name"] for row in rows}


def _must(matter: Matter, name: str, now: datetime) -> None:
    for need in FLOW.step(name).needs:
        if not need.check(matter, now):
            raise Invalid({need.field: need.sentence(matter)})


@transaction.atomic
def ask_resident(*, matter_id: int, question: str, by: Viewer, now: datetime) -> Matter:
    """Ask the reporter for something; the deadline stands still meanwhile."""
    matter = FLOW.take(matter_id, "ask_resident", by)
    matter.question = clean(question, "question", 500, "请写明需要反映人补充什么。", 2)
    matter.paused_at = now
    FLOW.move(matter, "ask_resident", by, now, note=matter.question)
    tell_reporter(matter, f"关于「{matter}」，{matter.host_unit}需要您补充情况，请查看。", now, reach=True)
    return matter


def _answer(
    step: str, matter_id: int, note: str, photos: Sequence[UploadedFile[Any]], by: Viewer, now: datetime
) -> Matter:
    matter = FLOW.take(matter_id, step, by)
    note = clean(note, "note", 2000)
    if not matter.question and matter.owed_on is not None:
        raise Invalid({"note": "等的是材料：请在“申请材料”里逐份上传或记下，补齐后自动恢复办理。"})
    if not note and not photos:
        raise Invalid({"note": "请写几句话，或上传照片。"})
    keep_photos(matter, photos, now, by_staff=False)
    deadlines.resume(matter, now)
    matter.question = ""
    FLOW.move(matter, step, by, now, note=note, data={"due": str(matter.due_at), "photos": len(photos)})
    tell_unit(matter, matter.host_unit_id, f"反映人已补充情况：{matter}", now)
    return matter


@transaction.atomic
def answer_resident(
    *, matter_id: int, note: str, by: Viewer, now: datetime, photos: Sequence[UploadedFile[Any]] = ()
) -> Matter:
    """The reporter answers; the deadline moves on by the working days of the pause."""
    return _answer("answer_resident", matter_id, note, photos, by, now)


@transaction.atomic
def answer_for(
    *, matter_id: int, note: str, by: Viewer, now: datetime, photos: Sequence[UploadedFile[Any]] = ()
) -> Matter:
    """The desk writes down what the reporter answered by phone."""
    return _answer("answer_for", matter_id, note, photos, by, now)


@transaction.atomic
def resume(*, matter_id: int, reason: str, by: Viewer, now: datetime) -> Matter:
    """The unit goes on without the answer; the time of waiting does not count."""
    matter = FLOW.take(matter_id, "resume", by)
    reason = clean(reason, "reason", 500, "请写明为什么不再等待。", 2)
    deadlines.resume(matter, now)
    matter.question = ""
    return FLOW.move(matter, "resume", by, now, note=reason, data={"due": str(matter.due_at)})


@transaction.atomic
def extend(*, matter_id: int, days: int, reason: str, by: Viewer, now: datetime) -> Matter:
    """The unit asks for more time, with a reason; community lead or street answers."""
    matter = FLOW.take(matter_id, "extend", by)
    most = deadlines.days("extension_most", now)
    if not 1 <= days <= most:
        raise Invalid({"days": f"一次可以延长 1 至 {most} 个工作日。"})
    reason = clean(reason, "reason", 500, "请写明为什么需要延期。", 2)
    FLOW.move(matter, "extend", by, now, note=reason, data={"days": days})
    assert matter.host_unit_id is not None
    extension = Extension(
        matter=matter, area_id=matter.area_id, unit_id=matter.host_unit_id, days=days, reason=reason,
        state=ExtensionState.ASKED, asked_at=now,
        due_at=clock.add_working_days(now, deadlines.days("extension_answer", now)),
        calendar_version=clock.calendar_version(),
    )  # fmt: skip
    EXTENSION.begin(extension, by, now, f"{{actor}}申请延期 {days} 个工作日")
    tell_posts(matter, (Role.COMMUNITY_LEAD,), f"{matter.host_unit}申请延期：{matter}", now)
    return matter


@transaction.atomic
def finish(
    *,
    matter_id: int,
    result: str,
    by: Viewer,
    now: datetime,
    public_result: str = "",
    without: str = "",
    decision: str = "",
    photos: Sequence[UploadedFile[Any]] = (),
) -> Matter:
    """The host unit is done and says with what result. `public_result`: the wording for the board, nothing personal.

    `decision`: of an application, granted or refused; the result then gives the reason.
    """
    matter = FLOW.take(matter_id, "finish", by)
    matter.result = clean(result, "result", 2000, "请写明办理结果：做了什么、什么时候、现在怎样。", 5)
    matter.public_result = without_numbers(clean(public_result, "public_result", 500))
    matter.handler_id = by.user_id
    matter.decision = decision if matter.kind == MatterKind.APPLICATION and decision in Decision.values else ""
    keep_photos(matter, photos, now, by_staff=True)
    missing = _without_parts(matter, without)
    close_round(matter, by, now)
    FLOW.move(matter, "finish", by, now, note=matter.result, data={"without": missing} if missing else None)
    invite_to_rate(matter, f"您反映的「{matter}」已办结，请查看结果；愿意的话，请作评价。", now)
    return matter


def _without_parts(matter: Matter, reason: str) -> str:
    """Why it is finished while a part is not answered; "" when all are. Raises Invalid without a reason."""
    open_now = [str(part.unit) for part in matter.assists.filter(state=AssistState.ASKED).select_related("unit")]
    if not open_now:
        return ""
    names = "、".join(open_now)
    sentence = f"{names}还没有答复协办。请等它答复；不等的，请写明为什么。"
    return clean(reason, "without", 300, sentence, 2)


def close_round(matter: Matter, by: Viewer, now: datetime) -> None:
    """A round is over: what was asked for lapses, and the handling that may be rated comes into being."""
    matter.done_at, matter.rated_at, matter.paused_at = now, None, None
    lapse_requests(matter, assists=True)
    Handling.objects.create(
        matter=matter,
        round=matter.reopened,
        area_id=matter.area_id,
        unit_id=matter.host_unit_id,
        by_id=by.user_id,
        route=matter.route,
        done_at=now,
        due_at=matter.due_at,
    )


@transaction.atomic
def withdraw(*, matter_id: int, reason: str, by: Viewer, now: datetime) -> Matter:
    """The reporter takes the matter back; whoever had it is told, and nothing escalates any more."""
    matter = FLOW.take(matter_id, "withdraw", by)
    reason = clean(reason, "reason", 500)
    matter.paused_at = None
    lapse_requests(matter, assists=True)
    for order in OversightOrder.objects.filter(matter=matter).exclude(state=OversightState.CLOSED):
        order.state, order.closed_at, order.closing = OversightState.CLOSED, now, "反映人撤回，自动销号。"
        order.save()
    matter.objections.filter(state=ObjectionState.RAISED).update(
        state=ObjectionState.DISMISSED, answer="反映人撤回此事项，异议随之结束。", decided_at=now
    )
    FLOW.move(matter, "withdraw", by, now, note=reason)
    tell_unit(matter, matter.host_unit_id, f"反映人已撤回：{matter}", now)
    return matter


@transaction.atomic
def oversee(*, matter_id: int, requirement: str, until: date, by: Viewer, now: datetime) -> Matter:
    """Issue an oversight order: what the host unit must do or explain, and by which day."""
    matter = FLOW.take(matter_id, "oversee", by)
    requirement = clean(requirement, "requirement", 500, "请写明督办要求。", 2)
    if until < clock.local(now).date():
        raise Invalid({"until": "回复期限不能早于今天。"})
    assert matter.host_unit_id is not None
    FLOW.move(matter, "oversee", by, now, note=requirement, data={"until": until.isoformat()})
    order = OversightOrder(
        matter=matter, area_id=matter.area_id, unit_id=matter.host_unit_id, by_id=by.user_id,
        requirement=requirement, state=OversightState.ISSUED, issued_at=now,
        due_at=clock.add_working_days(clock.at(until.year, until.month, until.day), 0),
        calendar_version=clock.calendar_version(),
    )  # fmt: skip
    OVERSIGHT.begin(order, by, now, "{actor}发出督办")
    tell_unit(matter, matter.host_unit_id, f"督办：{matter}", now)
    return matter
