"""Answers to what hangs on a matter: assistance, objection, extension, oversight."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sanshe.accounts.public import Role
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer

from .. import deadlines
from ..flow import FLOW
from ..flow_parts import ASSIST, EXTENSION, OBJECTION, OVERSIGHT
from ..models import Assist, Extension, Matter, Objection, OversightOrder
from ..words import RUNNING, MatterState, ObjectionState
from .telling import clean, tell_desk, tell_posts, tell_reporter, tell_unit
from .triage import back_to_triage


@transaction.atomic
def answer_assist(*, assist_id: int, answer: str, by: Viewer, now: datetime) -> Assist:
    """The assisting unit says what it did or found; the host unit is told."""
    assist = ASSIST.take(assist_id, "answer", by)
    assist.answer = clean(answer, "answer", 2000, "请写明协办的答复。", 2)
    assist.answered_at = now
    ASSIST.move(assist, "answer", by, now, note=assist.answer)
    tell_unit(assist.matter, assist.matter.host_unit_id, f"{assist.unit}已答复协办：{assist.matter}", now)
    return assist


# -- objection to the triage -------------------------------------------------------------------------------------------


@transaction.atomic
def raise_objection(*, matter_id: int, reason: str, by: Viewer, now: datetime) -> Matter:
    """The reporter objects to the triage, once; handling goes on until the street has decided."""
    matter = FLOW.take(matter_id, "object", by)
    reason = clean(reason, "reason", 1000, "请写明您认为应当怎样分流、为什么。", 2)
    # The step's need asks whether an objection was made before, so the mark is set after it has been judged.
    FLOW.move(matter, "object", by, now, note=reason)
    matter.objected_at = now
    matter.save(update_fields=["objected_at"])
    objection = Objection(
        matter=matter, area_id=matter.area_id, by_id=by.user_id, reason=reason, state=ObjectionState.RAISED,
        raised_at=now, due_at=clock.add_working_days(now, deadlines.days("objection_answer", now)),
        calendar_version=clock.calendar_version(),
    )  # fmt: skip
    OBJECTION.begin(objection, by, now, "{actor}对分流提出异议")
    tell_posts(matter, (Role.STREET_OFFICER,), f"反映人对分流有异议，请决定：{matter}", now)
    return matter


@transaction.atomic
def uphold_objection(*, objection_id: int, answer: str, by: Viewer, now: datetime) -> Objection:
    """The street agrees: the matter goes back to be triaged again, and that is counted."""
    objection = OBJECTION.take(objection_id, "uphold", by)
    objection.answer = clean(answer, "answer", 1000, "请写明理由。", 2)
    objection.decided_at = now
    OBJECTION.move(objection, "uphold", by, now, note=objection.answer)
    matter = objection.matter
    if matter.state not in (MatterState.RECEIVED, MatterState.WITHDRAWN):
        matter = FLOW.take(matter.pk, "retriage", by)
        matter.retriaged += 1
        unit = matter.host_unit_id
        back_to_triage(matter, now)
        FLOW.move(matter, "retriage", by, now, note=objection.answer, data={"retriaged": matter.retriaged})
        tell_unit(matter, unit, f"街道决定重新分流，请停止办理：{matter}", now)
        tell_desk(matter, f"异议成立，请重新分流：{matter}", now)
    tell_reporter(matter, f"您对「{matter}」的异议成立，将重新分流。", now)
    return objection


@transaction.atomic
def dismiss_objection(*, objection_id: int, answer: str, by: Viewer, now: datetime) -> Objection:
    """The street does not agree, and says why."""
    objection = OBJECTION.take(objection_id, "dismiss", by)
    objection.answer = clean(answer, "answer", 1000, "请写明理由。", 2)
    objection.decided_at = now
    OBJECTION.move(objection, "dismiss", by, now, note=objection.answer)
    tell_reporter(objection.matter, f"您对「{objection.matter}」的异议，街道已答复，请查看理由。", now)
    return objection


# -- extension ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def grant_extension(*, extension_id: int, answer: str = "", by: Viewer, now: datetime) -> Extension:
    """Give more time: the deadline and the promise move, and the reporter is told why."""
    extension = EXTENSION.take(extension_id, "grant", by)
    extension.answer, extension.decided_at = clean(answer, "answer", 500), now
    EXTENSION.move(extension, "grant", by, now, note=extension.answer)
    matter = Matter.objects.select_for_update().get(pk=extension.matter_id)
    if matter.state in RUNNING or matter.state == MatterState.WAITING:
        deadlines.extend(matter, extension.days)
        matter.save()
        tell_reporter(
            matter,
            f"「{matter}」需要更多时间，延至{clock.say_day(matter.promised_at)}前答复。",  # type: ignore[arg-type]
            now,
        )
    tell_unit(matter, extension.unit_id, f"已同意延期 {extension.days} 个工作日：{matter}", now)
    return extension


@transaction.atomic
def refuse_extension(*, extension_id: int, answer: str, by: Viewer, now: datetime) -> Extension:
    """Refuse more time, with the reason."""
    extension = EXTENSION.take(extension_id, "refuse", by)
    extension.answer = clean(answer, "answer", 500, "请写明不同意的理由。", 2)
    extension.decided_at = now
    EXTENSION.move(extension, "refuse", by, now, note=extension.answer)
    tell_unit(extension.matter, extension.unit_id, f"未同意延期：{extension.matter}", now)
    return extension


# -- oversight order ---------------------------------------------------------------------------------------------------


@transaction.atomic
def answer_oversight(*, order_id: int, answer: str, by: Viewer, now: datetime) -> OversightOrder:
    """The unit says what it did about the order."""
    order = OVERSIGHT.take(order_id, "answer", by)
    order.answer = clean(answer, "answer", 2000, "请写明督办要求的落实情况。", 2)
    order.answered_at = now
    OVERSIGHT.move(order, "answer", by, now, note=order.answer)
    return order


@transaction.atomic
def close_oversight(*, order_id: int, closing: str = "", by: Viewer, now: datetime) -> OversightOrder:
    """The one who supervises is content with the answer."""
    order = OVERSIGHT.take(order_id, "close", by)
    order.closing, order.closed_at = clean(closing, "closing", 500), now
    return OVERSIGHT.move(order, "close", by, now, note=order.closing)


@transaction.atomic
def press_oversight(*, order_id: int, closing: str, by: Viewer, now: datetime) -> OversightOrder:
    """The one who supervises is not content: the unit must answer again, by the same number of days from now."""
    order = OVERSIGHT.take(order_id, "press", by)
    order.closing = clean(closing, "closing", 500, "请写明还要做什么。", 2)
    span = max(1, clock.working_days_between(order.issued_at, order.due_at, order.calendar_version or None))
    order.due_at, order.escalations, order.reminded_at = clock.add_working_days(now, span), 0, None
    order.calendar_version = clock.calendar_version()
    OVERSIGHT.move(order, "press", by, now, note=order.closing)
    tell_unit(order.matter, order.unit_id, f"督办要求再办：{order.matter}", now)
    return order
