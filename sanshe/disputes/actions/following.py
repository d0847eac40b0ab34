"""Visits by the dates that were agreed, and the end."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from ..flow import FLOW, TERM
from ..models import Dispute, Term
from ..words import DisputeState, TermState
from .telling import long_text


def _agreed(term: Term) -> None:
    if term.dispute.state != DisputeState.AGREED:
        raise Invalid({"": "协议生效以后才回访。"})


def _counted(term: Term) -> None:
    left = Term.objects.filter(dispute=term.dispute_id, state=TermState.OPEN).count()
    Dispute.objects.filter(pk=term.dispute_id).update(open_terms=left)


def _visit(term_id: int, step: str, note: str, by: Viewer, now: datetime) -> Term:
    term = TERM.take(term_id, step, by)
    _agreed(term)
    term.note, term.visited_at = long_text("note", note, "回访的情况", now), now
    TERM.move(term, step, by, now)
    _counted(term)
    return term


@transaction.atomic
def keep(*, term_id: int, note: str, by: Viewer, now: datetime) -> Term:
    """A visit found that it was done."""
    return _visit(term_id, "keep", note, by, now)


@transaction.atomic
def break_off(*, term_id: int, note: str, by: Viewer, now: datetime) -> Term:
    """A visit found that it was not; the parties may go to court over it (人民调解法 art. 32)."""
    return _visit(term_id, "break_off", note, by, now)


@transaction.atomic
def move(*, term_id: int, due_on: date, by: Viewer, now: datetime) -> Term:
    """Both agreed on another date."""
    term = TERM.take(term_id, "move", by)
    _agreed(term)
    if due_on <= clock.local(now).date():
        raise Invalid({"due_on": "新的期限要在今天以后。"})
    term.due_at, term.moved = clock.at(due_on.year, due_on.month, due_on.day, 18), term.moved + 1
    return TERM.move(term, "move", by, now, data={"due": due_on.isoformat()})


@transaction.atomic
def close(*, dispute_id: int, by: Viewer, now: datetime) -> Dispute:
    """All was visited: filed away."""
    one = FLOW.take(dispute_id, "close", by)
    one.ended_at, one.due_at = now, None
    return FLOW.move(one, "close", by, now)
