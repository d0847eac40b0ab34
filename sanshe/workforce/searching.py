"""Workers, for those who may see their ledger; social work rooms, for everybody."""

from __future__ import annotations

from django.db.models import Q

from sanshe.kernel.search import Searchable, declare

from .access import RoomLogAccess, SocialWorkRoomAccess, WorkerAccess
from .models import RoomLog, Worker


def _line(row: Worker) -> str:
    parts = [row.get_kind_display(), str(row.area), "已离岗" if row.valid_to else ""]
    return " · ".join(part for part in parts if part)


def _log_line(row: RoomLog) -> str:
    people = f"服务 {row.people} 人次" if row.people else ""
    return " · ".join(part for part in (str(row.room), f"{row.on:%Y-%m-%d}", row.get_kind_display(), people) if part)


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
        typing=False,
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
    Searchable(
        name="room-log",
        title="工作室服务记录",
        access=RoomLogAccess,
        fields=("title",),
        heading=lambda row: str(row.title),
        line=_log_line,
        url=lambda row: str(row.room.get_absolute_url()),
        newest=("-on", "-pk"),
        area="room__area",
        related=("room",),
        rank=58,
    ),
)
