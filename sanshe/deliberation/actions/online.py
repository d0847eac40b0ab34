"""Online: statements of one sentence, moderation, votes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sanshe.kernel import audit, clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, WrongState

from ..access import DeliberationAccess, StatementAccess
from ..flow import STATEMENT_FLOW
from ..models import Deliberation, Participant, Statement, Vote
from ..words import Choice, DeliberationEvent, DeliberationState, StatementState
from .people import joined
from .telling import tell, tell_community, words


def _collecting(deliberation: Deliberation, now: datetime) -> None:
    """Statements and votes count while views are collected, until the deadline."""
    if deliberation.state != DeliberationState.COLLECTING:
        raise WrongState(f"这次协商现在是「{deliberation.get_state_display()}」，不再征集意见。")  # type: ignore[attr-defined]
    if deliberation.statement_deadline is not None and now > deliberation.statement_deadline:
        said = clock.say_moment(deliberation.statement_deadline)
        raise WrongState(f"意见征集已于{said}截止。")


@transaction.atomic
def speak(*, deliberation_id: int, text: str, by: Viewer, now: datetime) -> Statement:
    """Say one sentence. It is shown after the community has looked at it.

    Raises Invalid for a sentence that is too long, was said already, or one too many (parameters).
    """
    found = DeliberationAccess.get(by, deliberation_id, "take_part")
    _collecting(found, now)
    longest = int(params.get("deliberation.statement_length", on=now.date()).value)
    text = " ".join(words("text", text, "意见", longest).split())
    one = joined(found, by, now)
    # The author's row is the lock: two sentences at once from one person are counted one after the other.
    Participant.objects.select_for_update().get(pk=one.pk)
    most = int(params.get("deliberation.statements_each", on=now.date()).value)
    mine = list(Statement.objects.filter(author=one).values_list("text", flat=True))
    if len(mine) >= most:
        raise Invalid({"text": f"每人最多提 {most} 条意见，您已经提满了。"})
    if text in mine or Statement.objects.filter(deliberation=found, state=StatementState.SHOWN, text=text).exists():
        raise Invalid({"text": "这条意见已经有人提过了，您可以直接表态。"})
    statement = Statement(deliberation=found, author=one, text=text, created_at=now)
    STATEMENT_FLOW.begin(statement, by, now, sentence="{actor}提出一条意见，待审核")
    if Statement.objects.filter(deliberation=found, state=StatementState.PENDING).count() == 1:
        tell_community(found, f"协商「{found.title}」有新的意见待审核。", now, but=by.user_id)
    return statement


@transaction.atomic
def show_statement(*, statement_id: int, by: Viewer, now: datetime) -> Statement:
    """Show a statement to all."""
    statement = STATEMENT_FLOW.take(statement_id, "show", by)
    statement.reason = ""
    STATEMENT_FLOW.move(statement, "show", by, now)
    return statement


@transaction.atomic
def hide_statement(*, statement_id: int, reason: str, by: Viewer, now: datetime) -> Statement:
    """Do not show a statement; the author is told why."""
    statement = STATEMENT_FLOW.take(statement_id, "hide", by)
    statement.reason = words("reason", reason, "不展示的原因", 300)
    STATEMENT_FLOW.move(statement, "hide", by, now, note=statement.reason)
    text = f"您在协商「{statement.deliberation.title}」中提的意见没有展示：{statement.reason}"
    tell([statement.author.user_id], text, statement.get_absolute_url(), now)
    return statement


@transaction.atomic
def vote(*, statement_id: int, choice: str, by: Viewer, now: datetime) -> Vote:
    """Say agree, disagree or pass to a shown statement; the last word counts. One row, also when two come at once."""
    if choice not in Choice.values:
        raise Invalid({"choice": "请选择赞成、不赞成或说不好。"})
    statement = StatementAccess.get(by, statement_id, rows=Statement.objects.select_related("deliberation__area"))
    _collecting(statement.deliberation, now)
    if statement.state != StatementState.SHOWN:
        raise WrongState("这条意见没有展示，不能表态。")
    one = joined(statement.deliberation, by, now)
    Vote.objects.bulk_create(
        [Vote(statement=statement, participant=one, choice=choice, at=now)],
        update_conflicts=True,
        unique_fields=["statement", "participant"],
        update_fields=["choice", "at"],
    )
    # That somebody voted is on record; what they said is theirs and is not.
    audit.record(
        by=by,
        event=DeliberationEvent.VOTED,
        obj=statement,
        sentence="{actor}对一条意见表了态",
        now=now,
        public=False,
    )
    return Vote.objects.get(statement=statement, participant=one)
