"""The golden table: in which state who may do what. Written by hand from the rules, never from the program."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sanshe.deliberation import actions
from sanshe.deliberation.access import DeliberationAccess, MeetingAccess, ParticipantAccess, StatementAccess, TaskAccess
from sanshe.deliberation.flow import FLOW
from sanshe.deliberation.models import Deliberation, Participant
from sanshe.kernel.errors import NotVisible
from tests import deliberation_cast as cast
from tests.deliberation_cast import v

PEOPLE = [
    "public",
    "resident",
    "homeless",
    "stranger",
    "lead",
    "worker",
    "both",
    "desk",
    "officer",
    "centre",
    "district_officer",
    "other_officer",
    "other_lead",
    "handler",
]


@pytest.fixture
def w(now: datetime):
    return cast.world(now)


def who(w, name: str):
    return v(None if name == "public" else getattr(w, name))


def seers(w, one: Deliberation) -> set[str]:
    return {name for name in PEOPLE if DeliberationAccess.may(who(w, name), "see", one)}


INSIDE = {"lead", "worker", "both", "desk", "officer", "centre", "district_officer"}


def test_a_draft_is_seen_inside_only(w) -> None:
    one = cast.draft(w)
    actions.invite(deliberation_id=one.pk, capacity="resident", user=w.resident, by=v(w.worker), now=w.now)
    assert seers(w, one) == INSIDE


def test_an_opened_public_one_is_everybodys(w) -> None:
    assert seers(w, cast.opened(w)) == set(PEOPLE)


def test_an_opened_one_that_is_not_public_is_seen_by_those_concerned(w) -> None:
    one = cast.opened(w, public=False)
    assert seers(w, one) == INSIDE
    actions.invite(deliberation_id=one.pk, capacity="resident", user=w.stranger, by=v(w.worker), now=w.now)
    assert seers(w, one) == INSIDE | {"stranger"}
    for name in ("other_officer", "other_lead", "public"):
        with pytest.raises(NotVisible):
            DeliberationAccess.get(who(w, name), one.pk)


def test_a_cancelled_draft_never_becomes_public(w) -> None:
    one = cast.draft(w)
    actions.cancel(deliberation_id=one.pk, reason="重复了", by=v(w.lead), now=w.now)
    assert seers(w, one) == INSIDE


def test_the_reporter_of_a_joined_matter_sees_it(w) -> None:
    cast.together(w, w.stranger)
    from sanshe.deliberation.models import Topic

    one = cast.opened(w, public=False)
    actions.join_topic(topic_id=Topic.objects.get().pk, deliberation=one, by=v(w.lead), now=w.now)
    Participant.objects.all().delete()  # by the matter alone
    assert "stranger" in seers(w, one)


#: Steps offered in each state: for the lead; for the worker (prepares); for street and service centre (guide).
TABLE = {
    "draft": ({"edit", "open", "cancel"}, {"edit"}, set()),
    "collecting": ({"call_meeting", "cancel"}, {"call_meeting"}, {"guide"}),
    "meeting": (
        {"call_meeting", "write_minutes", "resolve", "fail", "cancel"},
        {"call_meeting", "write_minutes"},
        {"guide"},
    ),
    "resolved": (
        {"write_minutes", "write_outcome", "state_need", "add_task", "publish"},
        {"write_minutes", "write_outcome", "state_need", "add_task"},
        {"guide"},
    ),
    "published": ({"add_task", "carry_out", "close"}, {"add_task"}, {"guide"}),
    "carrying_out": ({"add_task", "close"}, {"add_task"}, {"guide"}),
    "closed": (set(), set(), set()),
    "failed": (set(), set(), set()),
    "cancelled": (set(), set(), set()),
}  # fmt: skip


@pytest.mark.parametrize("state", list(TABLE))
def test_state_by_person(w, state) -> None:
    one = cast.opened(w)
    Deliberation.objects.filter(pk=one.pk).update(state=state, end_reason="因为")
    one.refresh_from_db()
    lead, prepare, guide = TABLE[state]
    expected = {name: set() for name in PEOPLE}
    expected |= {"lead": lead, "worker": prepare, "both": prepare, "officer": guide, "centre": guide}
    found = {name: {o.step.name for o in FLOW.offers(one, who(w, name), w.now)} for name in PEOPLE}
    assert found == expected


def test_rating_is_offered_to_those_who_took_part(w) -> None:
    one, _ = cast.closed(w)
    Participant.objects.create(deliberation=one, user=w.neighbour, name="乙", capacity="resident", seat="online",
                               answer="accepted")  # fmt: skip
    found = {n for n in [*PEOPLE, "neighbour"] if FLOW.offers(one, who(w, n), w.now)}
    assert found == {"neighbour"}


def test_who_speaks_and_votes(w) -> None:
    one = cast.opened(w)
    may = {n for n in PEOPLE if DeliberationAccess.may(who(w, n), "take_part", one)}
    # By living here. A street's officer, and even the lead, take part only when invited.
    assert may == {"resident", "both"}
    actions.invite(deliberation_id=one.pk, capacity="delegate", user=w.officer, by=v(w.worker), now=w.now)
    assert DeliberationAccess.may(v(w.officer), "take_part", one)


def test_statements(w) -> None:
    one = cast.opened(w)
    said = actions.speak(deliberation_id=one.pk, text="先画线", by=v(w.resident), now=w.now)
    see = {n for n in PEOPLE if StatementAccess.may(who(w, n), "see", said)}
    assert see == INSIDE | {"resident"}  # waits: the author and the desk
    moderate = {n for n in PEOPLE if StatementAccess.may(who(w, n), "moderate", said)}
    assert moderate == {"lead", "worker", "both"}
    own = actions.speak(deliberation_id=one.pk, text="再画线", by=v(w.both), now=w.now)
    assert not StatementAccess.may(v(w.both), "moderate", own)
    actions.show_statement(statement_id=said.pk, by=v(w.worker), now=w.now)
    assert StatementAccess.may(v(None), "see", said)


def test_names_are_for_the_desk(w) -> None:
    one, _ = cast.met(w)
    names = {n for n in PEOPLE if ParticipantAccess.rows(who(w, n)).filter(deliberation=one).exists()}
    assert names == INSIDE
    meeting = one.meetings.get()
    assert {n for n in PEOPLE if MeetingAccess.may(who(w, n), "register", meeting)} == {"lead", "worker", "both"}
    assert {n for n in PEOPLE if MeetingAccess.may(who(w, n), "desk", meeting)} == INSIDE


def test_tasks(w) -> None:
    one, moment = cast.resolved(w)
    due = moment.date() + timedelta(days=9)
    for owner in ({"owner_body": w.unit}, {"owner_body": w.committee}, {"owner": w.homeless}):
        actions.add_task(deliberation_id=one.pk, title="办", due_on=due, by=v(w.worker), now=moment, **owner)
    unit, own, person = one.tasks.order_by("id")
    inside = {"lead", "worker", "both"}
    assert {n for n in PEOPLE if TaskAccess.may(who(w, n), "see", unit)} == INSIDE  # not yet published
    Deliberation.objects.filter(pk=one.pk).update(published_at=moment)
    carry = {t.pk: {n for n in PEOPLE if TaskAccess.may(who(w, n), "carry", t)} for t in (unit, own, person)}
    assert carry == {unit.pk: {"handler"}, own.pk: inside, person.pk: {"homeless"}}
    steward = {t.pk: {n for n in PEOPLE if TaskAccess.may(who(w, n), "steward", t)} for t in (unit, own, person)}
    assert steward == {unit.pk: inside, own.pk: set(), person.pk: inside}
