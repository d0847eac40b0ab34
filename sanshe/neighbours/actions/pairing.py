"""Two neighbours find each other: proposed, agreed, and only then names and phones."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from sanshe.accounts.public import Role, User, on_duty
from sanshe.kernel import audit
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.notices import notify
from sanshe.kernel.readings import reading

from ..access import PairAccess, PostAccess
from ..flow import PAIR, POST
from ..models import Pair, Post
from ..words import NeighboursEvent, PairState, PostState, Side
from .checks import fit_text, not_barred, room_for_proposal
from .posting import KIND

#: The two know each other's names and phones.
KNOWN = (PairState.AGREED, PairState.REPORTED, PairState.DIFFER, PairState.CONFIRMED)


def side_users(pair: Pair, side: str, but: int | None = None) -> list[int]:
    """Who acts for a side: the person, or the desk for somebody without an account."""
    user = pair.helper_id if side == Side.OFFER else pair.seeker_id
    if user is not None:
        return [user] if user != but else []
    desks = on_duty(Role.FRONT_DESK, Role.COMMUNITY_WORKER, area=pair.area, exactly=True)
    return [u.pk for u in desks if u.pk != but]


def other_side(side: str) -> str:
    """The other of the two."""
    return Side.REQUEST if side == Side.OFFER else Side.OFFER


def tell_side(pair: Pair, side: str, text: str, now: datetime, by: Viewer) -> None:
    """Tell those who act for a side."""
    notify(side_users(pair, side, by.user_id), f"「{pair}」：{text}", pair.get_absolute_url(), now, KIND)


@transaction.atomic
def propose(*, post_id: int, words: str = "", counter_id: int | None = None, by: Viewer, now: datetime) -> Pair:
    """Answer a post: offer help to a request, or ask somebody who offers it. `counter_id`: a post of one's own side.

    With a counter post of somebody without an account, the desk proposes. Raises NotVisible, NotAllowed, Invalid.
    """
    counter = None
    if counter_id is not None:
        counter = PostAccess.get(by, counter_id, "own")
    PostAccess.get(by, post_id, "answer_for" if counter is not None and counter.user_id is None else "answer")
    found = Post.objects.select_for_update(of=("self",)).select_related("area").get(pk=post_id)
    if found.state != PostState.OPEN:
        raise Invalid({"": "这条已经有人响应或已结束，请看看别的。"})
    mine = counter.user_id if counter is not None else by.account_id
    if counter is not None:
        fits = counter.side == other_side(found.side) and counter.area_id == found.area_id
        if not fits or counter.state != PostState.OPEN:
            raise Invalid({"": "您选的这条和对方的对不上，请重新选择。"})
    not_barred(mine, now)
    room_for_proposal(by.account_id, now)
    pair = Pair(
        area=found.area,
        kind=found.kind,
        proposed_by=other_side(found.side),
        words=fit_text("words", words, "留言", now, required=False),
        created_at=now,
    )
    if found.side == Side.REQUEST:
        pair.request, pair.offer, pair.seeker_id, pair.helper_id = found, counter, found.user_id, mine
    else:
        pair.offer, pair.request, pair.helper_id, pair.seeker_id = found, counter, found.user_id, mine
    if _between(pair).exists():
        raise Invalid({"": "你们已经在联系这件事，请在「我的互助」里查看。"})
    try:
        with transaction.atomic():
            PAIR.begin(pair, by, now, sentence="一方提出了结对")
    except IntegrityError:
        raise Invalid({"": "你们已经在联系这件事，请在「我的互助」里查看。"}) from None
    text = "有邻居愿意帮忙，请看看并答复。" if found.side == Side.REQUEST else "有邻居想请您帮忙，请看看并答复。"
    tell_side(pair, found.side, text, now, by)
    return pair


def _between(pair: Pair) -> QuerySet[Pair]:
    rows = Pair.objects.filter(state__in=[PairState.PROPOSED, PairState.AGREED, PairState.REPORTED], kind=pair.kind)
    rows = rows.filter(helper=pair.helper_id, seeker=pair.seeker_id)
    if pair.request is not None:
        rows = rows.filter(request=pair.request)
    return rows


@transaction.atomic
def agree(*, pair_id: int, by: Viewer, now: datetime) -> Pair:
    """The other one agrees: names and phones are shown to both, the request waits for nobody else."""
    pair = PAIR.take(pair_id, "agree", by)
    not_barred(by.user_id, now)
    if pair.request_id is not None:
        wanted = Post.objects.select_for_update(of=("self",)).get(pk=pair.request_id)
        if wanted.state != PostState.OPEN:
            raise Invalid({"": "这条求助已经有人帮忙或已结束。"})
        POST.move(wanted, "take", by, now)
        _decline_others(pair, by, now)
    pair.answered_at = now
    PAIR.move(pair, "agree", by, now)
    tell_side(pair, pair.proposed_by, "对方同意了，可以看到电话，请联系。", now, by)
    return pair


def _decline_others(pair: Pair, by: Viewer, now: datetime) -> None:
    """Whoever else proposed for the same request hears that somebody was quicker."""
    rows = Pair.objects.select_for_update(of=("self",)).filter(request=pair.request_id, state=PairState.PROPOSED)
    for other in rows.exclude(pk=pair.pk):
        other.answered_at = now
        PAIR.move(other, "decline", by, now, sentence="已有其他邻居帮忙")
        tell_side(other, other.proposed_by, "已有其他邻居帮忙，谢谢您。", now, by)


@transaction.atomic
def decline(*, pair_id: int, by: Viewer, now: datetime) -> Pair:
    """With thanks; no reason is asked."""
    pair = PAIR.take(pair_id, "decline", by)
    pair.answered_at = now
    PAIR.move(pair, "decline", by, now)
    tell_side(pair, pair.proposed_by, "对方这次不方便，谢谢您。", now, by)
    return pair


@transaction.atomic
def take_back(*, pair_id: int, by: Viewer, now: datetime) -> Pair:
    """The one who proposed takes it back."""
    pair = PAIR.take(pair_id, "take_back", by)
    PAIR.move(pair, "take_back", by, now)
    return pair


@transaction.atomic
def cancel(*, pair_id: int, by: Viewer, now: datetime) -> Pair:
    """Either calls it off; the request waits again."""
    pair = PAIR.take(pair_id, "cancel", by)
    if pair.request_id is not None:
        wanted = Post.objects.select_for_update(of=("self",)).get(pk=pair.request_id)
        if wanted.state == PostState.TAKEN:
            POST.move(wanted, "free", by, now)
    PAIR.move(pair, "cancel", by, now)
    for side in Side.values:
        tell_side(pair, side, "约定已取消。", now, by)
    return pair


@reading
@transaction.atomic
def see_contact(*, pair_id: int, by: Viewer, now: datetime) -> tuple[tuple[str, str], tuple[str, str]]:
    """Names and phones of helper and seeker, once both agreed; the look is written down. Raises NotVisible before."""
    pair = PairAccess.get(by, pair_id, "contact")
    if pair.state not in KNOWN:
        raise NotVisible()
    audit.record(
        by=by, event=NeighboursEvent.CONTACT, obj=pair, sentence="{actor}查看了双方的联系方式", now=now, public=False
    )
    return (_who(pair.helper_id, pair.offer), _who(pair.seeker_id, pair.request))


def _who(user_id: int | None, made: Post | None) -> tuple[str, str]:
    if user_id is not None:
        user = User.objects.get(pk=user_id)
        return user.name, user.phone or "没有留电话"
    return (made.name, made.phone or "没有留电话") if made is not None else ("", "")
