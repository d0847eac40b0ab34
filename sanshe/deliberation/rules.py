"""Arithmetic and allowances: forms by scope, quorum and majority, each from a dated parameter with its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sanshe.kernel import clock, params

from .models import Attendance, Deliberation, Meeting, Participant
from .words import Answer, Capacity, Form, MeetingState, Scope, Seat


def forms_allowed(scope: str, on: date | None = None) -> list[Form]:
    """The forms a scope allows (parameter deliberation.forms; notice 二(四)1)."""
    table = params.get("deliberation.forms", on=on).value
    names = table.get(Scope(scope).label, [])
    return [form for form in Form if form.label in names]


def forms_said(scope: str, on: date | None = None) -> str:
    """「全社区的事项可采用：居民议事会、…（来源：…）」"""
    found = params.get("deliberation.forms", on=on)
    names = "、".join(str(f.label) for f in forms_allowed(scope, on))
    return f"{Scope(scope).label}的事项可采用：{names}（来源：{found.source}）。"


def forms_table(on: date | None = None) -> str:
    """All scopes with their forms in one sentence, the source once."""
    rows = (f"{s.label}：{'、'.join(str(f.label) for f in forms_allowed(s, on))}" for s in Scope)
    return f"{'；'.join(rows)}。来源：{params.get('deliberation.forms', on=on).source}。"


def default_seat(capacity: str, on: date | None = None) -> Seat:
    """Member or observer by capacity (parameter deliberation.member_capacities)."""
    names = params.get("deliberation.member_capacities", on=on).value
    return Seat.MEMBER if Capacity(capacity).label in names else Seat.OBSERVER


def _percent(name: str, form: str, on: date | None) -> tuple[Decimal, str]:
    found = params.get(name, on=on)
    return Decimal(str(found.value[Form(form).label])), found.source


def _over(part: int, whole: int, percent: Decimal) -> bool:
    """Whether part is more than percent of whole; exactly that much is not enough."""
    return part * 100 > whole * percent


def _share_said(percent: Decimal) -> str:
    return "半数" if percent == 50 else f" {percent.normalize():f}%"


@dataclass(frozen=True)
class Quorum:
    """Whether enough members are there. Counts are people."""

    expected: int
    present: int
    percent: Decimal
    source: str

    @property
    def reached(self) -> bool:
        return self.expected > 0 and _over(self.present, self.expected, self.percent)

    @property
    def sentence(self) -> str:
        """「应到 41 人，实到 19 人，未过半数，不能形成决议。」"""
        if not self.expected:
            return "应到名单是空的，不能形成决议。"
        if self.reached:
            return f"应到 {self.expected} 人，实到 {self.present} 人，已过{_share_said(self.percent)}。"
        return f"应到 {self.expected} 人，实到 {self.present} 人，未过{_share_said(self.percent)}，不能形成决议。"


@dataclass(frozen=True)
class Majority:
    """Whether enough of those present are in favour. Counts are people."""

    present: int
    votes_for: int
    votes_against: int
    votes_abstain: int
    percent: Decimal
    source: str

    @property
    def cast(self) -> int:
        return self.votes_for + self.votes_against + self.votes_abstain

    @property
    def reached(self) -> bool:
        return _over(self.votes_for, self.present, self.percent)

    @property
    def sentence(self) -> str:
        """「实到 21 人，赞成 10 人，未过半数，不能形成决议。」"""
        said = f"实到 {self.present} 人，赞成 {self.votes_for} 人"
        if self.reached:
            return f"{said}，已过{_share_said(self.percent)}。"
        return f"{said}，未过{_share_said(self.percent)}，不能形成决议。"


def quorum_of(expected: int, present: int, form: str, on: date | None = None) -> Quorum:
    """The quorum for a form with these counts."""
    percent, source = _percent("deliberation.quorum_percent", form, on)
    return Quorum(expected, present, percent, source)


def majority_of(present: int, yes: int, no: int, abstain: int, form: str, on: date | None = None) -> Majority:
    """The majority for a form with these counts."""
    percent, source = _percent("deliberation.majority_percent", form, on)
    return Majority(present, yes, no, abstain, percent, source)


def members(deliberation: Deliberation) -> int:
    """How many were called as members (应到), whether or not they said they would come."""
    return Participant.objects.filter(
        deliberation=deliberation,
        seat=Seat.MEMBER,
        answer__in=[Answer.INVITED, Answer.ACCEPTED, Answer.DECLINED],
    ).count()


def members_present(meeting: Meeting) -> int:
    """How many members signed in (实到)."""
    return (
        Attendance.objects.filter(meeting=meeting, participant__seat=Seat.MEMBER)
        .exclude(participant__answer=Answer.REMOVED)
        .count()
    )


def current_meeting(deliberation: Deliberation) -> Meeting | None:
    """The meeting that counts: the latest that was not called off. None before the first."""
    return deliberation.meetings.exclude(state=MeetingState.NOT_HELD).order_by("-id").first()


def quorum_now(deliberation: Deliberation) -> Quorum:
    """The quorum of the current meeting, as signed in so far; as recorded once it was decided."""
    meeting = current_meeting(deliberation)
    day = clock.local(meeting.starts_at).date() if meeting else None
    if meeting is not None and meeting.decided_at is not None:
        return quorum_of(meeting.expected or 0, meeting.present or 0, deliberation.form, day)
    present = members_present(meeting) if meeting is not None else 0
    return quorum_of(members(deliberation), present, deliberation.form, day)
