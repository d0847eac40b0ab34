"""What may be written, by whom, and how often."""

from __future__ import annotations

import re
from datetime import datetime

from sanshe.areas.public import Area, AreaLevel, ancestor_at
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.texts import checked
from sanshe.people.public import home_of

from ..models import Bar, Pair, Post, Report
from ..words import PostState

#: A telephone or a paper's number, however it is spaced; a house down to its door.
_NUMBER = re.compile(r"(?:[0-9０-９][\s\-—]*){7,}")
_HOUSE = re.compile(r"[0-9０-９一二三四五六七八九十]+\s*(?:栋|幢|号楼|座|单元)|[0-9０-９]{2,}\s*(?:室|号房)")
_GAPS = re.compile(r"[\s·.。,，\-_*]+")


def figure(name: str, now: datetime) -> int:
    """A figure of `mutual.yaml` as in force on the day of `now`."""
    return int(params.get(f"mutual.{name}", on=clock.local(now).date()).value)


def community_of(viewer: Viewer) -> Area | None:
    """The community in which the viewer lives by the person index; None when the index does not know."""
    home = home_of(viewer)
    if home is None or home.level == AreaLevel.COMMUNITY:
        return home
    return ancestor_at(home, AreaLevel.COMMUNITY)


def forbidden(text: str, now: datetime) -> str:
    """Why a text may not be posted: the sentence of the first thing that the pack forbids; "" when nothing is."""
    plain = _GAPS.sub("", text)
    for one in params.get("mutual.forbidden", on=clock.local(now).date()).value:
        hit = next((word for word in one["words"] if word in plain), "")
        if hit:
            return f"不能发布「{one['name']}」（写到了“{hit}”）。{one['says']}"
    return ""


def fit_text(field: str, text: str, label: str, now: datetime, *, required: bool = True) -> str:
    """A text that neighbours will read. Raises Invalid for numbers, houses, and what is forbidden."""
    given = checked(field, text, label, figure("text_most", now), required=required, least=2)
    if _NUMBER.search(given):
        raise Invalid({field: "请不要写电话、证件等号码：双方都同意以后，系统会让你们看到对方的电话。"})
    if _HOUSE.search(given):
        raise Invalid({field: "请不要写楼栋和门牌号：约好以后在电话里说。写到小区即可。"})
    why = forbidden(given, now)
    if why:
        raise Invalid({field: why})
    return given


def not_barred(user_id: int | None, now: datetime) -> None:
    """Raises NotAllowed with the reason for somebody who may not take part for the time being."""
    found = Bar.objects.filter(user=user_id, until__gt=now, ended_at__isnull=True).order_by("-until").first()
    if found is not None:
        raise NotAllowed(
            f"您在{clock.say_day(found.until)}前不能参加邻里互助：{found.reason}。有异议请到社区窗口说明。"
        )


def _since(now: datetime) -> datetime:
    return clock.start_of(clock.local(now).date())


def room_for_post(user_id: int | None, person_id: int | None, now: datetime) -> None:
    """Raises Invalid when somebody has as many open posts as are allowed."""
    most = figure("open_posts", now)
    rows = Post.objects.filter(state__in=[PostState.OPEN, PostState.TAKEN])
    if user_id is not None:
        rows = rows.filter(user=user_id)
    elif person_id is not None:
        rows = rows.filter(person=person_id, user__isnull=True)
    else:
        return
    if rows.count() >= most:
        raise Invalid({"": f"同时最多 {most} 条。请先收回或办完已有的，再发新的。"})


def room_for_proposal(user_id: int, now: datetime) -> None:
    """Raises Invalid when somebody proposed as often today as is allowed."""
    most = figure("proposals_day", now)
    mine = Pair.objects.filter(created_at__gte=_since(now))
    mine = mine.filter(proposed_by="offer", helper=user_id) | mine.filter(proposed_by="request", seeker=user_id)
    if mine.count() >= most:
        raise Invalid({"": f"一天最多提出 {most} 次，请明天再来，或先等邻居答复。"})


def room_for_report(user_id: int, now: datetime) -> None:
    """Raises Invalid when somebody reported as often today as is allowed."""
    most = figure("reports_day", now)
    if Report.objects.filter(by=user_id, created_at__gte=_since(now)).count() >= most:
        raise Invalid({"": f"一天最多举报 {most} 次。情况紧急的，请直接联系社区窗口或拨打 110。"})
