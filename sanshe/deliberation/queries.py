"""Readers of deliberation: the viewer first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, Exists, OuterRef, Q, QuerySet

from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.thread import Mark, Station

from .access import (
    DeliberationAccess,
    MeetingAccess,
    NeedAccess,
    OutcomeAccess,
    ParticipantAccess,
    StatementAccess,
    TaskAccess,
    TopicAccess,
)
from .models import (
    Attendance,
    Deliberation,
    Meeting,
    Outcome,
    OutcomeNeed,
    Participant,
    Rating,
    Statement,
    Task,
    Topic,
    Vote,
)
from .words import ENDED, Answer, Choice, DeliberationState, Seat, StatementState, TopicState

PAGE = 20
_OPEN = [s for s in DeliberationState if s not in ENDED and s != DeliberationState.DRAFT]


@dataclass
class Page:
    """A page by key, newest first. `total` counts up to 1000."""

    rows: list[Any] = field(default_factory=list)
    total: str = ""
    next: int | None = None
    previous: int | None = None


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def page_of(rows: QuerySet[Any], after: str = "", before: str = "", size: int = PAGE) -> Page:
    """The page after or before a key; rows are ordered by -id."""
    counted = rows.order_by()[:1001].count()
    total = "1000+" if counted > 1000 else str(counted)
    low, high = _key(after), _key(before)
    if high is not None:
        found = list(rows.filter(pk__gt=high).order_by("pk")[: size + 1])
        more, found = len(found) > size, found[:size][::-1]
        return Page(found, total, found[-1].pk if found else None, found[0].pk if more and found else None)
    cut = rows.filter(pk__lt=low) if low is not None else rows
    found = list(cut.order_by("-pk")[: size + 1])
    more, found = len(found) > size, found[:size]
    return Page(found, total, found[-1].pk if more else None, found[0].pk if low is not None and found else None)


def board(viewer: Viewer, area: Any = None, show: str = "") -> QuerySet[Deliberation]:
    """Public deliberations that were opened, for everybody. `show`: open, ended or empty for all."""
    rows = DeliberationAccess.rows(viewer).filter(public=True, opened_at__isnull=False).select_related("area")
    if area is not None:
        rows = rows.filter(area__lo__gte=area.lo, area__lo__lt=area.hi)
    if show == "open":
        rows = rows.filter(state__in=_OPEN)
    elif show == "ended":
        rows = rows.filter(state__in=ENDED)
    return rows.annotate(
        people=Count("participants", filter=Q(participants__answer__in=[Answer.ACCEPTED, Answer.INVITED]))
    )


def mine(viewer: Viewer) -> QuerySet[Deliberation]:
    """What the viewer is called to or takes part in and is still open, newest first."""
    if not viewer.signed_in:
        return Deliberation.objects.none()
    taking = Participant.objects.filter(
        deliberation=OuterRef("pk"),
        user_id=viewer.user_id or 0,
        answer__in=[Answer.INVITED, Answer.ACCEPTED, Answer.ASKED],
    )
    rows = DeliberationAccess.rows(viewer).filter(Exists(taking)).select_related("area")
    return rows.order_by("-pk")


def desk(viewer: Viewer, area: Any = None, state: str = "", text: str = "") -> QuerySet[Deliberation]:
    """The workbench's list. `text` is part of the title or the number."""
    rows = DeliberationAccess.rows(viewer).select_related("area")
    if area is not None:
        rows = rows.filter(area__lo__gte=area.lo, area__lo__lt=area.hi)
    if state in DeliberationState.values:
        rows = rows.filter(state=state)
    text = text.replace("\x00", "").strip()
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(number__icontains=text))
    return rows


def topics(viewer: Viewer) -> QuerySet[Topic]:
    """Topics that wait, the most urgent first."""
    rows = TopicAccess.rows(viewer).filter(state=TopicState.WAITING).select_related("area", "matter")
    return rows.order_by("due_at", "pk")


def joinable(viewer: Viewer, topic: Topic) -> QuerySet[Deliberation]:
    """The deliberations that a topic may join."""
    rows = DeliberationAccess.rows(viewer, "prepare").filter(area_id=topic.area_id)
    return rows.exclude(state__in=ENDED).order_by("-pk")


@dataclass
class Tally:
    """One statement with its counts. Shares are of those who agreed or disagreed; None when nobody did."""

    statement: Statement
    agree: int = 0
    disagree: int = 0
    passed: int = 0
    mine: str = ""

    @property
    def voted(self) -> int:
        return self.agree + self.disagree + self.passed

    @property
    def share(self) -> float | None:
        """Agreement among all who voted, pass included."""
        return self.agree / self.voted if self.voted else None

    @property
    def said(self) -> str:
        """「12 人赞成，3 人不赞成，1 人说不好」"""
        if not self.voted:
            return "还没有人表态"
        return f"{self.agree} 人赞成，{self.disagree} 人不赞成，{self.passed} 人说不好"


def tallies(viewer: Viewer, deliberation: Deliberation) -> list[Tally]:
    """Shown statements with counts, the most agreed first. Two queries, whatever the number of votes."""
    rows = (
        StatementAccess.rows(viewer)
        .filter(deliberation=deliberation, state=StatementState.SHOWN)
        .select_related("author")
        .annotate(
            n_agree=Count("votes", filter=Q(votes__choice=Choice.AGREE)),
            n_disagree=Count("votes", filter=Q(votes__choice=Choice.DISAGREE)),
            n_pass=Count("votes", filter=Q(votes__choice=Choice.PASS)),
        )
    )
    mine = votes_of(viewer, deliberation)
    found = [Tally(s, s.n_agree, s.n_disagree, s.n_pass, mine.get(s.pk, "")) for s in rows]
    found.sort(key=lambda t: (-(t.share if t.share is not None else -1.0), -t.voted, t.statement.pk))
    return found


def votes_of(viewer: Viewer, deliberation: Deliberation) -> dict[int, str]:
    """What the viewer said to which statement. One query; none for the public."""
    if not viewer.signed_in:
        return {}
    rows = Vote.objects.filter(statement__deliberation=deliberation, participant__user_id=viewer.user_id or 0)
    return dict(rows.values_list("statement_id", "choice"))


def next_statement(viewer: Viewer, deliberation: Deliberation, skip: Iterable[int] = ()) -> Statement | None:
    """A shown statement to which the viewer has said nothing yet: the one with the fewest votes first, so that all get
    their share of looks."""
    rows = StatementAccess.rows(viewer).filter(deliberation=deliberation, state=StatementState.SHOWN)
    said = Vote.objects.filter(statement=OuterRef("pk"), participant__user_id=viewer.user_id or 0)
    rows = rows.filter(~Exists(said)).exclude(pk__in=list(skip)).exclude(author__user_id=viewer.user_id or 0)
    return rows.annotate(n=Count("votes")).select_related("author").order_by("n", "pk").first()


def participant_of(viewer: Viewer, deliberation: Deliberation) -> Participant | None:
    """The viewer's own row."""
    if not viewer.signed_in:
        return None
    return Participant.objects.filter(deliberation=deliberation, user_id=viewer.user_id or 0).first()


def participants(viewer: Viewer, deliberation: Deliberation) -> list[Participant]:
    """Those who take part, with names, for the desk; those who asked first."""
    rows = ParticipantAccess.rows(viewer).filter(deliberation=deliberation).select_related("body")
    order = {Answer.ASKED: 0, Answer.ACCEPTED: 1, Answer.INVITED: 2, Answer.DECLINED: 3, Answer.REMOVED: 4}
    seats = {Seat.MEMBER: 0, Seat.OBSERVER: 1, Seat.ONLINE: 2}
    return sorted(rows, key=lambda p: (order[Answer(p.answer)], seats[Seat(p.seat)], p.pk))


def counts_of(deliberation: Deliberation) -> dict[str, int]:
    """Figures without names: people, members, statements shown and pending, votes. Three queries."""
    people = Participant.objects.filter(deliberation=deliberation).aggregate(
        people=Count("pk", filter=Q(answer__in=[Answer.ACCEPTED, Answer.INVITED])),
        members=Count(
            "pk",
            filter=Q(seat=Seat.MEMBER, answer__in=[Answer.INVITED, Answer.ACCEPTED, Answer.DECLINED]),
        ),
        asked=Count("pk", filter=Q(answer=Answer.ASKED)),
    )
    said = Statement.objects.filter(deliberation=deliberation).aggregate(
        shown=Count("pk", filter=Q(state=StatementState.SHOWN)),
        pending=Count("pk", filter=Q(state=StatementState.PENDING)),
    )
    votes = Vote.objects.filter(statement__deliberation=deliberation, statement__state=StatementState.SHOWN).count()
    return {**people, **said, "votes": votes}


def attendance(viewer: Viewer, meeting: Meeting) -> list[Attendance]:
    """Who was there, with names, for the desk; empty for others."""
    if not MeetingAccess.may(viewer, "desk", meeting):
        return []
    return list(Attendance.objects.filter(meeting=meeting).select_related("participant__body"))


def absent(viewer: Viewer, meeting: Meeting) -> list[Participant]:
    """Those of the list who have not signed in."""
    there = Attendance.objects.filter(meeting=meeting, participant=OuterRef("pk"))
    rows = ParticipantAccess.rows(viewer).filter(deliberation_id=meeting.deliberation_id).filter(~Exists(there))
    return list(rows.exclude(answer__in=[Answer.REMOVED, Answer.ASKED]).select_related("body").order_by("seat", "pk"))


def meetings_ahead(viewer: Viewer, since: date, days: int = 60) -> list[Meeting]:
    """The calendar: meetings of what the viewer may see, from a day on, at most 200."""
    begin = clock.at(since.year, since.month, since.day)
    rows = MeetingAccess.rows(viewer).filter(starts_at__gte=begin, starts_at__lt=begin + timedelta(days=days))
    rows = rows.exclude(state="not_held").select_related("deliberation__area")
    return list(rows.order_by("starts_at", "pk")[:200])


def outcome_of(viewer: Viewer, deliberation: Deliberation) -> Outcome | None:
    """The outcome, if the viewer may see it."""
    return OutcomeAccess.rows(viewer).filter(deliberation=deliberation).first()


def needs_of(outcome: Outcome) -> QuerySet[OutcomeNeed]:
    """The needs that an outcome states. For modules above, inside a hook on the step `publish`."""
    return OutcomeNeed.objects.filter(outcome=outcome).order_by("id")


def needs_seen(viewer: Viewer, deliberation: Deliberation) -> list[OutcomeNeed]:
    """The needs of a deliberation's outcome, if the viewer may see them."""
    return list(NeedAccess.rows(viewer).filter(outcome__deliberation=deliberation))


def tasks_seen(viewer: Viewer, deliberation: Deliberation) -> list[Task]:
    """The tasks with their progress. Two queries."""
    rows = TaskAccess.rows(viewer).filter(deliberation=deliberation).select_related("owner", "owner_body")
    return list(rows.prefetch_related("notes"))


def rating_of(deliberation: Deliberation) -> dict[str, Any]:
    """Mean and count of the ratings; the mean is None when nobody rated."""
    return Rating.objects.filter(deliberation=deliberation).aggregate(mean=Avg("stars"), count=Count("pk"))


def communities_deliberating(on: date) -> QuerySet[Deliberation]:
    """Deliberations that were opened up to a day, for counting communities. Every one, without a viewer."""
    end = clock.at(on.year, on.month, on.day) + timedelta(days=1)
    return Deliberation.objects.filter(opened_at__lt=end)


def describe(viewer: Viewer, ids: Sequence[int]) -> list[Mark]:
    """How deliberations describe themselves on the thread, as far as the viewer may see them. One query."""
    rows = DeliberationAccess.rows(viewer).filter(pk__in=ids).select_related("committee_body", "area")
    return [
        Mark(
            station=Station.DELIBERATION,
            title=row.title,
            state=str(DeliberationState(row.state).label),
            who=row.committee_body.name if row.committee_body is not None else str(row.area),
            when=row.opened_at or row.created_at,
            url=row.get_absolute_url(),
            done=row.state in ENDED or row.published_at is not None,
            tone="done" if row.state == DeliberationState.CLOSED else "",
        )
        for row in rows
    ]


def describe_topics(viewer: Viewer, ids: Sequence[int]) -> list[Mark]:
    """A topic shows itself on the thread only while it waits: then it is the way to arrange a deliberation."""
    rows = TopicAccess.rows(viewer).filter(pk__in=ids, state=TopicState.WAITING).select_related("area")
    return [
        Mark(
            station=Station.DELIBERATION,
            title="待安排协商",
            who=str(row.area),
            when=row.created_at,
            url=row.get_absolute_url(),
        )
        for row in rows
    ]


def open_talks(viewer: Viewer, limit: int = 3) -> list[dict[str, Any]]:
    """For the home page: what is open to the public now, newest first. One query."""
    rows = board(viewer, show="open").order_by("-opened_at", "-pk")[:limit]
    return [
        {
            "title": row.title,
            "url": row.get_absolute_url(),
            "number": row.number,
            "place": str(row.area),
            "state": str(DeliberationState(row.state).label),
            "state_label": str(DeliberationState(row.state).label),
            "tone": "info",
            "when": row.statement_deadline if row.state == DeliberationState.COLLECTING else None,
            "note": f"{getattr(row, 'people', 0)} 人参加",
            "due_at": None,
            "done": row.state in ENDED,
        }
        for row in rows
    ]


def can_speak(deliberation: Deliberation, now: datetime) -> bool:
    """Whether statements and votes are taken now."""
    return deliberation.state == DeliberationState.COLLECTING and (
        deliberation.statement_deadline is None or now <= deliberation.statement_deadline
    )


def shown(viewer: Viewer, deliberation: Deliberation) -> QuerySet[Statement]:
    """Shown statements."""
    rows = StatementAccess.rows(viewer).filter(deliberation=deliberation, state=StatementState.SHOWN)
    return rows.select_related("author")


def votable(viewer: Viewer, deliberation: Deliberation) -> QuerySet[Statement]:
    """Shown statements of others."""
    return shown(viewer, deliberation).exclude(author__user_id=viewer.user_id or 0)


def unshown(viewer: Viewer, deliberation: Deliberation) -> list[Statement]:
    """Statements that wait or are hidden, as far as the viewer may see them: the desk's, and one's own."""
    rows = StatementAccess.rows(viewer).filter(deliberation=deliberation).exclude(state=StatementState.SHOWN)
    return list(rows.select_related("author", "deliberation").order_by("pk")[:200])


def my_attendance(viewer: Viewer, meeting: Meeting) -> Attendance | None:
    """Whether the viewer has signed in."""
    return Attendance.objects.filter(meeting=meeting, participant__user_id=viewer.user_id or 0).first()


@dataclass(frozen=True)
class Told:
    """One event as the public reads it: by the post, never by the name."""

    sentence: str
    at: datetime


def told_publicly(deliberation: Deliberation) -> list[Told]:
    """What happened, newest first, for people who do not work at the desk. One query."""
    rows = audit.history(deliberation).filter(public=True).select_related(None)[:30]
    return [Told(row.sentence.replace("{actor}", _post(row)), row.at) for row in rows]


def _post(row: audit.Entry) -> str:
    """「甲一社区」 out of 「社区工作者（甲一社区）」: who acts for the community speaks as the community."""
    inside = row.post.partition("（")[2].partition("）")[0]
    return inside or row.system or "参加人"
