"""Tasks: given out, reported on, finished, reopened, dropped. Progress is told to those who took part."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from sanshe.accounts.public import User
from sanshe.areas.public import Body
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from ..flow import FLOW, TASK_FLOW
from ..models import Deliberation, Task, TaskNote
from ..words import DeliberationState, TaskState
from .outcome import set_due, tell_owner
from .telling import tell_participants, words


@transaction.atomic
def add_task(
    *,
    deliberation_id: int,
    title: str,
    due_on: date,
    by: Viewer,
    now: datetime,
    owner: User | None = None,
    owner_body: Body | None = None,
) -> Deliberation:
    """Give out a task to exactly one person or body, with a date."""
    deliberation = FLOW.take(deliberation_id, "add_task", by)
    title = words("title", title, "任务", 120)
    if (owner is None) == (owner_body is None):
        raise Invalid({"owner_body": "请写明责任单位或责任人，二者选一。"})
    today = clock.local(now).date()
    if not today <= due_on <= today + timedelta(days=1100):
        raise Invalid({"due_on": "完成期限应在今天以后、三年以内。"})
    task = Task(
        deliberation=deliberation,
        title=title,
        owner=owner,
        owner_body=owner_body,
        due_on=due_on,
        due_at=clock.at(due_on.year, due_on.month, due_on.day, 18),
        created_at=now,
    )
    TASK_FLOW.begin(task, by, now, sentence="{actor}分派了任务")
    if deliberation.state != DeliberationState.RESOLVED:
        set_due(deliberation)
        tell_owner(task, now)
    return FLOW.move(deliberation, "add_task", by, now, data={"task": task.pk})


def _note(task: Task, text: str, by: Viewer, now: datetime) -> None:
    TaskNote.objects.create(task=task, text=text, at=now, by_id=by.user_id)


def _after(task: Task, now: datetime) -> None:
    deliberation = Deliberation.objects.select_for_update().get(pk=task.deliberation_id)
    if deliberation.state in (DeliberationState.PUBLISHED, DeliberationState.CARRYING_OUT):
        set_due(deliberation)
        deliberation.save(update_fields=["due_at"])


@transaction.atomic
def progress(*, task_id: int, text: str, by: Viewer, now: datetime) -> Task:
    """Say how the task is getting on. All who took part are told."""
    task = TASK_FLOW.take(task_id, "progress", by)
    text = words("text", text, "进展", 1000)
    TASK_FLOW.move(task, "progress", by, now, note=text)
    _note(task, text, by, now)
    tell_participants(task.deliberation, f"「{task.title}」有新进展：{text[:60]}", now, but=by.user_id)
    return task


def _finish(task_id: int, step: str, result: str, by: Viewer, now: datetime) -> Task:
    task = TASK_FLOW.take(task_id, step, by)
    task.result = words("result", result, "完成情况", 1000)
    task.done_at = now
    TASK_FLOW.move(task, step, by, now, note=task.result)
    _note(task, task.result, by, now)
    _after(task, now)
    tell_participants(task.deliberation, f"「{task.title}」已完成：{task.result[:60]}", now, but=by.user_id)
    return task


@transaction.atomic
def finish(*, task_id: int, result: str, by: Viewer, now: datetime) -> Task:
    """Finish one's own task."""
    return _finish(task_id, "finish", result, by, now)


@transaction.atomic
def finish_for(*, task_id: int, result: str, by: Viewer, now: datetime) -> Task:
    """Write down that a task is finished, for an owner without an account."""
    return _finish(task_id, "finish_for", result, by, now)


@transaction.atomic
def reopen(*, task_id: int, reason: str, by: Viewer, now: datetime) -> Task:
    """Send a finished task back."""
    task = TASK_FLOW.take(task_id, "reopen", by)
    reason = words("reason", reason, "退回的原因", 300)
    task.done_at, task.result = None, ""
    TASK_FLOW.move(task, "reopen", by, now, note=reason)
    _note(task, f"退回继续办理：{reason}", by, now)
    _after(task, now)
    tell_owner(task, now)
    return task


@transaction.atomic
def drop(*, task_id: int, reason: str, by: Viewer, now: datetime) -> Task:
    """Give a task up, with a reason that all who took part can read."""
    task = TASK_FLOW.take(task_id, "drop", by)
    task.result = words("reason", reason, "不再办理的原因", 300)
    TASK_FLOW.move(task, "drop", by, now, note=task.result)
    _note(task, f"不再办理：{task.result}", by, now)
    _after(task, now)
    if task.state == TaskState.DROPPED:
        tell_participants(task.deliberation, f"「{task.title}」不再办理：{task.result[:60]}", now, but=by.user_id)
    return task
