"""Verbs of the workforce."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from sanshe.areas.public import Area, AreaLevel
from sanshe.kernel import audit
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from .access import SocialWorkRoomAccess
from .models import Expert, ExpertTie, SocialWorkRoom


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
def enter_expert(*, user_id: int, area: Area, fields: list[str], since: date, by: Viewer, now: datetime) -> Expert:
    """Enter somebody into the pool of experts of an area; once is enough."""
    expert, made = Expert.objects.get_or_create(
        user_id=user_id, defaults={"area": area, "fields": fields, "valid_from": since}
    )
    if made:
        audit.record(by=by, event="workforce.expert", obj=expert, sentence="{actor}把一位专家列入专家库", now=now)
    return expert


@transaction.atomic
def tell_tie(
    *, expert_id: int, body_id: int, kind: str, since: date, until: date | None, by: Viewer, now: datetime
) -> ExpertTie:
    """Keep what ties an expert to a body."""
    tie = ExpertTie.objects.create(expert_id=expert_id, body_id=body_id, kind=kind, valid_from=since, valid_to=until)
    audit.record(by=by, event="workforce.tie", obj=tie, sentence="{actor}登记了一项利害关系", now=now)
    return tie
