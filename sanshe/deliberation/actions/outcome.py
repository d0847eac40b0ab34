"""The outcome: drafted, its needs stated, published, carried out."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from ..flow import FLOW
from ..models import Deliberation, Outcome, OutcomeNeed, Task
from ..words import ServiceField, TaskState
from .telling import tell, tell_participants, words


@transaction.atomic
def write_outcome(*, deliberation_id: int, text: str, by: Viewer, now: datetime) -> Deliberation:
    """Draft the outcome, or change the draft."""
    deliberation = FLOW.take(deliberation_id, "write_outcome", by)
    text = words("text", text, "协商意见", 5000)
    Outcome.objects.update_or_create(deliberation=deliberation, defaults={"text": text, "written_at": now})
    return FLOW.move(deliberation, "write_outcome", by, now)


@transaction.atomic
def state_need(
    *,
    deliberation_id: int,
    title: str,
    field: str,
    for_whom: str,
    by: Viewer,
    now: datetime,
    people: int | None = None,
    detail: str = "",
) -> Deliberation:
    """State a service that residents need. `people`: how many would use it, if known."""
    deliberation = FLOW.take(deliberation_id, "state_need", by)
    title = words("title", title, "需求", 80)
    for_whom = words("for_whom", for_whom, "服务对象", 120)
    detail = words("detail", detail, "说明", 1000, required=False)
    if field not in ServiceField.values:
        raise Invalid({"field": "请选择服务领域。"})
    if people is not None and not 0 < people <= 1_000_000:
        raise Invalid({"people": "预计服务人数应在 1 至 1000000 之间。"})
    outcome = Outcome.objects.filter(deliberation=deliberation).first()
    if outcome is not None:
        OutcomeNeed.objects.create(
            outcome=outcome,
            title=title,
            field=field,
            for_whom=for_whom,
            people=people,
            words=detail,
            stated_at=now,
        )
    return FLOW.move(deliberation, "state_need", by, now, data={"need": title})


@transaction.atomic
def publish(*, deliberation_id: int, by: Viewer, now: datetime) -> Deliberation:
    """Publish the outcome and tell all who took part. Modules above hook on this step (needs)."""
    deliberation = FLOW.take(deliberation_id, "publish", by)
    deliberation.published_at = now
    Outcome.objects.filter(deliberation=deliberation).update(published_at=now)
    set_due(deliberation)
    FLOW.move(deliberation, "publish", by, now)
    tell_participants(deliberation, f"协商「{deliberation.title}」的协商意见已公布，请查看。", now, but=by.user_id)
    tell_owners(deliberation, now)
    return deliberation


def tell_owners(deliberation: Deliberation, now: datetime) -> None:
    """Tell the owners of open tasks, once the outcome is published."""
    for task in Task.objects.filter(deliberation=deliberation, state=TaskState.OPEN):
        tell_owner(task, now)


def tell_owner(task: Task, now: datetime) -> None:
    """Tell the person, or those who work for the body, of a task."""
    from sanshe.accounts.public import on_duty

    from ..access import CARRIERS

    text = f"请落实协商任务「{task.title}」，{clock.say_day(task.due_on)}前完成。"
    if task.owner_id is not None:
        tell([task.owner_id], text, task.get_absolute_url(), now)
    elif task.owner_body_id is not None:
        tell([u.pk for u in on_duty(*CARRIERS, body_id=task.owner_body_id)], text, task.get_absolute_url(), now)


def set_due(deliberation: Deliberation) -> None:
    """What comes next is due when the first open task is. Does not save."""
    first = Task.objects.filter(deliberation=deliberation, state=TaskState.OPEN).order_by("due_at").first()
    deliberation.due_at = first.due_at if first is not None else None


@transaction.atomic
def carry_out(*, deliberation_id: int, by: Viewer, now: datetime) -> Deliberation:
    """Confirm the tasks and begin to carry them out."""
    deliberation = FLOW.take(deliberation_id, "carry_out", by)
    set_due(deliberation)
    FLOW.move(deliberation, "carry_out", by, now)
    tell_participants(deliberation, f"协商「{deliberation.title}」开始落实，可随时查看进展。", now, but=by.user_id)
    return deliberation
