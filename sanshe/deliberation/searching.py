"""Deliberations and their outcomes as far as each may be read; topics for those who collect them."""

from __future__ import annotations

from django.db.models import Q

from sanshe.kernel import clock
from sanshe.kernel.search import Searchable, declare

from .access import DeliberationAccess, OutcomeAccess, TaskAccess, TopicAccess
from .models import Deliberation, Outcome, Task, Topic
from .words import TaskState


def _line(row: Deliberation) -> str:
    return f"{row.number} · {row.area} · {row.get_form_display()}"


def _topic_line(row: Topic) -> str:
    return f"{row.area} · {clock.local(row.created_at):%Y-%m-%d}提出"


def _outcome_line(row: Outcome) -> str:
    return f"{row.deliberation.number} · {row.deliberation.area}"


def _task_line(row: Task) -> str:
    return f"{row.deliberation.number} · {row.deliberation.area} · {row.due_on:%Y-%m-%d}前"


declare(
    Searchable(
        name="deliberations",
        title="协商",
        access=DeliberationAccess,
        fields=("title", "question", "background", "number"),
        shown=("question", "background"),
        line=_line,
        newest=("-created_at", "-pk"),
        open=Q(ended_at__isnull=True),
        area="area",
        moment="created_at",
        related=("area",),
        rank=32,
    ),
    Searchable(
        name="outcomes",
        title="协商意见",
        access=OutcomeAccess,
        fields=("text",),
        shown=("text",),
        line=_outcome_line,
        area="deliberation__area",
        moment="written_at",
        related=("deliberation__area",),
        rank=34,
    ),
    Searchable(
        name="topics",
        title="协商议题",
        access=TopicAccess,
        fields=("title",),
        line=_topic_line,
        newest=("-created_at", "-pk"),
        area="area",
        moment="created_at",
        related=("area",),
        rank=33,
    ),
    Searchable(
        name="outcome-tasks",
        title="协商意见的任务",
        access=TaskAccess,
        fields=("title", "result"),
        shown=("result",),
        line=_task_line,
        mine=lambda viewer: Q(owner=viewer.user_id or 0),
        open=Q(state=TaskState.OPEN),
        area="deliberation__area",
        moment="created_at",
        related=("deliberation__area",),
        offered=lambda viewer: viewer.signed_in,
        rank=34,
    ),
)
