"""The end: closed, failed, cancelled; and how those who took part rate it."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, WrongState
from sanshe.matters.public import MatterState, finish_joint

from .. import rules
from ..flow import FLOW
from ..models import Deliberation, Participant, Rating, Topic
from ..words import MeetingState
from .telling import tell_participants, words
from .topics import release_topics


@transaction.atomic
def close(*, deliberation_id: int, result: str, by: Viewer, now: datetime) -> Deliberation:
    """Close a deliberation that is carried out. The matters that joined are finished, so that they can be rated.

    `result`: what came of it, in the words that the reporters of the matters read.
    """
    deliberation = FLOW.take(deliberation_id, "close", by)
    result = words("result", result, "落实结果", 2000)
    deliberation.ended_at, deliberation.due_at = now, None
    FLOW.move(deliberation, "close", by, now, note=result)
    joined = Topic.objects.filter(deliberation=deliberation, matter__state=MatterState.TOGETHER)
    for topic in joined.order_by("matter_id"):
        finish_joint(matter_id=topic.matter_id or 0, result=result, by=by, now=now)
    text = f"协商「{deliberation.title}」已结束，请您评价。"
    tell_participants(deliberation, text, now, but=by.user_id)
    return deliberation


def _end_without(deliberation_id: int, step: str, reason: str, by: Viewer, now: datetime) -> Deliberation:
    deliberation = FLOW.take(deliberation_id, step, by)
    deliberation.end_reason = words("reason", reason, "原因", 1000)
    deliberation.ended_at, deliberation.due_at = now, None
    meeting = rules.current_meeting(deliberation)
    FLOW.move(deliberation, step, by, now, note=deliberation.end_reason)
    if meeting is not None and meeting.state == MeetingState.PLANNED:
        meeting.state = MeetingState.HELD if step == "fail" else MeetingState.NOT_HELD
        meeting.not_held_reason = "" if step == "fail" else deliberation.end_reason
        meeting.save()
    release_topics(deliberation=deliberation, by=by, now=now)
    return deliberation


@transaction.atomic
def fail(*, deliberation_id: int, reason: str, by: Viewer, now: datetime) -> Deliberation:
    """The meeting came to no agreement. Its topics go back to be arranged anew."""
    deliberation = _end_without(deliberation_id, "fail", reason, by, now)
    tell_participants(deliberation, f"协商「{deliberation.title}」未达成一致：{reason[:60]}", now, but=by.user_id)
    return deliberation


@transaction.atomic
def cancel(*, deliberation_id: int, reason: str, by: Viewer, now: datetime) -> Deliberation:
    """Call it off. Its topics go back to be arranged anew."""
    deliberation = _end_without(deliberation_id, "cancel", reason, by, now)
    if deliberation.opened_at is not None:
        tell_participants(deliberation, f"协商「{deliberation.title}」已取消：{reason[:60]}", now, but=by.user_id)
    return deliberation


@transaction.atomic
def rate(*, deliberation_id: int, stars: int, by: Viewer, now: datetime, comment: str = "") -> Deliberation:
    """Rate a closed deliberation, once, 1 to 5, by somebody who took part."""
    deliberation = FLOW.take(deliberation_id, "rate", by)
    if stars not in range(1, 6):
        raise Invalid({"stars": "请选择 1 至 5 分。"})
    comment = words("comment", comment, "评语", 300, required=False)
    one = Participant.objects.get(deliberation=deliberation, user_id=by.user_id or 0)
    try:
        with transaction.atomic():
            Rating.objects.create(deliberation=deliberation, participant=one, stars=stars, words=comment, at=now)
    except IntegrityError as error:
        raise WrongState("您已经评价过这次协商。") from error
    return FLOW.move(deliberation, "rate", by, now)
