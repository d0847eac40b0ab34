"""Ending a matter without a result (终止办理): only on a written review, or when the reporter let the time pass."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sanshe.accounts.public import Role
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer

from .. import deadlines
from ..flow import FLOW
from ..flow_parts import OBJECTION
from ..models import Ending, Matter, Objection
from ..words import EndedHow, ObjectionAbout, ObjectionState
from .telling import clean, tell_posts, tell_reporter
from .triage import lapse_requests


@transaction.atomic
def terminate(*, matter_id: int, reason: str, review: str, by: Viewer, now: datetime) -> Matter:
    """The unit's lead ends a matter that can not be handled any further, on a written review; the reporter is told.

    `reason` is what the reporter reads; `review` is the written review, for those who work on it.
    """
    matter = FLOW.take(matter_id, "terminate", by)
    reason = clean(reason, "reason", 500, "请写明终止办理的理由，反映人会看到。", 10)
    review = clean(review, "review", 2000, "终止办理须有书面复核意见：查了什么、依据什么、为什么不能继续办。", 10)
    return _end(matter, "terminate", EndedHow.REVIEWED, reason, review, by, now)


@transaction.atomic
def end_waiting(*, matter_id: int, reason: str, by: Viewer, now: datetime) -> Matter:
    """The unit ends a matter whose reporter has not answered within the limit; the reporter is told and may object."""
    matter = FLOW.take(matter_id, "end_waiting", by)
    reason = clean(reason, "reason", 500, "请写明缺什么、为什么不补充就办不了，反映人会看到。", 5)
    return _end(matter, "end_waiting", EndedHow.UNANSWERED, reason, "", by, now)


def _end(
    matter: Matter, step: str, how: EndedHow, reason: str, review: str, by: Viewer, now: datetime
) -> Matter:  # fmt: skip
    assert matter.host_unit_id is not None
    Ending.objects.create(
        matter=matter, area_id=matter.area_id, unit_id=matter.host_unit_id, how=how, reason=reason, review=review,
        by_id=by.account_id, at=now,
    )  # fmt: skip
    matter.handler_id, matter.waited_at = by.user_id, None
    lapse_requests(matter, assists=True)
    FLOW.move(matter, step, by, now, note=reason, data={"how": str(how)})
    # Only now: that it has waited long enough is judged by the moment at which the pause began.
    matter.paused_at = None
    matter.save(update_fields=["paused_at"])
    tell_reporter(matter, f"您反映的「{matter}」已终止办理，请查看理由；不同意的，可以提出异议。", now)
    return matter


@transaction.atomic
def object_ending(*, matter_id: int, reason: str, by: Viewer, now: datetime) -> Matter:
    """The reporter objects to the ending, once; the street decides. Upheld, the matter is triaged again."""
    matter = FLOW.take(matter_id, "object_ending", by)
    reason = clean(reason, "reason", 1000, "请写明为什么应当继续办理。", 2)
    FLOW.move(matter, "object_ending", by, now, note=reason)
    objection = Objection(
        matter=matter, area_id=matter.area_id, by_id=by.user_id, about=ObjectionAbout.ENDING, reason=reason,
        state=ObjectionState.RAISED, raised_at=now, calendar_version=clock.calendar_version(),
        due_at=clock.add_working_days(now, deadlines.days("objection_answer", now)),
    )  # fmt: skip
    OBJECTION.begin(objection, by, now, "{actor}对终止办理提出异议")
    tell_posts(matter, (Role.STREET_OFFICER,), f"反映人对终止办理有异议，请决定：{matter}", now)
    return matter
