"""Readers of social work rooms: who is in charge, what they did, where one is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from sanshe.areas.public import Area, communities_of
from sanshe.kernel import params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from ..access import SocialWorkRoomAccess
from ..models import RoomLog, RoomStaff, SocialWorkRoom
from ..words import WorkerKind
from .counts import FIRST, rooms_on
from .people import best_of


def rooms(viewer: Viewer, on: date) -> QuerySet[SocialWorkRoom]:
    """Rooms in use on a day that the viewer may see, by area."""
    rows = SocialWorkRoomAccess.rows(viewer).filter(pk__in=rooms_on(on)).select_related("area", "area__parent")
    return rows.prefetch_related("staff__worker__certificates")


def room_of(viewer: Viewer, pk: int) -> SocialWorkRoom:
    """One room with its people. Raises NotVisible."""
    rows = SocialWorkRoom.objects.select_related("area", "area__parent").prefetch_related("staff__worker__certificates")
    return SocialWorkRoomAccess.get(viewer, pk, rows=rows)


def staff_of(room: SocialWorkRoom, on: date) -> list[RoomStaff]:
    """Who is in charge on a day, from the rows at hand."""
    found = [one for one in room.staff.all() if one.valid_from <= on and (one.valid_to is None or one.valid_to > on)]
    return sorted(found, key=lambda one: one.pk)


def keepers(room: SocialWorkRoom, on: date) -> list[str]:
    """The names of those in charge; where none are in the register, the names that were written down."""
    named = [one.worker.name for one in staff_of(room, on)]
    return named or [str(name) for name in room.in_charge]


def professionals(room: SocialWorkRoom, on: date) -> list[RoomStaff]:
    """Those in charge who count: in post as community workers of the room's own community, with a valid certificate."""
    return [one for one in staff_of(room, on) if counts_in_charge(one, room, on)]


def counts_in_charge(staff: RoomStaff, room: SocialWorkRoom, on: date) -> bool:
    """Whether somebody in charge is one of the community's own professionals (notice 二(三)2)."""
    worker = staff.worker
    there = worker.kind == WorkerKind.COMMUNITY_WORKER and worker.area_id == room.area_id
    in_post = worker.valid_from <= on and (worker.valid_to is None or worker.valid_to > on)
    return there and in_post and best_of(worker.certificates.all(), on) is not None


def needed(on: date) -> int:
    """How many professionals are to be in charge of a room (`workforce.room_professionals`)."""
    return int(params.get("workforce.room_professionals", on=max(on, FIRST)).value)


def check_in_charge(row: RoomStaff) -> None:
    """In charge is a community worker of the room's own community with a valid certificate. Raises Invalid."""
    worker, room = row.worker, row.room
    if worker.kind != WorkerKind.COMMUNITY_WORKER or worker.area_id != room.area_id:
        raise Invalid({"worker": f"负责人应从{room.area}现有的社区工作者中选派（通知二（三）2），{worker.name}不是。"})
    ended = worker.valid_to is not None and worker.valid_to <= row.valid_from
    if worker.valid_from > row.valid_from or ended:
        raise Invalid({"valid_from": f"这一天{worker.name}不在岗（{worker.valid_from}到岗），请核对日期。"})
    if best_of(worker.certificates.all(), row.valid_from) is None:
        raise Invalid({"worker": f"{worker.name}这一天没有有效的职业水平证书；请先登记证书，或另选一位专业人员。"})
    same = RoomStaff.objects.filter(room=room, worker=worker, valid_to=None).exclude(pk=row.pk)
    if row.valid_to is None and same.exists():
        raise Invalid({"worker": f"{worker.name}已是这个社会工作室的负责人。"})


def other_room(row: SocialWorkRoom) -> SocialWorkRoom | None:
    """The room that is open in the same community already."""
    return SocialWorkRoom.objects.filter(area_id=row.area_id, valid_to=None).exclude(pk=row.pk).first()


def log_of(room: SocialWorkRoom, on: date, days: int) -> tuple[list[RoomLog], int, int]:
    """The latest entries, how many within the last days, and the people served in them."""
    rows = room.log.filter(on__lte=on)
    lately = list(rows.filter(on__gt=on - timedelta(days=days)).values_list("people", flat=True))
    return list(rows[:20]), len(lately), sum(n or 0 for n in lately)


@dataclass(frozen=True)
class RoomLine:
    """A community with its room, and what is missing there."""

    area: Area
    room: SocialWorkRoom | None
    names: list[str]
    count: int
    short: int

    @property
    def missing(self) -> str:
        """What is missing, in words; empty when nothing is."""
        if self.room is None:
            return "还没有社会工作室"
        return f"负责的专业人员还差 {self.short} 名" if self.short else ""


def room_lines(viewer: Viewer, within: Area, on: date) -> list[RoomLine]:
    """Every community of an area with its room; those without a room or short of professionals are told so."""
    found = {room.area_id: room for room in rooms(viewer, on)}
    least = needed(on)
    out = []
    for community in communities_of(within.pk, on).select_related("parent"):
        room = found.get(community.pk)
        count = len(professionals(room, on)) if room is not None else 0
        names = keepers(room, on) if room is not None else []
        out.append(RoomLine(community, room, names, count, max(least - count, 0)))
    return out
