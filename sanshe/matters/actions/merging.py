"""Merging (并案): matters about the same thing go on as one; un-merging gives each back what it had.

The leading matter is handled. Of a merged one nothing runs any more: no deadline, no reminder, no escalation, no part.
Its reporter sees how the leading one stands, gets its answer as their own and rates it on their own. When the leading
one ends without an answer (withdrawn, declined, ended), its followers stand on their own feet again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from .. import deadlines
from ..access import CLOCK, MatterAccess
from ..flow import FLOW
from ..imports import without_numbers
from ..models import Handling, Matter, OversightOrder
from ..numbers import is_number, spelled
from ..words import OPEN, MatterKind, MatterState, ObjectionState, OversightState
from .telling import clean, tell_posts, tell_reporter, tell_unit
from .triage import lapse_requests

#: What the answer of the leading matter gives to those merged with it.
_SHARED = (
    "public_result", "route", "criterion_id", "criterion_version", "host_unit_id", "handler_id", "done_at",
)  # fmt: skip


def leading_of(viewer: Viewer, into: str | int) -> Matter:
    """The matter that is to lead, by number or id, if the viewer may merge into it. Raises Invalid at `into`."""
    rows = MatterAccess.rows(viewer, "merge")
    text = str(into).strip()
    if is_number(text):
        rows = rows.filter(number=spelled(text))
    elif text.isascii() and text.isdigit() and len(text) < 18:
        rows = rows.filter(pk=int(text))
    else:
        raise Invalid({"into": "编号有误，请对照逐位核对，例如 20260610-000123-7。"})
    found = rows.first()
    if found is None:
        raise Invalid({"into": "没有找到这件事项，或它不在您负责的区域。跨社区并案由街道办理。"})
    return found


@transaction.atomic
def merge(*, matter_id: int, into: str | int, reason: str, by: Viewer, now: datetime) -> Matter:
    """Merge a matter into another that is open and returns the one that leads.

    What had been merged into it goes with it. Raises Invalid when both are one, when the other is closed or merged
    itself, or when either is an application. Both are locked in the order of their ids, so that two people who merge
    each into the other at once can not make a circle.
    """
    MatterAccess.get(by, matter_id, "merge")
    lead = leading_of(by, into)
    if lead.pk == matter_id:
        raise Invalid({"into": "不能并入它自己，请填写另一件事项的编号。"})
    list(Matter.objects.select_for_update().filter(pk__in=[matter_id, lead.pk]).order_by("pk").values_list("pk"))
    matter = FLOW.take(matter_id, "merge", by)
    lead.refresh_from_db()
    if lead.state == MatterState.MERGED:
        target = lead.merged_into.number if lead.merged_into else ""
        raise Invalid({"into": f"{lead.number} 已经并入 {target}，请填写 {target}。"})
    if lead.state not in OPEN:
        raise Invalid({"into": f"{lead.number} 现在是「{lead.get_state_display()}」，只能并入还没有办结的事项。"})
    if MatterKind.APPLICATION in (matter.kind, lead.kind):
        raise Invalid({"into": "申请服务各人办各人的，不能并案。"})
    reason = clean(reason, "reason", 500, "请写明为什么是同一件事，一句话即可。", 2)
    unit = matter.host_unit_id if matter.host_unit_id != lead.host_unit_id else None
    matter.merged_into, matter.merged_at, matter.merged_from = lead, now, matter.state
    # The deadline stands still from now on, if it does not already because the reporter is being waited for.
    matter.paused_at = matter.paused_at or now
    _end_parts(matter, lead, now)
    FLOW.move(
        matter, "merge", by, now, note=reason, sentence=f"{{actor}}把此事项并入 {lead.number} 一起办理",
        data={"into": lead.pk},
    )  # fmt: skip
    for follower in Matter.objects.select_for_update().filter(merged_into=matter).order_by("pk"):
        follower.merged_into = lead
        follower.save(update_fields=["merged_into"])
    tell_unit(matter, unit, f"已并入 {lead.number} 一起办理，请停止办理：{matter}", now)
    tell_unit(lead, lead.host_unit_id, f"有同一件事并入：{lead}", now)
    tell_reporter(matter, f"您反映的「{matter}」与另一件事项是同一件事，已合并办理，进度和结果照样告诉您。", now)
    return lead


def _end_parts(matter: Matter, lead: Matter, now: datetime) -> None:
    """End what hangs on a matter that is merged: requests lapse, orders are closed, an objection is answered."""
    lapse_requests(matter, assists=True)
    for order in OversightOrder.objects.filter(matter=matter).exclude(state=OversightState.CLOSED):
        order.state, order.closed_at = OversightState.CLOSED, now
        order.closing = f"事项并入 {lead.number}，自动销号；需要督办的，在该事项上发出。"
        order.save()
    matter.objections.filter(state=ObjectionState.RAISED).update(
        state=ObjectionState.DISMISSED, answer="此事项与反映同一件事的事项合并办理，异议随之结束。", decided_at=now
    )


@transaction.atomic
def unmerge(*, matter_id: int, reason: str, by: Viewer, now: datetime) -> Matter:
    """Give a merged matter back to where it was, its deadline moved on by the time that it was merged."""
    matter = FLOW.take(matter_id, "unmerge", by)
    reason = clean(reason, "reason", 500, "请写明为什么不是同一件事，一句话即可。", 2)
    return _restore(matter, by, now, reason)


def _restore(matter: Matter, by: Viewer, now: datetime, reason: str) -> Matter:
    former, lead = matter.merged_from or MatterState.RECEIVED, matter.merged_into
    if former != MatterState.WAITING:
        deadlines.resume(matter, now)
    matter.state = former
    matter.merged_into, matter.merged_at, matter.merged_from = None, None, ""
    FLOW.move(
        matter, "unmerge", by, now, note=reason,
        data={"from": str(MatterState.MERGED), "to": str(former), "lead": lead.pk if lead else None,
              "due": str(matter.due_at)},
    )  # fmt: skip
    if matter.host_unit_id is not None:
        tell_unit(matter, matter.host_unit_id, f"已取消并案，请继续办理：{matter}", now)
    else:
        from sanshe.accounts.public import Role

        tell_posts(matter, (Role.FRONT_DESK,), f"已取消并案，请继续办理：{matter}", now)
    tell_reporter(matter, f"您反映的「{matter}」恢复单独办理，请查看进度。", now)
    return matter


def _followers(lead: Matter) -> list[Matter]:
    rows = Matter.objects.select_for_update(of=("self",)).filter(merged_into=lead, state=MatterState.MERGED)
    return list(rows.order_by("pk"))


def answer_followers(lead: Matter, by: Viewer, now: datetime) -> None:
    """The leading matter is done: each follower has its answer, and a handling of its own that its reporter rates."""
    for matter in _followers(lead):
        for name in _SHARED:
            setattr(matter, name, getattr(lead, name))
        # Another reporter reads it: the released wording where there is one, never a phone or a citizen number.
        matter.result = without_numbers(lead.public_result or lead.result)
        matter.triaged_at = matter.triaged_at or lead.triaged_at
        matter.rated_at, matter.paused_at = None, None
        FLOW.move(matter, "finish_merged", Viewer.system_account(CLOCK), now, data={"lead": lead.pk})
        Handling.objects.get_or_create(
            matter=matter, round=matter.reopened,
            defaults={"area_id": matter.area_id, "unit_id": lead.host_unit_id, "by_id": by.user_id,
                      "route": lead.route, "done_at": now, "due_at": lead.due_at},
        )  # fmt: skip
        tell_reporter(matter, f"您反映的「{matter}」已随合并的事项办结，请查看结果并作评价。", now)


def free_followers(lead: Matter, by: Viewer, now: datetime) -> None:
    """The leading matter ended without an answer: its followers go on as they were before."""
    for matter in _followers(lead):
        word = str(MatterState(lead.state).label)
        _restore(matter, Viewer.system_account(CLOCK), now, f"合并办理的事项 {lead.number} {word}，恢复单独办理。")


def hook_on(flow: Any = FLOW) -> None:
    """What happens to the followers whenever a leading matter comes to an end, by whichever step."""
    for step in flow.steps:
        if step.name == "finish_merged":
            continue
        if step.target == MatterState.DONE:
            flow.after(step.name)(answer_followers)
        elif step.target in (MatterState.DECLINED, MatterState.WITHDRAWN, MatterState.ENDED):
            flow.after(step.name)(free_followers)
