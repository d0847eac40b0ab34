"""Verbs of social work rooms and of those in charge of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from sanshe.areas.public import Area, AreaLevel
from sanshe.kernel import audit
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed

from ..access import RoomStaffAccess, SocialWorkRoomAccess
from ..models import RoomStaff, SocialWorkRoom
from ..queries import check_in_charge


@transaction.atomic
def open_room(*, area: Area, name: str, since: date, by: Viewer, now: datetime, **more: Any) -> SocialWorkRoom:
    """Open a social work room in a community. Raises Invalid when one is open there already, or the area is none."""
    if area.level != AreaLevel.COMMUNITY:
        raise Invalid({"area": "社会工作室设在社区，请选择一个社区。"})
    if SocialWorkRoom.objects.filter(area=area, valid_to=None).exists():
        raise Invalid({"area": f"{area}已有正在使用的社会工作室。"})
    room = SocialWorkRoom(area=area, name=name.strip() or f"{area}社会工作室", valid_from=since, **more)
    room.save()
    audit.record(by=by, event="workforce.open_room", obj=room, sentence=f"{{actor}}启用了{area}的社会工作室", now=now)
    return room


@transaction.atomic
def close_room(*, room_id: int, on: date, by: Viewer, now: datetime) -> SocialWorkRoom:
    """Close a room from a day on. Its past stays countable. Raises NotVisible, NotAllowed, Invalid."""
    room = SocialWorkRoomAccess.get(by, room_id, "keep", rows=SocialWorkRoom.objects.select_for_update())
    if room.valid_to is not None:
        raise Invalid("这个社会工作室已经停用。")
    if on < room.valid_from:
        raise Invalid({"on": "停用日期不能早于启用日期。"})
    room.valid_to = on
    room.save()
    audit.record(by=by, event="workforce.close_room", obj=room, sentence="{actor}停用了这个社会工作室", now=now)
    return room


@transaction.atomic
def put_in_charge(*, room_id: int, worker_id: int, since: date, by: Viewer, now: datetime) -> RoomStaff:
    """Put one of the community's own professionals in charge of its room. Raises NotVisible, NotAllowed, Invalid."""
    room = SocialWorkRoomAccess.get(by, room_id)
    row = RoomStaff(room=room, worker_id=worker_id, valid_from=since)
    check_in_charge(row)
    row.save()
    if not by.system and not RoomStaffAccess.may(by, "add", row):
        raise NotAllowed()
    audit.record(by=by, event="workforce.in_charge", obj=room, sentence="{actor}选派了一名负责人", now=now)
    return row
