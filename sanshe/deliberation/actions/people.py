"""Who takes part: invited, asking to join, confirmed, given a seat, removed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sanshe.accounts.public import User
from sanshe.areas.public import Body
from sanshe.kernel import audit
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, WrongState

from .. import rules
from ..access import DeliberationAccess, ParticipantAccess
from ..flow import PARTICIPANT_FLOW
from ..models import Deliberation, Participant
from ..words import ENDED, Answer, Capacity, DeliberationEvent, DeliberationState, Seat
from .telling import tell, tell_community, words


def _hold(deliberation_id: int, verb: str, by: Viewer) -> Deliberation:
    """The deliberation, locked, while its people may still change."""
    found = DeliberationAccess.get(by, deliberation_id, verb)
    deliberation = Deliberation.objects.select_for_update().get(pk=found.pk)
    if deliberation.state in ENDED:
        raise WrongState("这次协商已经结束，参加人不能再改。")
    return deliberation


def _members_may_change(deliberation: Deliberation, now: datetime) -> None:
    """Once a meeting has begun, who is expected may not change: the quorum would follow the count."""
    meeting = rules.current_meeting(deliberation)
    if meeting is not None and meeting.starts_at <= now:
        raise Invalid("会议已经开始，应到名单不能再改。")


@transaction.atomic
def invite(
    *,
    deliberation_id: int,
    capacity: str,
    by: Viewer,
    now: datetime,
    user: User | None = None,
    name: str = "",
    body: Body | None = None,
    seat: str = "",
) -> Participant:
    """Invite a user, or somebody without an account by name. Inviting twice is the same as once.

    The seat follows from the capacity unless given. A new member is refused once the meeting has begun.
    """
    deliberation = _hold(deliberation_id, "prepare", by)
    if capacity not in Capacity.values:
        raise Invalid({"capacity": "请选择参加的身份。"})
    seat = seat or rules.default_seat(capacity, now.date())
    if seat not in Seat.values:
        raise Invalid({"seat": "请选择席位。"})
    name = user.name if user is not None else words("name", name, "姓名", 40)
    earlier = Participant.objects.filter(deliberation=deliberation, user=user).first() if user is not None else None
    if seat == Seat.MEMBER and (earlier is None or not earlier.counts):
        _members_may_change(deliberation, now)
    opened = deliberation.opened_at is not None
    one = earlier or Participant(deliberation=deliberation, user=user)
    if earlier is None or earlier.answer in (Answer.REMOVED, Answer.ASKED, Answer.DECLINED):
        one.answer = Answer.INVITED
    one.name, one.capacity, one.body, one.seat = name, capacity, body, seat
    one.invited_at = now if opened else None
    one.save()
    audit.record(
        by=by,
        event=DeliberationEvent.INVITED,
        obj=deliberation,
        sentence="{actor}邀请了一位" + str(Capacity(capacity).label),
        personal={"name": name},
        data={"seat": seat},
        now=now,
        public=False,
    )
    if opened and user is not None:
        tell([user.pk], f"邀请您参加协商「{deliberation.title}」。", deliberation.get_absolute_url(), now)
    return one


@transaction.atomic
def come(*, participant_id: int, by: Viewer, now: datetime) -> Participant:
    """Say that one comes."""
    return _reply(participant_id, "come", by, now)


@transaction.atomic
def stay_away(*, participant_id: int, by: Viewer, now: datetime) -> Participant:
    """Say that one does not come. Who was called as a member still counts as expected."""
    return _reply(participant_id, "stay_away", by, now)


def _reply(participant_id: int, step: str, by: Viewer, now: datetime) -> Participant:
    one = PARTICIPANT_FLOW.take(participant_id, step, by)
    one.answered_at = now
    return PARTICIPANT_FLOW.move(one, step, by, now)


def joined(deliberation: Deliberation, by: Viewer, now: datetime) -> Participant:
    """The viewer as a participant; a resident of the community takes part in its public affairs by taking part.

    Raises NotAllowed for someone who is not concerned or was removed. Safe against two at once.
    """
    if not by.signed_in:
        raise NotAllowed("请先登录再参加协商。")
    known = Participant.objects.filter(deliberation=deliberation, user_id=by.account_id).first()
    if known is not None and known.answer in (Answer.INVITED, Answer.ACCEPTED) and deliberation.opened_at is not None:
        # Whoever was called or takes part already need not be asked again, vote after vote.
        return known
    if not DeliberationAccess.may(by, "take_part", deliberation):
        raise NotAllowed("您还不在参加人之列，可以先申请参加。")
    one, made = Participant.objects.get_or_create(
        deliberation=deliberation,
        user_id=by.user_id or 0,
        defaults={
            "name": by.name[:40],
            "capacity": Capacity.RESIDENT,
            "seat": Seat.ONLINE,
            "answer": Answer.ACCEPTED,
            "answered_at": now,
        },
    )
    if one.answer == Answer.REMOVED:
        raise NotAllowed("社区已将您移出这次协商的参加人，如有疑问请联系社区。")
    if one.answer in (Answer.DECLINED, Answer.ASKED):
        one.answer, one.answered_at = Answer.ACCEPTED, now
        one.save(update_fields=["answer", "answered_at"])
    if made:
        audit.record(
            by=by,
            event=DeliberationEvent.JOINED,
            obj=deliberation,
            sentence="{actor}参加了协商",
            now=now,
            public=False,
        )
    return one


@transaction.atomic
def ask_to_join(*, deliberation_id: int, capacity: str, by: Viewer, now: datetime) -> Participant:
    """Ask to take part. A resident of the community is in at once when the whole community is concerned and it is
    public; everybody else waits for the community to confirm."""
    deliberation = _hold(deliberation_id, "ask", by)
    if deliberation.state not in (DeliberationState.COLLECTING, DeliberationState.MEETING):
        raise WrongState("这次协商已过征集和会议阶段，不能再申请参加。")
    if capacity not in Capacity.values:
        raise Invalid({"capacity": "请选择参加的身份。"})
    if capacity == Capacity.RESIDENT and DeliberationAccess.may(by, "take_part", deliberation):
        return joined(deliberation, by, now)
    one, made = Participant.objects.get_or_create(
        deliberation=deliberation,
        user_id=by.user_id or 0,
        defaults={
            "name": by.name[:40],
            "capacity": capacity,
            "seat": Seat.ONLINE,
            "answer": Answer.ASKED,
        },
    )
    if one.answer == Answer.REMOVED:
        raise NotAllowed("社区已将您移出这次协商的参加人，如有疑问请联系社区。")
    if made:
        audit.record(
            by=by,
            event=DeliberationEvent.JOINED,
            obj=deliberation,
            sentence="{actor}申请参加协商",
            now=now,
            public=False,
        )
        tell_community(deliberation, f"有人申请参加协商「{deliberation.title}」，请确认。", now, but=by.user_id)
    return one


def _managed(participant_id: int, step: str, by: Viewer) -> tuple[Deliberation, Participant]:
    """Both locked, always the deliberation first, so that two who manage people never wait for each other."""
    seen = ParticipantAccess.get(by, participant_id)
    deliberation = Deliberation.objects.select_for_update().get(pk=seen.deliberation_id)
    return deliberation, PARTICIPANT_FLOW.take(participant_id, step, by)


@transaction.atomic
def confirm(*, participant_id: int, by: Viewer, now: datetime) -> Participant:
    """Let somebody who asked take part, online until given a seat."""
    deliberation, one = _managed(participant_id, "confirm", by)
    one.answered_at = now
    PARTICIPANT_FLOW.move(one, "confirm", by, now)
    text = f"社区已同意您参加协商「{deliberation.title}」。"
    tell([one.user_id], text, deliberation.get_absolute_url(), now)
    return one


@transaction.atomic
def seat(*, participant_id: int, seat: str, by: Viewer, now: datetime) -> Participant:
    """Give a participant another seat. Who is expected may not change once the meeting has begun."""
    deliberation, one = _managed(participant_id, "seat", by)
    if seat not in Seat.values:
        raise Invalid({"seat": "请选择席位。"})
    if seat != one.seat and Seat.MEMBER in (seat, one.seat):
        _members_may_change(deliberation, now)
    before, one.seat = one.seat, seat
    said = f"{{actor}}把一位参加人的席位由「{Seat(before).label}」改为「{Seat(seat).label}」"
    return PARTICIPANT_FLOW.move(one, "seat", by, now, sentence=said, personal={"name": one.name})


@transaction.atomic
def remove(*, participant_id: int, reason: str, by: Viewer, now: datetime) -> Participant:
    """Remove a participant, with a reason. A member may not be removed once the meeting has begun."""
    deliberation, one = _managed(participant_id, "remove", by)
    reason = words("reason", reason, "移出的原因", 300)
    if one.counts:
        _members_may_change(deliberation, now)
    PARTICIPANT_FLOW.move(one, "remove", by, now, note=reason, personal={"name": one.name})
    tell([one.user_id], f"您没有列入协商「{deliberation.title}」的参加人：{reason}", "", now)
    return one
