"""The meeting: called, signed in to, minuted, and the resolution whose quorum and majority are checked."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from sanshe.kernel import audit, clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState

from .. import rules
from ..access import DeliberationAccess, MeetingAccess
from ..flow import FLOW
from ..models import Attendance, Deliberation, Meeting, Participant
from ..words import Answer, Capacity, DeliberationEvent, How, MeetingState, Seat
from .people import joined
from .telling import tell_participants, words


def _agenda(text: str) -> list[str]:
    items = [line.strip() for line in words("agenda", text, "议程", 2000).split("\n") if line.strip()]
    if len(items) > 20:
        raise Invalid({"agenda": "议程最多 20 项，一行一项。"})
    return items


@transaction.atomic
def call_meeting(
    *,
    deliberation_id: int,
    place: str,
    starts_at: datetime,
    agenda: str,
    by: Viewer,
    now: datetime,
    reason: str = "",
) -> Deliberation:
    """Call a meeting with notice to all who take part; a later one takes the place of one that could not be held.

    Raises Invalid when the notice is shorter than the parameter says, or no reason is given for calling again.
    """
    deliberation = FLOW.take(deliberation_id, "call_meeting", by)
    days = params.get("deliberation.notice_days", on=now.date())
    if (clock.local(starts_at).date() - clock.local(now).date()).days < int(days.value) or starts_at <= now:
        raise Invalid({"starts_at": f"会议通知至少提前 {days.value} 天（来源：{days.source}）。"})
    if starts_at > now + timedelta(days=366):
        raise Invalid({"starts_at": "会议时间太远，请在一年以内。"})
    earlier = rules.current_meeting(deliberation)
    if earlier is not None:
        earlier.state = MeetingState.NOT_HELD
        earlier.not_held_reason = words("reason", reason, "另约会议的原因", 300)
        earlier.save()
    meeting = Meeting(
        deliberation=deliberation,
        place=words("place", place, "地点", 120),
        starts_at=starts_at,
        agenda=_agenda(agenda),
        token=secrets.token_urlsafe(18),
        notified_at=now,
    )
    meeting.save()
    deliberation.due_at = starts_at
    FLOW.move(
        deliberation,
        "call_meeting",
        by,
        now,
        note=reason if earlier is not None else "",
        data={"meeting": meeting.pk, "starts_at": starts_at.isoformat()},
    )
    when = clock.say_moment(starts_at)
    text = f"协商「{deliberation.title}」定于{when}在{meeting.place}开会，请准时参加。"
    tell_participants(deliberation, text, now, but=by.user_id)
    return deliberation


def sign_in_open(meeting: Meeting, now: datetime) -> str:
    """Why nobody can sign in now, as a sentence; empty when they can."""
    minutes = int(params.get("deliberation.sign_in_minutes", on=clock.local(meeting.starts_at).date()).value)
    if meeting.state != MeetingState.PLANNED or meeting.decided_at is not None:
        return "这次会议已经结束，不再签到。"
    opens = meeting.starts_at - timedelta(minutes=minutes)
    if now < opens:
        return f"会议{clock.say_moment(meeting.starts_at)}开始，{clock.say_moment(opens)}起可以签到。"
    if clock.local(now).date() > clock.local(meeting.starts_at).date():
        return "会议当天的签到已经截止。"
    return ""


def meeting_of_token(token: str) -> Meeting:
    """The meeting of a sign-in code. Raises NotVisible for a code that is none."""
    found = Meeting.objects.select_related("deliberation__area").filter(token=token).first() if token else None
    if found is None:
        raise NotVisible()
    return found


def _attend(meeting: Meeting, one: Participant, how: How, by: Viewer, now: datetime) -> tuple[Attendance, bool]:
    earlier = Attendance.objects.filter(meeting=meeting, participant=one).first()
    if earlier is not None:
        return earlier, False
    if one.answer == Answer.DECLINED or one.answer == Answer.INVITED:
        one.answer, one.answered_at = Answer.ACCEPTED, now
        one.save(update_fields=["answer", "answered_at"])
    attendance = Attendance.objects.create(meeting=meeting, participant=one, how=how, at=now)
    audit.record(
        by=by,
        event=DeliberationEvent.SIGNED_IN,
        obj=meeting,
        sentence="{actor}签到" if how == How.QR else "{actor}为一位参加人登记签到",
        personal={"name": one.name},
        now=now,
        public=False,
    )
    return attendance, True


def _hold(meeting: Meeting, now: datetime) -> Meeting:
    """The meeting, locked against a resolution taken at the same moment, if one may sign in now."""
    held = Meeting.objects.select_for_update().get(pk=meeting.pk)
    closed = sign_in_open(held, now)
    if closed:
        raise WrongState(closed)
    return held


@transaction.atomic
def sign_in(*, token: str, by: Viewer, now: datetime) -> tuple[Attendance, bool]:
    """Sign in oneself with the code shown in the room. Returns the attendance and whether it is new.

    Raises NotAllowed for someone who was not called and may not join by themselves.
    """
    meeting = _hold(meeting_of_token(token), now)
    if not by.signed_in:
        raise NotAllowed("请先登录再签到；没有账号的，请到签到台登记。")
    one = Participant.objects.filter(deliberation=meeting.deliberation_id, user_id=by.user_id or 0).first()
    if one is None and DeliberationAccess.may(by, "take_part", meeting.deliberation_id):
        one = joined(meeting.deliberation, by, now)
    if one is None or one.answer in (Answer.REMOVED, Answer.ASKED):
        raise NotAllowed("您不在这次会议的名单里，请到签到台登记。")
    return _attend(meeting, one, How.QR, by, now)


@transaction.atomic
def sign_in_on_paper(
    *,
    meeting_id: int,
    by: Viewer,
    now: datetime,
    participant_id: int | None = None,
    name: str = "",
    capacity: str = Capacity.RESIDENT,
) -> tuple[Attendance, bool]:
    """Staff sign in somebody who has no phone: one of the list, or a guest by name, who is an observer."""
    meeting = _hold(MeetingAccess.get(by, meeting_id, "register"), now)
    if participant_id is not None:
        one = Participant.objects.filter(pk=participant_id, deliberation=meeting.deliberation_id).first()
        if one is None or one.answer in (Answer.REMOVED, Answer.ASKED):
            raise Invalid({"participant": "名单里没有这个人，请从名单中选择。"})
        return _attend(meeting, one, How.PAPER, by, now)
    if capacity not in Capacity.values:
        raise Invalid({"capacity": "请选择参加的身份。"})
    guest = Participant.objects.create(
        deliberation_id=meeting.deliberation_id,
        name=words("name", name, "姓名", 40),
        capacity=capacity,
        seat=Seat.OBSERVER,
        answer=Answer.ACCEPTED,
        answered_at=now,
    )
    return _attend(meeting, guest, How.PAPER, by, now)


@transaction.atomic
def write_minutes(
    *, deliberation_id: int, minutes: str, by: Viewer, now: datetime, chair: str = "", recorder: str = ""
) -> Deliberation:
    """Write the minutes of the current meeting. They may be completed after the resolution, not after publication."""
    deliberation = FLOW.take(deliberation_id, "write_minutes", by)
    meeting = _current(deliberation)
    meeting.minutes = words("minutes", minutes, "会议记录", 20000)
    meeting.chair = words("chair", chair, "主持人", 40, required=False)
    meeting.recorder = words("recorder", recorder, "记录人", 40, required=False)
    meeting.save()
    return FLOW.move(deliberation, "write_minutes", by, now)


def _current(deliberation: Deliberation) -> Meeting:
    meeting = rules.current_meeting(deliberation)
    if meeting is None:
        raise WrongState("还没有约定会议。")
    return Meeting.objects.select_for_update().get(pk=meeting.pk)


@transaction.atomic
def resolve(
    *,
    deliberation_id: int,
    resolution: str,
    votes_for: int,
    votes_against: int,
    votes_abstain: int,
    by: Viewer,
    now: datetime,
) -> Deliberation:
    """Record the resolution of the current meeting. Counts are members present.

    Raises Invalid with the figures when there is no quorum or no majority (parameters, 居委会组织法).
    """
    deliberation = FLOW.take(deliberation_id, "resolve", by)
    meeting = _current(deliberation)
    for field, count in (
        ("votes_for", votes_for),
        ("votes_against", votes_against),
        ("votes_abstain", votes_abstain),
    ):
        if count < 0:
            raise Invalid({field: "人数不能小于 0。"})
    quorum = rules.quorum_now(deliberation)
    day = clock.local(meeting.starts_at).date()
    deliberation.deciding = rules.majority_of(  # type: ignore[attr-defined]
        quorum.present, votes_for, votes_against, votes_abstain, deliberation.form, day
    )
    meeting.resolution = words("resolution", resolution, "决议", 3000)
    days = int(params.get("deliberation.publish_days", on=now.date()).value)
    deliberation.resolved_at = now
    deliberation.due_at = clock.add_working_days(now, days)
    FLOW.move(
        deliberation,
        "resolve",
        by,
        now,
        data={
            "expected": quorum.expected,
            "present": quorum.present,
            "for": votes_for,
            "against": votes_against,
            "abstain": votes_abstain,
            "quorum_source": quorum.source,
        },
    )
    meeting.state, meeting.decided_at = MeetingState.HELD, now
    meeting.expected, meeting.present = quorum.expected, quorum.present
    meeting.votes_for, meeting.votes_against, meeting.votes_abstain = votes_for, votes_against, votes_abstain
    meeting.save()
    tell_participants(deliberation, f"协商「{deliberation.title}」已形成决议。", now, but=by.user_id)
    return deliberation
