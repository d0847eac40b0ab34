"""Offers and requests of neighbours, for whom the rule shows them: nobody outside the community finds one."""

from __future__ import annotations

from django.db.models import Q

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.search import Searchable, declare

from .access import PostAccess
from .models import Post
from .words import PostState


def _line(row: Post) -> str:
    return f"{row.area} · {clock.local(row.created_at):%Y-%m-%d}发布 · {row.times_said}"


def _mine(viewer: Viewer) -> Q:
    return Q(user=viewer.user_id or 0)


declare(
    Searchable(
        name="mutual-help",
        title="邻里互助",
        access=PostAccess,
        fields=("text",),
        shown=("text",),
        line=_line,
        mine=_mine,
        open=Q(state=PostState.OPEN),
        area="area",
        moment="created_at",
        related=("area",),
        offered=lambda viewer: viewer.signed_in,
        rank=31,
    )
)
