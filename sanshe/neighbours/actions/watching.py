"""Safety: reports and what is done about them, not wanting to see somebody, being barred for a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from sanshe.accounts.public import Role, on_duty
from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.notices import notify
from sanshe.kernel.texts import checked

from ..access import BarAccess, BlockAccess, PairAccess, PostAccess
from ..flow import PAIR, POST, REPORT
from ..models import Bar, Block, Pair, Post, Report
from ..words import Measure, NeighboursEvent, PairState, PostState, Side, Why
from .checks import figure, room_for_report
from .posting import KIND


def _other(pair: Pair, by: Viewer) -> int | None:
    return pair.seeker_id if by.user_id == pair.helper_id else pair.helper_id


@transaction.atomic
def report(
    *, why: str, text: str = "", post_id: int | None = None, pair_id: int | None = None, by: Viewer, now: datetime
) -> Report:
    """Report a post or the other one of a pair; the community's desk and lead hear of it at once."""
    if why not in Why.values:
        raise Invalid({"why": "请选择原因。"})
    room_for_report(by.account_id, now)
    made = Report(by_id=by.account_id, why=why, created_at=now)
    made.text = checked("text", text, "说明", 500, required=False) or None
    if post_id is not None:
        found = PostAccess.get(by, post_id, "report")
        made.post, made.area_id, made.about_id = found, found.area_id, found.user_id
    elif pair_id is not None:
        pair = PairAccess.get(by, pair_id, "report")
        made.pair, made.area_id, made.about_id = pair, pair.area_id, _other(pair, by)
    else:
        raise Invalid({"": "请从要举报的那一条进入。"})
    made.due_at = clock.add_working_days(now, figure("report_days", now))
    REPORT.begin(made, by, now, sentence="{actor}举报", data={"why": why})
    desks = on_duty(Role.FRONT_DESK, Role.COMMUNITY_LEAD, area=made.area, exactly=True)
    told = [u.pk for u in desks if u.pk not in (by.user_id, made.about_id)]
    notify(told, "有居民举报一条邻里互助，请查实处理。", made.get_absolute_url(), now, KIND)
    return made


def _decide(report_id: int, step: str, answer: str, by: Viewer, now: datetime) -> Report:
    made = REPORT.take(report_id, step, by)
    made.answer = checked("answer", answer, "处理的理由", 200)
    made.decided_at = now
    made.measure = {"hide": Measure.HIDE, "warn": Measure.WARN, "bar": Measure.BAR}.get(step, "")
    REPORT.move(made, step, by, now)
    said = "举报不成立" if step == "dismiss" else "已查实处理"
    notify([made.by_id], f"您的举报{said}：{made.answer}", made.get_absolute_url(), now, KIND)
    return made


def _hide(found: Post | None, reason: str, by: Viewer, now: datetime) -> None:
    if found is not None and found.state in (PostState.OPEN, PostState.TAKEN):
        POST.move(found, "hide", by, now, note=reason)


@transaction.atomic
def hide_reported(*, report_id: int, answer: str, by: Viewer, now: datetime) -> Report:
    """The post is hidden; its owner hears why."""
    made = _decide(report_id, "hide", answer, by, now)
    _hide(made.post, made.answer, by, now)
    if made.post is not None:
        url = made.post.get_absolute_url()
        notify([made.about_id], f"您发布的「{made.post}」已被社区隐藏：{made.answer}", url, now, KIND)
    return made


@transaction.atomic
def warn(*, report_id: int, answer: str, by: Viewer, now: datetime) -> Report:
    """The person hears what was found, and not who reported."""
    made = _decide(report_id, "warn", answer, by, now)
    notify([made.about_id], f"社区提醒您：{made.answer} 再有发生，将停止参加邻里互助。", "", now, KIND)
    return made


@transaction.atomic
def bar(*, report_id: int, answer: str, by: Viewer, now: datetime) -> Report:
    """The person may not take part for a time: open posts are hidden, open pairs called off."""
    made = _decide(report_id, "bar", answer, by, now)
    if made.about_id is None:
        raise Invalid({"": "对方没有账号，由窗口不再代发即可。"})
    until = now + timedelta(days=figure("bar_days", now))
    barred = Bar.objects.create(user_id=made.about_id, area_id=made.area_id, reason=made.answer, at=now, until=until)
    audit.record(
        by=by, event=NeighboursEvent.BARRED, obj=barred, sentence="{actor}停止一人参加互助：{note}", note=made.answer,
        now=now, public=False,
    )  # fmt: skip
    mine = Post.objects.select_for_update(of=("self",)).filter(user=made.about_id)
    for found in mine.filter(state__in=[PostState.OPEN, PostState.TAKEN]):
        _hide(found, made.answer, by, now)
    open_pairs = Pair.objects.select_for_update(of=("self",)).filter(state__in=[PairState.PROPOSED, PairState.AGREED])
    for pair in open_pairs.filter(Q(helper=made.about_id) | Q(seeker=made.about_id)):
        _call_off(pair, made.about_id, by, now)
    text = f"您在{clock.say_day(until)}前不能参加邻里互助：{made.answer}。有异议请到社区窗口说明。"
    notify([made.about_id], text, "", now, KIND)
    return made


def _call_off(pair: Pair, about: int, by: Viewer, now: datetime) -> None:
    was, other = pair.state, pair.seeker_id if pair.helper_id == about else pair.helper_id
    PAIR.move(pair, "take_back" if was == PairState.PROPOSED else "cancel", by, now, sentence="社区取消了这次结对")
    wanted = pair.request
    if was == PairState.AGREED and wanted is not None and wanted.state == PostState.TAKEN and wanted.user_id != about:
        POST.move(wanted, "free", by, now)
    notify([other], f"「{pair}」：这次结对已由社区取消。", pair.get_absolute_url(), now, KIND)


@transaction.atomic
def dismiss(*, report_id: int, answer: str, by: Viewer, now: datetime) -> Report:
    """Nothing was wrong; the reporter hears why."""
    return _decide(report_id, "dismiss", answer, by, now)


@transaction.atomic
def lift(*, bar_id: int, by: Viewer, now: datetime) -> Bar:
    """End a bar before its time."""
    barred = BarAccess.get(by, bar_id, "lift")
    Bar.objects.filter(pk=barred.pk, ended_at__isnull=True).update(ended_at=now)
    audit.record(
        by=by, event=NeighboursEvent.UNBARRED, obj=barred, sentence="{actor}恢复一人参加互助", now=now, public=False
    )
    notify([barred.user_id], "您可以重新参加邻里互助了。", "", now, KIND)
    return barred


@transaction.atomic
def block(*, pair_id: int | None = None, post_id: int | None = None, by: Viewer, now: datetime) -> None:
    """Not see somebody any more, and not be seen: by a post of theirs, or a pair with them. They are not told."""
    if pair_id is not None:
        whom = _other(PairAccess.get(by, pair_id, "report"), by)
    else:
        whom = PostAccess.get(by, post_id, "report").user_id
    if whom is None or whom == by.user_id:
        raise NotAllowed("这条由社区窗口代发，没有可以屏蔽的账号；不合适的请举报。")
    made, fresh = Block.objects.get_or_create(by_id=by.account_id, whom_id=whom, defaults={"at": now})
    if not fresh:
        return
    audit.record(
        by=by, event=NeighboursEvent.BLOCKED, obj=made, sentence="{actor}不再看到一位邻居", now=now, public=False
    )
    me = by.account_id
    rows = Pair.objects.select_for_update(of=("self",)).filter(state=PairState.PROPOSED)
    for pair in rows.filter(Q(helper=me, seeker=whom) | Q(helper=whom, seeker=me)):
        side = Side.OFFER if pair.helper_id == me else Side.REQUEST
        PAIR.move(pair, "take_back" if pair.proposed_by == side else "decline", by, now)


@transaction.atomic
def unblock(*, block_id: int, by: Viewer, now: datetime) -> None:
    """See somebody again."""
    made = BlockAccess.get(by, block_id)
    audit.record(
        by=by, event=NeighboursEvent.UNBLOCKED, obj=made, sentence="{actor}恢复看到一位邻居", now=now, public=False
    )
    Block.objects.filter(pk=made.pk).delete()
