"""Two at once: the first holds its transaction open, the second is blocked or finds the row that is there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from sanshe.deliberation import actions
from sanshe.deliberation.models import Attendance, Participant, Topic, Vote
from sanshe.kernel.errors import WrongState
from tests import deliberation_cast as cast
from tests.deliberation_cast import v

pytestmark = pytest.mark.django_db(transaction=True)


def second_while_first_is_open(first: Callable[[], Any], second: Callable[[], Any]) -> tuple[bool, Any]:
    """Run `second` in another connection while `first`'s transaction is open. Returns (was it blocked, its result)."""
    result: list[Any] = []

    def other() -> None:
        try:
            result.append(second())
        except Exception as error:
            result.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    with transaction.atomic():
        first()
        thread.start()
        thread.join(0.7)
        blocked = thread.is_alive()
    thread.join(120)
    return blocked, result[0]


@pytest.fixture
def w(now: datetime):
    return cast.world(now)


def test_two_votes_at_once_are_one_row(w) -> None:
    one = cast.opened(w)
    said = cast.shown_statement(w, one)
    actions.ask_to_join(deliberation_id=one.pk, capacity="resident", by=v(w.neighbour), now=w.now)
    a, b = v(w.neighbour), v(w.neighbour)
    blocked, _ = second_while_first_is_open(
        lambda: actions.vote(statement_id=said.pk, choice="agree", by=a, now=w.now),
        lambda: actions.vote(statement_id=said.pk, choice="disagree", by=b, now=w.now),
    )
    assert blocked
    assert list(Vote.objects.filter(statement=said).values_list("choice", flat=True)) == ["disagree"]


def test_joining_twice_at_once_is_one_participant(w) -> None:
    one = cast.opened(w)
    said = cast.shown_statement(w, one)
    a, b = v(w.neighbour), v(w.neighbour)
    second_while_first_is_open(
        lambda: actions.vote(statement_id=said.pk, choice="agree", by=a, now=w.now),
        lambda: actions.vote(statement_id=said.pk, choice="agree", by=b, now=w.now),
    )
    assert Participant.objects.filter(deliberation=one, user=w.neighbour).count() == 1
    assert Vote.objects.filter(statement=said).count() == 1


def test_signing_in_twice_at_once_is_one_row(w) -> None:
    one, _ = cast.met(w)
    meeting = one.meetings.get()
    a, b = v(w.resident), v(w.resident)
    blocked, second = second_while_first_is_open(
        lambda: actions.sign_in(token=meeting.token, by=a, now=meeting.starts_at),
        lambda: actions.sign_in(token=meeting.token, by=b, now=meeting.starts_at),
    )
    assert blocked and second[1] is False
    assert Attendance.objects.filter(meeting=meeting, participant__user=w.resident).count() == 1


def test_two_who_arrange_the_same_topic(w) -> None:
    cast.together(w)
    topic = Topic.objects.get()
    a, b = v(w.lead), v(w.worker)
    blocked, second = second_while_first_is_open(
        lambda: actions.begin_topic(topic_id=topic.pk, by=a, now=w.now, **cast.PLAN),
        lambda: actions.begin_topic(topic_id=topic.pk, by=b, now=w.now, **cast.PLAN),
    )
    assert blocked and isinstance(second, WrongState)
    assert "陈书记" in second.sentence  # who was quicker
