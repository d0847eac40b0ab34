"""The ends of matters that no unit handles: settled together, or done by oneself."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sanshe.accounts.public import Role
from sanshe.kernel.access import Viewer

from .. import deadlines
from ..flow import FLOW
from ..imports import without_numbers
from ..models import Matter
from ..words import MatterState
from .handling import close_round
from .telling import clean, invite_to_rate, tell_posts, tell_reporter
from .triage import back_to_triage


def joint_begun(*, matter_id: int) -> None:
    """Deliberation calls this when it takes a matter up: the limit for beginning is met, none runs from then."""
    Matter.objects.filter(pk=matter_id, state=MatterState.TOGETHER).update(
        due_at=None, promised_at=None, reminded_at=None, escalated_at=None
    )


@transaction.atomic
def joint_waits(*, matter_id: int, now: datetime) -> None:
    """Deliberation calls this when one ended without result: the limit for beginning another runs from now."""
    matter = Matter.objects.select_for_update().get(pk=matter_id)
    if matter.state == MatterState.TOGETHER:
        deadlines.set_working_days(matter, deadlines.days("deadline_joint", now), now)
        matter.save()


@transaction.atomic
def finish_joint(*, matter_id: int, result: str, by: Viewer, now: datetime, public_result: str = "") -> Matter:
    """Deliberation calls this when what was agreed has been carried out."""
    matter = FLOW.take(matter_id, "finish_joint", by)
    matter.result = clean(result, "result", 2000, "请写明协商的结果和落实情况。", 2)
    matter.public_result = without_numbers(clean(public_result, "public_result", 500))
    matter.handler_id = by.user_id
    close_round(matter, by, now)
    FLOW.move(matter, "finish_joint", by, now, note=matter.result)
    invite_to_rate(matter, f"您反映的「{matter}」经协商已经落实，请查看结果；愿意的话，请作评价。", now)
    return matter


@transaction.atomic
def hand_back(*, matter_id: int, reason: str, by: Viewer, now: datetime) -> Matter:
    """Deliberation calls this when a matter can not be settled together: it is triaged again."""
    matter = FLOW.take(matter_id, "hand_back", by)
    reason = clean(reason, "reason", 500, "请写明为什么不能经协商解决。", 2)
    matter.retriaged += 1
    back_to_triage(matter, now)
    FLOW.move(matter, "hand_back", by, now, note=reason, data={"retriaged": matter.retriaged})
    tell_posts(matter, (Role.FRONT_DESK,), f"协商不成，请重新分流：{matter}", now)
    tell_reporter(matter, f"您反映的「{matter}」不适合协商解决，将重新分流。", now)
    return matter


@transaction.atomic
def guide_done(*, matter_id: int, result: str, by: Viewer, now: datetime) -> Matter:
    """The community followed up a private matter and closes it."""
    matter = FLOW.take(matter_id, "guide_done", by)
    matter.result = clean(result, "result", 2000, "请写明跟进的情况。", 2)
    matter.handler_id, matter.help_wanted = by.user_id, False
    close_round(matter, by, now)
    FLOW.move(matter, "guide_done", by, now, note=matter.result)
    invite_to_rate(matter, f"关于「{matter}」的指引已办结；愿意的话，请作评价。", now)
    return matter


@transaction.atomic
def help_done(*, matter_id: int, result: str = "", by: Viewer, now: datetime) -> Matter:
    """The reporter says that it is settled."""
    matter = FLOW.take(matter_id, "help_done", by)
    matter.result = clean(result, "result", 2000) or "反映人告知事情已经解决。"
    matter.help_wanted = False
    close_round(matter, by, now)
    return FLOW.move(matter, "help_done", by, now, note=matter.result)
