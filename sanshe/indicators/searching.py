"""Plans that close the gap to a target, for those who answer for them."""

from __future__ import annotations

from django.db.models import Q

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.search import Searchable, declare

from .access import GapPlanAccess
from .models import GapPlan
from .words import PlanState


def _line(row: GapPlan) -> str:
    return f"{row.area} · {row.owner} · {clock.local(row.due_at):%Y-%m-%d}前"


def _mine(viewer: Viewer) -> Q:
    return Q(owner=viewer.user_id or 0)


declare(
    Searchable(
        name="gap-plans",
        title="补差计划",
        access=GapPlanAccess,
        fields=("title", "measures"),
        shown=("measures",),
        line=_line,
        mine=_mine,
        open=Q(state=PlanState.DOING),
        area="area",
        moment="made_at",
        related=("area", "owner"),
        offered=lambda viewer: viewer.is_staff,
        rank=66,
    )
)
