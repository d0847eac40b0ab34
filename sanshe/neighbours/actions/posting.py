"""Offers and requests: posted, withdrawn, hidden, run out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from sanshe.accounts.public import User
from sanshe.areas.public import Area, AreaLevel
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.identifiers import clean_phone
from sanshe.kernel.notices import notify
from sanshe.kernel.texts import checked
from sanshe.matters.public import MatterAccess
from sanshe.people.public import find_person, person_of

from ..access import DESK, may_enter
from ..flow import POST
from ..models import Post, kind_choices, time_choices
from ..words import PostState, Side
from .checks import community_of, figure, fit_text, not_barred, room_for_post

KIND = "邻里互助"


def _covers(by: Viewer, area: Area) -> bool:
    scopes = [s for role in DESK if (s := by.grants.areas.get(str(role)))]
    return any(s.covers(area.pk, area.lo) for s in scopes)


def _for_another(made: Post, area_id: int | None, name: str, phone: str, by: Viewer) -> None:
    """The desk posts for somebody without an account; the name and phone stay with the desk until both agree."""
    area = Area.objects.filter(pk=area_id or 0, level=AreaLevel.COMMUNITY).first()
    if area is None or not _covers(by, area):
        raise Invalid({"area": "请选择您服务的社区。"})
    made.area, made.entered_by_id = area, by.user_id
    made.name = checked("name", name, "姓名", 40)
    try:
        made.phone = clean_phone(phone)
    except Invalid as wrong:
        raise Invalid({"phone": wrong.sentence}) from None
    made.person = find_person(phone=made.phone, name=made.name)
    if made.person is not None and made.person.user_id is not None:
        # The person has an account after all: it is theirs, and they answer for themselves.
        made.user_id = made.person.user_id


def _for_oneself(made: Post, by: Viewer) -> None:
    area = community_of(by)
    if area is None:
        raise NotAllowed("还不知道您住在哪个社区。请带证件到社区窗口登记一次，以后就能参加邻里互助。")
    me, user = person_of(by.account_id), User.objects.get(pk=by.account_id)
    made.area, made.user_id, made.person = area, by.account_id, me
    made.name, made.phone = user.name, user.phone or None


@transaction.atomic
def post(
    *,
    side: str,
    kind: str,
    text: str,
    times: Sequence[str] = (),
    by: Viewer,
    now: datetime,
    on_behalf: bool = False,
    area_id: int | None = None,
    name: str = "",
    phone: str = "",
    matter_id: int | None = None,
) -> Post:
    """Offer or ask. `on_behalf`: by the desk, for somebody without an account, in a community that the desk serves.

    Raises Invalid at the fields, NotAllowed for those who are barred, live nowhere known, or serve no desk.
    """
    if not by.signed_in:
        raise NotAllowed("请先登录。")
    if on_behalf and not may_enter(by):
        raise NotAllowed("代发由社区窗口、社区工作者办理。")
    if side not in Side.values:
        raise Invalid({"side": "请选择是求助还是愿意帮忙。"})
    if kind not in dict(kind_choices()):
        raise Invalid({"kind": "请选择是什么忙。"})
    known = dict(time_choices())
    made = Post(
        side=side,
        kind=kind,
        text=fit_text("text", text, "说明", now),
        times=[t for t in known if t in times],
        created_at=now,
        until=now + timedelta(days=figure("post_days", now)),
    )
    if on_behalf:
        _for_another(made, area_id, name, phone, by)
    else:
        _for_oneself(made, by)
    if matter_id is not None:
        matter = MatterAccess.get(by, matter_id, "relay" if on_behalf else "report")
        if Post.objects.filter(matter=matter, state__in=[PostState.OPEN, PostState.TAKEN]).exists():
            raise Invalid({"": "这件事已经发到邻里互助，不用重复发布。"})
        made.matter_id = matter.pk
    not_barred(made.user_id, now)
    room_for_post(made.user_id, made.person.pk if made.person else None, now)
    said = "求助" if side == Side.REQUEST else "愿意帮忙"
    return POST.begin(made, by, now, sentence=f"{{actor}}发布了{said}", data={"kind": kind, "on_behalf": on_behalf})


@transaction.atomic
def withdraw(*, post_id: int, by: Viewer, now: datetime) -> Post:
    """Take one's own post back."""
    made = POST.take(post_id, "withdraw", by)
    return POST.move(made, "withdraw", by, now)


@transaction.atomic
def hide(*, post_id: int, reason: str, by: Viewer, now: datetime) -> Post:
    """The community hides a post; its owner hears why."""
    made = POST.take(post_id, "hide", by)
    reason = checked("reason", reason, "隐藏的理由", 200)
    POST.move(made, "hide", by, now, note=reason)
    notify([made.user_id], f"您发布的「{made}」已被社区隐藏：{reason}", made.get_absolute_url(), now, KIND)
    return made


@transaction.atomic
def restore(*, post_id: int, by: Viewer, now: datetime) -> Post:
    """Show it again."""
    made = POST.take(post_id, "restore", by)
    POST.move(made, "restore", by, now)
    notify([made.user_id], f"您发布的「{made}」已恢复。", made.get_absolute_url(), now, KIND)
    return made


@transaction.atomic
def lapse(*, by: Viewer, now: datetime) -> int:
    """End what has run out. Returns how many."""
    rows = list(Post.objects.select_for_update(of=("self",)).filter(state=PostState.OPEN, until__lt=now)[:500])
    for made in rows:
        POST.move(made, "lapse", by, now)
        notify([made.user_id], f"您发布的「{made}」到期结束，还需要的话可以再发。", made.get_absolute_url(), now, KIND)
    return len(rows)
