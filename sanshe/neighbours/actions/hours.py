"""What was done is counted: one tells how long, the other confirms; the community's lead settles and corrects."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from sanshe.accounts.public import Role, on_duty
from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.kernel.notices import notify
from sanshe.kernel.texts import checked
from sanshe.people.public import Person
from sanshe.workforce.public import Worker, WorkerKind

from ..flow import PAIR, POST
from ..models import Pair, Post
from ..words import NeighboursEvent, PostState, Side
from .checks import figure
from .pairing import other_side, tell_side
from .posting import KIND


def _minutes(hours: Decimal, now: datetime) -> int:
    """Hours as typed, in half hours, as minutes. Raises Invalid."""
    most = figure("hours_most", now)
    minutes = int(hours * 60)
    if minutes <= 0 or minutes % 30:
        raise Invalid({"hours": "时间按半小时填写，例如 0.5、1、1.5 小时。"})
    if minutes > most * 60:
        raise Invalid({"hours": f"一次最多记 {most} 小时；更久的请分几次填写。"})
    return minutes


def _which_side(pair: Pair, by: Viewer) -> str:
    """The side for which the viewer acts; the desk for the one without an account."""
    if by.user_id == pair.helper_id:
        return Side.OFFER
    if by.user_id == pair.seeker_id:
        return Side.REQUEST
    return Side.OFFER if pair.helper_id is None else Side.REQUEST


def _volunteer(pair: Pair, on: date) -> Worker | None:
    """The helper as registered volunteer, if registered."""
    rows = Worker.objects.filter(kind=WorkerKind.VOLUNTEER, valid_from__lte=on)
    rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    if pair.helper_id is not None:
        return rows.filter(person__user=pair.helper_id).first()
    if pair.offer is not None and pair.offer.person_id is not None:
        return rows.filter(person=pair.offer.person_id).first()
    return None


def _finish(pair: Pair, now: datetime, by: Viewer) -> None:
    pair.confirmed_at = now
    if pair.done_on is not None:
        pair.worker = _volunteer(pair, pair.done_on)
    if pair.request_id is not None:
        wanted = Post.objects.select_for_update(of=("self",)).get(pk=pair.request_id)
        if wanted.state == PostState.TAKEN:
            POST.move(wanted, "done", by, now)


@transaction.atomic
def report_hours(*, pair_id: int, done_on: date, hours: Decimal, by: Viewer, now: datetime) -> Pair:
    """Tell on which day and how long; the other one confirms."""
    pair = PAIR.take(pair_id, "report_hours", by)
    if done_on > clock.local(now).date() or done_on < clock.local(pair.created_at).date():
        raise Invalid({"done_on": "日期应在约好以后、今天或以前。"})
    pair.minutes, pair.done_on, pair.reported_by = _minutes(hours, now), done_on, _which_side(pair, by)
    PAIR.move(pair, "report_hours", by, now, data={"minutes": pair.minutes})
    tell_side(pair, other_side(pair.reported_by), "对方填写了帮忙的时间，请确认。", now, by)
    return pair


@transaction.atomic
def confirm(*, pair_id: int, by: Viewer, now: datetime) -> Pair:
    """The other one agrees with the time: it counts."""
    pair = PAIR.take(pair_id, "confirm", by)
    _finish(pair, now, by)
    PAIR.move(pair, "confirm", by, now, data={"minutes": pair.minutes})
    tell_side(pair, pair.reported_by, "对方确认了时间，已计入志愿服务记录。", now, by)
    return pair


@transaction.atomic
def differ(*, pair_id: int, hours: Decimal, by: Viewer, now: datetime) -> Pair:
    """The other one names another time: the community's lead settles it."""
    pair = PAIR.take(pair_id, "differ", by)
    pair.other_minutes = _minutes(hours, now)
    PAIR.move(pair, "differ", by, now, data={"minutes": pair.minutes, "other": pair.other_minutes})
    leads = on_duty(Role.COMMUNITY_LEAD, area=pair.area, exactly=True)
    notify([u.pk for u in leads], f"「{pair}」：双方填写的时间不一致，请核定。", pair.get_absolute_url(), now, KIND)
    return pair


def _decided(pair: Pair, step: str, hours: Decimal, reason: str, by: Viewer, now: datetime) -> Pair:
    before = pair.minutes
    pair.minutes = _minutes(hours, now)
    pair.correction = checked("reason", reason, "理由", 200, least=4)
    if step == "settle":
        _finish(pair, now, by)
    else:
        pair.corrected += 1
    PAIR.move(pair, step, by, now, note=pair.correction, data={"before": before, "minutes": pair.minutes})
    for side in Side.values:
        tell_side(pair, side, f"时间核定为 {pair.minutes / 60:g} 小时：{pair.correction}", now, by)
    return pair


@transaction.atomic
def settle(*, pair_id: int, hours: Decimal, reason: str, by: Viewer, now: datetime) -> Pair:
    """The community's lead settles the time, with a reason."""
    return _decided(PAIR.take(pair_id, "settle", by), "settle", hours, reason, by, now)


@transaction.atomic
def correct(*, pair_id: int, hours: Decimal, reason: str, by: Viewer, now: datetime) -> Pair:
    """The community's lead corrects confirmed time, with a reason; both hear of it."""
    return _decided(PAIR.take(pair_id, "correct", by), "correct", hours, reason, by, now)


@transaction.atomic
def note_certificate(*, person: Person | None, minutes: int, by: Viewer, now: datetime) -> str:
    """Write down that a certificate was issued, and return its number."""
    entry = audit.record(
        by=by, event=NeighboursEvent.CERTIFICATE, obj=person, sentence="{actor}取得志愿服务记录证明",
        data={"minutes": minutes}, now=now, public=False,
    )  # fmt: skip
    return f"志愿{clock.local(now).year}-{entry.pk:06d}"
