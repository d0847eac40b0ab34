"""From a topic to the end, and what is refused on the way."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sanshe.deliberation import actions, rules
from sanshe.deliberation.flow import FLOW, STATEMENT_FLOW, TASK_FLOW, TOPIC_FLOW
from sanshe.deliberation.models import Attendance, Deliberation, Participant, Topic
from sanshe.deliberation.public import needs_of, open_talks
from sanshe.deliberation.words import Answer, DeliberationState, Seat, TopicState
from sanshe.kernel import audit, thread
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, WrongState
from sanshe.kernel.notices import Notice
from sanshe.matters.public import Matter
from tests import deliberation_cast as cast
from tests.deliberation_cast import v


@pytest.fixture
def w(now: datetime):
    return cast.world(now)


def test_joint_matter_becomes_a_topic_that_waits_for_the_community(w) -> None:
    matter = cast.together(w, w.resident)
    topic = Topic.objects.get(matter=matter)
    assert topic.state == TopicState.WAITING
    assert [t.pk for t in TOPIC_FLOW.waiting(v(w.lead))] == [topic.pk]
    assert not TOPIC_FLOW.waiting(v(w.officer)).exists()  # sees it, but it is not theirs to arrange
    assert Notice.objects.filter(user=w.lead).count() == 1


def test_topic_begins_a_deliberation_and_a_second_one_joins(w) -> None:
    first, second = cast.together(w, w.resident), cast.together(w)
    a, b = Topic.objects.order_by("id")
    one = actions.begin_topic(topic_id=a.pk, by=v(w.worker), now=w.now, **cast.PLAN)
    actions.join_topic(topic_id=b.pk, deliberation=one, by=v(w.lead), now=w.now)
    assert thread.up_of(one, Matter) == sorted([first.pk, second.pk])
    # The reporter is called to take part, without being asked to register again.
    assert Participant.objects.get(deliberation=one).user_id == w.resident.pk
    assert one.party_body_id == w.party.pk and one.committee_body_id == w.committee.pk
    with pytest.raises(WrongState):
        actions.begin_topic(topic_id=a.pk, by=v(w.worker), now=w.now, **cast.PLAN)


def test_topic_can_go_back_to_triage(w) -> None:
    matter = cast.together(w)
    topic = Topic.objects.get()
    actions.hand_topic_back(topic_id=topic.pk, reason="涉及工程审批", by=v(w.lead), now=w.now)
    matter.refresh_from_db()
    topic.refresh_from_db()
    assert (matter.state, topic.state) == ("received", TopicState.DROPPED)
    # Triaged again as 小事 it is a topic again.
    matter.route, matter.triage_reason = "joint", "已核实"
    from sanshe.matters.public import FLOW as MATTER_FLOW

    MATTER_FLOW.move(matter, "triage_joint", v(w.desk), w.now)
    assert Topic.objects.filter(matter=matter, state=TopicState.WAITING).count() == 1


def test_only_the_community_begins(w) -> None:
    for who in (w.officer, w.desk, w.resident, w.other_lead, w.handler):
        with pytest.raises(NotAllowed):
            actions.start(area=w.home, by=v(who), now=w.now, **cast.PLAN)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 81}, "title"),
        ({"question": ""}, "question"),
        ({"form": "group_meeting"}, "form"),
        ({"scope": "group"}, "group_text"),
        ({"scope": "nonsense"}, "scope"),
        ({"form": "nonsense"}, "form"),
        ({"title": "坏\x00字"}, "title"),
    ],
)
def test_plan_refuses_with_a_sentence_at_the_field(w, change, field) -> None:
    with pytest.raises(Invalid) as wrong:
        cast.draft(w, **change)
    assert field in wrong.value.errors and wrong.value.errors[field].endswith("。")


def test_opening_needs_the_leading_bodies_and_time_for_views(w) -> None:
    one = cast.draft(w)
    with pytest.raises(Invalid) as wrong:
        actions.open_collecting(deliberation_id=one.pk, deadline=w.now + timedelta(days=2), by=v(w.lead), now=w.now)
    assert "至少开放 3 天" in wrong.value.errors["deadline"]
    Deliberation.objects.filter(pk=one.pk).update(party_body=None)
    offer = next(o for o in FLOW.offers(Deliberation.objects.get(), v(w.lead), w.now) if o.step.name == "open")
    assert not offer.allowed and "牵头" in offer.why
    with pytest.raises(NotAllowed):
        actions.open_collecting(deliberation_id=one.pk, deadline=w.now + timedelta(days=5), by=v(w.worker), now=w.now)


def test_meeting_needs_members_and_notice(w) -> None:
    one = cast.opened(w)
    give = {"place": "二楼", "agenda": "讨论", "by": v(w.worker), "now": w.now, "deliberation_id": one.pk}
    with pytest.raises(Invalid, match="应到名单是空的"):
        actions.call_meeting(starts_at=w.now + timedelta(days=6), **give)
    cast.invite_members(w, one, 1)
    with pytest.raises(Invalid, match="至少提前 3 天"):
        actions.call_meeting(starts_at=w.now + timedelta(days=2), **give)
    actions.call_meeting(starts_at=w.now + timedelta(days=6), **give)
    with pytest.raises(Invalid, match="另约会议的原因"):
        actions.call_meeting(starts_at=w.now + timedelta(days=9), **give)
    actions.call_meeting(starts_at=w.now + timedelta(days=9), reason="会议室停电", **give)
    assert one.meetings.filter(state="planned").count() == 1 and one.meetings.filter(state="not_held").count() == 1


def test_no_resolution_without_quorum(w) -> None:
    one, moment = cast.met(w, members=5, come=2)
    offer = next(o for o in FLOW.offers(one, v(w.lead), moment) if o.step.name == "resolve")
    assert offer.why == "应到 5 人，实到 2 人，未过半数，不能形成决议。"
    with pytest.raises(Invalid, match="应到 5 人，实到 2 人，未过半数，不能形成决议"):
        actions.resolve(deliberation_id=one.pk, resolution="画线", votes_for=2, votes_against=0, votes_abstain=0,
                        by=v(w.lead), now=moment)  # fmt: skip


@pytest.mark.parametrize(
    ("votes", "sentence"),
    [((1, 2, 0), "赞成 1 人，未过半数"), ((3, 1, 0), "应与实到的 3 人相等"), ((2, 0, 0), "应与实到的 3 人相等")],
)
def test_no_resolution_without_majority(w, votes, sentence) -> None:
    one, moment = cast.met(w)
    with pytest.raises(Invalid, match=sentence):
        actions.resolve(deliberation_id=one.pk, resolution="画线", votes_for=votes[0], votes_against=votes[1],
                        votes_abstain=votes[2], by=v(w.lead), now=moment)  # fmt: skip
    one.refresh_from_db()
    assert one.state == DeliberationState.MEETING


def test_observers_and_online_do_not_count(w) -> None:
    one, _moment = cast.met(w, members=5, come=2)
    meeting = one.meetings.get()
    start = meeting.starts_at
    actions.sign_in_on_paper(meeting_id=meeting.pk, name="过路的老人", capacity="resident", by=v(w.worker), now=start)
    actions.sign_in(token=meeting.token, by=v(w.resident), now=start)  # joins online by living here
    assert Attendance.objects.filter(meeting=meeting).count() == 4
    assert rules.members_present(meeting) == 2


def test_the_list_of_members_stands_once_the_meeting_began(w) -> None:
    one, moment = cast.met(w)
    someone = Participant.objects.filter(seat=Seat.MEMBER).last()
    with pytest.raises(Invalid, match="应到名单不能再改"):
        actions.remove(participant_id=someone.pk, reason="没来", by=v(w.lead), now=moment)
    with pytest.raises(Invalid, match="应到名单不能再改"):
        actions.seat(participant_id=someone.pk, seat="observer", by=v(w.lead), now=moment)
    with pytest.raises(Invalid, match="应到名单不能再改"):
        actions.invite(deliberation_id=one.pk, capacity="resident", name="后来的人", by=v(w.lead), now=moment)


def test_who_declines_still_counts_as_expected(w) -> None:
    one = cast.opened(w)
    asked = actions.invite(deliberation_id=one.pk, capacity="resident", user=w.resident, by=v(w.worker), now=w.now)
    actions.stay_away(participant_id=asked.pk, by=v(w.resident), now=w.now)
    assert rules.members(one) == 1


def test_outcome_tasks_close_and_the_matters_are_finished(w) -> None:
    matter = cast.together(w, w.resident)
    topic = Topic.objects.get()
    one = actions.begin_topic(topic_id=topic.pk, by=v(w.worker), now=w.now, **cast.PLAN)
    deadline = w.now + timedelta(days=5)
    actions.open_collecting(deliberation_id=one.pk, deadline=deadline, by=v(w.lead), now=w.now)
    people = cast.invite_members(w, one, 3)
    starts = w.now + timedelta(days=6)
    actions.call_meeting(
        deliberation_id=one.pk, place="二楼", starts_at=starts, agenda="讨论", by=v(w.worker), now=w.now
    )
    meeting = one.meetings.get()
    for person in people[:2]:
        actions.sign_in_on_paper(meeting_id=meeting.pk, participant_id=person.pk, by=v(w.worker), now=starts)
    moment = starts + timedelta(hours=1)
    actions.resolve(deliberation_id=one.pk, resolution="画线", votes_for=2, votes_against=0, votes_abstain=0,
                    by=v(w.lead), now=moment)  # fmt: skip
    with pytest.raises(Invalid, match="请先起草协商意见"):
        actions.publish(deliberation_id=one.pk, by=v(w.lead), now=moment)
    actions.write_outcome(deliberation_id=one.pk, text="画线", by=v(w.worker), now=moment)
    actions.add_task(deliberation_id=one.pk, title="画线", owner_body=w.unit, due_on=moment.date() + timedelta(days=9),
                     by=v(w.worker), now=moment)  # fmt: skip
    assert not TASK_FLOW.waiting(v(w.handler)).exists()  # before publication it is nobody's yet
    actions.publish(deliberation_id=one.pk, by=v(w.lead), now=moment)
    assert Notice.objects.filter(user=w.handler, text__contains="请落实").exists()
    actions.carry_out(deliberation_id=one.pk, by=v(w.lead), now=moment)
    task = TASK_FLOW.waiting(v(w.handler)).get()
    with pytest.raises(Invalid, match="还有 1 项任务没有办完"):
        actions.close(deliberation_id=one.pk, result="好了", by=v(w.lead), now=moment)
    actions.progress(task_id=task.pk, text="已请施工队看过", by=v(w.handler), now=moment)
    assert Notice.objects.filter(user=w.resident, text__contains="已请施工队看过").exists()
    with pytest.raises(NotAllowed):
        actions.finish(task_id=task.pk, result="完", by=v(w.lead), now=moment)
    actions.finish(task_id=task.pk, result="画好了", by=v(w.handler), now=moment)
    assert [d.pk for d in FLOW.waiting(v(w.lead))] == [one.pk]
    actions.close(deliberation_id=one.pk, result="车位画好，门口通畅", by=v(w.lead), now=moment)
    matter.refresh_from_db()
    assert (matter.state, matter.result) == ("done", "车位画好，门口通畅")
    # The reporter took part and may rate the deliberation, once; and the matter by the matter's own rule.
    assert FLOW.waiting(v(w.resident)).get().pk == one.pk
    actions.rate(deliberation_id=one.pk, stars=5, comment="办得快", by=v(w.resident), now=moment)
    with pytest.raises(NotAllowed):
        actions.rate(deliberation_id=one.pk, stars=1, by=v(w.resident), now=moment)
    with pytest.raises(NotAllowed):
        actions.rate(deliberation_id=one.pk, stars=5, by=v(w.neighbour), now=moment)


@pytest.mark.parametrize("ending", ["cancel", "fail"])
def test_without_result_the_topic_waits_again(w, ending) -> None:
    cast.together(w)
    topic = Topic.objects.get()
    one, moment = cast.met(w)
    actions.join_topic(topic_id=topic.pk, deliberation=one, by=v(w.lead), now=w.now)
    with pytest.raises(Invalid, match="请填写原因"):
        getattr(actions, ending)(deliberation_id=one.pk, reason="  ", by=v(w.lead), now=moment)
    getattr(actions, ending)(deliberation_id=one.pk, reason="意见相差太大", by=v(w.lead), now=moment)
    topic.refresh_from_db()
    assert topic.state == TopicState.WAITING and topic.deliberation_id is None
    assert topic.matter.state == "together"


def test_task_has_exactly_one_owner_and_a_date_ahead(w) -> None:
    one, moment = cast.resolved(w)
    give = {"deliberation_id": one.pk, "title": "画线", "by": v(w.worker), "now": moment}
    day = moment.date()
    with pytest.raises(Invalid, match="二者选一"):
        actions.add_task(due_on=day, **give)
    with pytest.raises(Invalid, match="二者选一"):
        actions.add_task(due_on=day, owner=w.resident, owner_body=w.unit, **give)
    with pytest.raises(Invalid, match="今天以后"):
        actions.add_task(due_on=day - timedelta(days=1), owner_body=w.unit, **give)


def test_needs_are_there_when_publication_is_hooked(w) -> None:
    seen: list[list[str]] = []

    def hook(one: Deliberation, by: Viewer, now: datetime) -> None:
        seen.append([need.title for need in needs_of(one.outcome)])

    FLOW.after("publish")(hook)
    try:
        cast.published(w, need=True)
    finally:
        FLOW._after["publish"].remove(hook)
    assert seen == [["楼栋议事员培训"]]


def test_statement_waits_for_moderation_and_hiding_is_told(w) -> None:
    one = cast.opened(w)
    said = actions.speak(deliberation_id=one.pk, text="东侧可以画线", by=v(w.resident), now=w.now)
    assert STATEMENT_FLOW.waiting(v(w.worker)).get().pk == said.pk
    with pytest.raises(Invalid, match="不展示的原因"):
        actions.hide_statement(statement_id=said.pk, reason="", by=v(w.worker), now=w.now)
    actions.hide_statement(statement_id=said.pk, reason="写了别人的门牌号", by=v(w.worker), now=w.now)
    assert Notice.objects.filter(user=w.resident, text__contains="写了别人的门牌号").exists()
    actions.show_statement(statement_id=said.pk, by=v(w.worker), now=w.now)
    said.refresh_from_db()
    assert said.reason == ""


def test_nobody_moderates_their_own_sentence(w) -> None:
    one = cast.opened(w)
    said = actions.speak(deliberation_id=one.pk, text="我也说一句", by=v(w.both), now=w.now)
    assert not STATEMENT_FLOW.waiting(v(w.both)).exists()
    with pytest.raises(NotAllowed):
        actions.show_statement(statement_id=said.pk, by=v(w.both), now=w.now)
    actions.show_statement(statement_id=said.pk, by=v(w.worker), now=w.now)


@pytest.mark.parametrize("text", ["", "   ", "长" * 141, "坏\x00字"])
def test_statement_refuses(w, text) -> None:
    one = cast.opened(w)
    with pytest.raises(Invalid):
        actions.speak(deliberation_id=one.pk, text=text, by=v(w.resident), now=w.now)


def test_statements_are_limited_and_not_said_twice(w) -> None:
    one = cast.opened(w)
    for i in range(5):
        actions.speak(deliberation_id=one.pk, text=f"第 {i} 句", by=v(w.resident), now=w.now)
    with pytest.raises(Invalid, match="每人最多提 5 条"):
        actions.speak(deliberation_id=one.pk, text="第六句", by=v(w.resident), now=w.now)


def test_votes_last_word_counts_and_end_at_the_deadline(w) -> None:
    one = cast.opened(w)
    said = cast.shown_statement(w, one)
    actions.vote(statement_id=said.pk, choice="agree", by=v(w.neighbour), now=w.now)
    actions.vote(statement_id=said.pk, choice="disagree", by=v(w.neighbour), now=w.now)
    assert [x.choice for x in said.votes.all()] == ["disagree"]
    with pytest.raises(WrongState, match="截止"):
        actions.vote(statement_id=said.pk, choice="agree", by=v(w.neighbour), now=w.now + timedelta(days=6))
    with pytest.raises(Invalid):
        actions.vote(statement_id=said.pk, choice="maybe", by=v(w.neighbour), now=w.now)
    for who in (w.stranger, w.homeless, w.officer):
        with pytest.raises(NotAllowed):
            actions.vote(statement_id=said.pk, choice="agree", by=v(who), now=w.now)
    assert audit.history(said).filter(event="deliberation_voted").first().data == {}  # never what was voted


def test_asking_to_join_waits_unless_one_lives_here(w) -> None:
    one = cast.opened(w)
    at_once = actions.ask_to_join(deliberation_id=one.pk, capacity="resident", by=v(w.resident), now=w.now)
    assert (at_once.answer, at_once.seat) == (Answer.ACCEPTED, Seat.ONLINE)
    later = actions.ask_to_join(deliberation_id=one.pk, capacity="unit", by=v(w.stranger), now=w.now)
    assert later.answer == Answer.ASKED
    said = cast.shown_statement(w, one)
    with pytest.raises(NotAllowed):
        actions.vote(statement_id=said.pk, choice="agree", by=v(w.stranger), now=w.now)
    actions.confirm(participant_id=later.pk, by=v(w.lead), now=w.now)
    actions.vote(statement_id=said.pk, choice="agree", by=v(w.stranger), now=w.now)


def test_in_a_group_nobody_takes_part_uninvited(w) -> None:
    one = cast.opened(w, scope="group", group_text="三组", form="group_meeting")
    asked = actions.ask_to_join(deliberation_id=one.pk, capacity="resident", by=v(w.resident), now=w.now)
    assert asked.answer == Answer.ASKED


def test_removed_is_removed(w) -> None:
    one = cast.opened(w)
    taking = actions.ask_to_join(deliberation_id=one.pk, capacity="resident", by=v(w.resident), now=w.now)
    actions.remove(participant_id=taking.pk, reason="多次发布广告", by=v(w.lead), now=w.now)
    with pytest.raises(NotAllowed):
        actions.speak(deliberation_id=one.pk, text="再说一句", by=v(w.resident), now=w.now)


def test_signing_in_twice_is_once_and_only_in_time(w) -> None:
    one, _moment = cast.met(w)
    meeting = one.meetings.get()
    first, fresh = actions.sign_in(token=meeting.token, by=v(w.resident), now=meeting.starts_at)
    again, second = actions.sign_in(token=meeting.token, by=v(w.resident), now=meeting.starts_at)
    assert (first.pk, fresh, second) == (again.pk, True, False)
    with pytest.raises(NotAllowed, match="签到台"):
        actions.sign_in(token=meeting.token, by=v(w.stranger), now=meeting.starts_at)
    with pytest.raises(WrongState, match="起可以签到"):
        actions.sign_in(token=meeting.token, by=v(w.neighbour), now=meeting.starts_at - timedelta(hours=3))


def test_reminders_are_sent_once_and_only_by_the_clock(w) -> None:
    one = cast.opened(w)
    clock_ = Viewer.system_account("协商提醒")
    assert actions.remind(by=v(w.lead), now=w.now + timedelta(days=6)) == 0
    assert actions.remind(by=clock_, now=w.now + timedelta(days=6)) == 1
    assert actions.remind(by=clock_, now=w.now + timedelta(days=6)) == 0
    one.refresh_from_db()
    assert one.state == DeliberationState.COLLECTING  # nothing closes by itself


def test_thread_shows_the_deliberation_to_those_who_may_see_it(w) -> None:
    matter = cast.together(w, w.resident)
    one = actions.begin_topic(topic_id=Topic.objects.get().pk, by=v(w.worker), now=w.now, **cast.PLAN)
    station = {s.station: s for s in thread.of(matter, v(w.worker))}["deliberation"]
    assert [m.title for m in station.entries] == [one.title]
    assert not {s.station: s for s in thread.of(matter, Viewer.public())}["deliberation"].entries  # a draft
    actions.open_collecting(deliberation_id=one.pk, deadline=w.now + timedelta(days=5), by=v(w.lead), now=w.now)
    assert {s.station: s for s in thread.of(one, Viewer.public())}["deliberation"].entries
    assert [t["title"] for t in open_talks(Viewer.public())] == [one.title]
