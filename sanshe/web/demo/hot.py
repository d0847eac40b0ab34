"""What many speak of in the last days: a building site at night, a yard where nobody can park; two filed twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sanshe.accounts.public import Role
from sanshe.matters import actions
from sanshe.matters.actions.heating import form_topics
from sanshe.matters.models import Matter
from sanshe.matters.public import criteria_in_force

from .cast import Cast
from .stage import Line
from .times import Times

HOME = "龙寿路社区"
#: Days before today, hour, channel, who (the same number is the same caller), what, where.
NOISE = (
    (8, 9, 1, "龙寿路东侧工地凌晨一点还在打桩，噪音大得睡不着。", "龙寿路东侧工地"),
    (7, 10, 2, "龙寿路旁边的工地半夜施工，打桩机的噪音整栋楼都听得见，孩子第二天要上学。", "龙寿路东侧工地"),
    (6, 9, 3, "投诉龙寿路工地夜间打桩扰民，家里老人心脏不好。", "龙寿路工地"),
    (5, 16, 4, "龙寿路东侧工地晚上十一点以后还在打桩，请管一管噪音。", "龙寿路东侧工地"),
    (4, 9, 1, "龙寿路东侧工地又打了一夜的桩，上次反映过，噪音一点没有少。", "龙寿路东侧工地"),
    (3, 11, 5, "工地夜间施工噪音扰民，龙寿路临街几栋都受影响，有没有夜间施工许可？", "龙寿路"),
    (2, 9, 6, "龙寿路工地打桩的噪音从半夜到天亮。", "龙寿路东侧工地"),
    (1, 15, 7, "龙寿路东侧的工地昨晚又在打桩，全楼没有睡好。", "龙寿路东侧工地"),
)
PARKING = (
    (7, 14, 11, "龙寿苑院内车位不够，外来车占着，业主回家没有地方停车。", "龙寿苑"),
    (5, 10, 12, "龙寿苑停车太乱，消防通道上都停满了车。", "龙寿苑"),
    (4, 15, 13, "龙寿苑车位怎么分，请大家商量一个停车的办法。", "龙寿苑"),
    (2, 10, 14, "龙寿苑晚上回来找不到车位，外来车应该收费或者限停。", "龙寿苑"),
    (1, 9, 15, "龙寿苑停车位紧张，老人叫救护车都开不进来。", "龙寿苑"),
)


def lines(cast: Cast, times: Times) -> list[Line]:
    """The two topics and one merging; at the end the topics are formed as the night does."""
    if HOME not in cast.area or not cast.holders.get((f"{Role.FRONT_DESK}:Area", cast.area[HOME].pk)):
        return []
    return [_topics(cast, times)]


def _topics(cast: Cast, times: Times) -> Line:
    callers: dict[int, tuple[str, str]] = {}
    made: dict[tuple[int, int], Matter] = {}
    for ago, hour, who, text, place in sorted([*NOISE, *PARKING], key=lambda row: (-row[0], row[1], row[2])):
        moment = (times.now - timedelta(days=ago)).replace(hour=hour, minute=(who * 7) % 60, second=0, microsecond=0)
        yield moment
        callers.setdefault(who, cast.caller())
        made[ago, who] = _file(cast, text, place, callers[who], moment)
    yield times.now
    now = times.now
    desk = cast.v(cast.desk(cast.area[HOME]))
    actions.merge(
        matter_id=made[4, 1].pk, into=made[8, 1].number, reason="同一位反映人、同一个工地，第二次来电。",
        by=desk, now=now,
    )  # fmt: skip
    joint = next((c.pk for c in criteria_in_force(now.date()) if c.route == "joint" and "停车" in c.name), None)
    for key in ((7, 11), (5, 12), (4, 13)):
        actions.triage_joint(
            matter_id=made[key].pk, criterion=joint, reason="涉及多数住户的停车秩序，要大家一起商量办法。", by=desk,
            now=now, public_title="龙寿苑院内停车怎么安排",
        )  # fmt: skip
    form_topics(now)


def _file(cast: Cast, text: str, place: str, caller: tuple[str, str], now: datetime) -> Any:
    area = cast.area[HOME]
    return actions.file_matter(
        text=text, area_id=area.pk, place_text=place, channel="phone", contact_name=caller[0],
        contact_phone=caller[1], by=cast.v(cast.desk(area)), now=now,
    )  # fmt: skip
