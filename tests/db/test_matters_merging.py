"""Merging: one leads, the others rest, every reporter gets the answer; un-merging gives back what was."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from sanshe.kernel import clock
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from sanshe.matters import actions
from sanshe.matters.models import Matter
from sanshe.matters.queries import by_token
from sanshe.matters.sentences import answer
from tests.matters_cast import assigned, guided, handled, make_cast, report

WHY = "同一盏路灯"


def merge(cast, matter, lead, now, by="desk"):
    return actions.merge(matter_id=matter.pk, into=lead.number, reason=WHY, by=cast.viewer(by), now=now)


@pytest.mark.django_db
class TestMerging:
    @pytest.fixture
    def cast(self):
        return make_cast()

    @pytest.fixture
    def moment(self, now):
        with clock.frozen(now):
            yield now

    def test_nothing_of_a_merged_matter_runs_and_its_reporter_is_answered(self, cast, moment):
        lead = handled(cast, moment, who="neighbour")
        other = assigned(cast, moment)
        later = moment + timedelta(days=30)
        merge(cast, other, lead, moment)
        other.refresh_from_db()
        assert (other.state, other.merged_into_id, other.merged_from) == ("merged", lead.pk, "assigned")
        before = actions.run_clock(later)
        other.refresh_from_db()
        assert other.reminded_at is None and other.escalated_at is None and before is not None
        for order in lead.oversightorders.all():  # what was opened by rule for the lead meanwhile
            actions.answer_oversight(order_id=order.pk, answer="已安排抢修。", by=cast.handler, now=moment)
        seen, _ = by_token(cast.public, other.token)
        assert lead.number in answer(seen, moment) and "正在办理" in answer(seen, moment)
        actions.finish(matter_id=lead.pk, result="王女士13900000001说已更换三盏路灯。", by=cast.handler, now=moment)
        other.refresh_from_db()
        assert other.state == "done" and "已更换三盏路灯" in other.result and "13900000001" not in other.result
        actions.rate(matter_id=other.pk, grade=2, by=cast.resident, now=moment)
        actions.rate(matter_id=lead.pk, grade=5, by=cast.neighbour, now=moment)
        assert other.handlings.get().rating.grade == 2, "each reporter rates their own"
        actions.reopen(matter_id=other.pk, reason="还是不亮", by=cast.resident, now=moment)
        assert Matter.objects.get(pk=other.pk).state == "handling" and Matter.objects.get(pk=lead.pk).state == "done"

    def test_unmerging_moves_the_deadline_by_the_pause(self, cast, moment):
        lead, other = handled(cast, moment, who="neighbour"), handled(cast, moment)
        due = other.due_at
        order = actions.oversee(
            matter_id=other.pk, requirement="尽快修好", until=moment.date() + timedelta(days=3), by=cast.street,
            now=moment,
        )  # fmt: skip
        merge(cast, other, lead, moment)
        assert not other.oversightorders.exclude(state="closed").exists() and order is not None
        later = clock.add_working_days(moment, 4)
        back = actions.unmerge(matter_id=other.pk, reason="不是同一盏", by=cast.desk, now=later)
        assert (back.state, back.merged_into, back.paused_at) == ("handling", None, None)
        assert clock.working_days_between(due, back.due_at) == 4

    def test_one_that_was_waiting_goes_on_waiting(self, cast, moment):
        lead, other = handled(cast, moment, who="neighbour"), handled(cast, moment)
        actions.ask_resident(matter_id=other.pk, question="几楼？", by=cast.handler, now=moment)
        due = Matter.objects.get(pk=other.pk).due_at
        merge(cast, other, lead, clock.add_working_days(moment, 1))
        actions.unmerge(matter_id=other.pk, reason="不是同一件", by=cast.desk, now=clock.add_working_days(moment, 2))
        back = actions.resume(
            matter_id=other.pk, reason="不等了", by=cast.handler, now=clock.add_working_days(moment, 3)
        )
        assert clock.working_days_between(due, back.due_at) == 3, "all of the pause counts once"

    def test_followers_are_free_again_when_the_lead_ends_without_an_answer(self, cast, moment):
        lead, other = report(cast, moment, who="neighbour"), assigned(cast, moment)
        merge(cast, other, lead, moment)
        actions.withdraw(matter_id=lead.pk, reason="", by=cast.neighbour, now=moment)
        assert Matter.objects.get(pk=other.pk).state == "assigned"

    def test_what_led_takes_its_followers_along_and_no_circle_is_made(self, cast, moment):
        one, two, three = (report(cast, moment, who=who) for who in ("resident", "neighbour", "resident"))
        merge(cast, one, two, moment)
        merge(cast, two, three, moment)
        assert set(Matter.objects.filter(merged_into=three)) == {one, two}
        with pytest.raises(Invalid, match="已经并入"):
            merge(cast, three, one, moment)
        with pytest.raises(Invalid, match="它自己"):
            merge(cast, three, three, moment)

    def test_who_may_and_who_may_not(self, cast, moment):
        here, there = report(cast, moment), report(cast, moment, area="next")
        with pytest.raises(Invalid, match="不在您负责"):
            merge(cast, here, there, moment)
        with pytest.raises(NotAllowed):
            merge(cast, here, report(cast, moment, who="neighbour"), moment, by="worker")
        with pytest.raises(NotVisible):
            merge(cast, there, report(cast, moment, area="far"), moment, by="desk_far")
        assert merge(cast, here, there, moment, by="street") == there, "the street covers both"
        hosted, other = assigned(cast, moment), assigned(cast, moment)
        assert merge(cast, hosted, other, moment, by="handler") == other, "a unit for its own"
        done = guided(cast, moment)
        actions.guide_done(matter_id=done.pk, result="已修好", by=cast.desk, now=moment)
        with pytest.raises(Invalid, match="还没有办结"):
            merge(cast, there if there.state != "merged" else here, done, moment, by="street")


@pytest.mark.django_db(transaction=True)
def test_two_people_merge_each_into_the_other(now):
    with clock.frozen(now):
        cast = make_cast()
        one, two = report(cast, now), report(cast, now)
    outcome: list[object] = []

    def come_second() -> None:
        try:
            with clock.frozen(now):
                merge(cast, two, one, now, by="desk2")
            outcome.append("done")
        except (Invalid, WrongState) as wrong:
            outcome.append(wrong)
        finally:
            connection.close()

    with clock.frozen(now), transaction.atomic():
        merge(cast, one, two, now)
        other = threading.Thread(target=come_second)
        other.start()
        for _ in range(1200):
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone()[0]:
                    break
            time.sleep(0.05)
        else:
            pytest.fail("the second merge did not wait for the first")
        assert not outcome
    other.join(120)
    assert isinstance(outcome[0], Invalid) and "已经并入" in outcome[0].sentence
    assert sorted(Matter.objects.values_list("state", flat=True)) == ["merged", "received"]
