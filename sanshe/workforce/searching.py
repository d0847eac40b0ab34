"""Workers, for those who may see their ledger; social work rooms, for everybody."""

from __future__ import annotations

from django.db.models import Q

from sanshe.kernel.search import Searchable, declare

from .access import SocialWorkRoomAccess, WorkerAccess
from .models import Worker


def _line(row: Worker) -> str:
    parts = [row.get_kind_display(), str(row.area), "已离岗" if row.valid_to else ""]
    return " · ".join(part for part in parts if part)


declare(
    Searchable(
        name="workers",
        title="社工队伍",
        access=WorkerAccess,
        fields=("name",),
        line=_line,
        open=Q(valid_to__isnull=True),
        area="area",
        related=("area",),
        offered=lambda viewer: viewer.is_staff,
        indexed=True,
        rank=55,
    ),
    Searchable(
        name="rooms",
        title="社会工作室",
        access=SocialWorkRoomAccess,
        fields=("name",),
        line=lambda row: str(row.area),
        open=Q(valid_to__isnull=True),
        area="area",
        related=("area",),
        rank=57,
    ),
)
