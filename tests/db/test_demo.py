"""The demo story, told in part: two communities and one whole thread."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from sanshe.accounts.public import User, demo_accounts
from sanshe.areas.public import AreaLevel
from sanshe.deliberation.public import Deliberation
from sanshe.kernel import clock, seal, thread
from sanshe.kernel.access import Viewer
from sanshe.kernel.audit import Entry
from sanshe.kernel.notices import Notice
from sanshe.matters.public import Matter, MatterState, Rating
from sanshe.orgs.public import Organisation
from sanshe.purchase.public import Call, Contract
from sanshe.web.demo import load
from sanshe.web.demo.times import ANCHOR, Times

PART = frozenset({"龙寿路社区", "金岚社区"})
TODAY = clock.at(2026, 11, 23, 12)
pytestmark = pytest.mark.xdist_group("demo")  # one worker tells the story, once


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker, tmp_path_factory):
    """The part of the story, told once for all tests here; taken back afterwards."""
    from django.db import transaction

    with django_db_blocker.unblock(), clock.frozen(TODAY), transaction.atomic():
        yield load.tell(TODAY, communities=PART)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _inside(told):
    with clock.frozen(TODAY):
        yield


def test_the_thread_is_whole_from_report_to_renewal() -> None:
    talk = Deliberation.objects.get(title="老人的午饭和敲门，怎么办")
    viewer = Viewer.of(User.objects.get(username="lead"))
    line = thread.of(talk, viewer)
    assert [s.status for s in line[:5]] == ["done"] * 5
    assert [bool(s.entries) for s in line] == [True] * 7
    years = {c.year_number: c for c in Contract.objects.filter(area=talk.area)}
    assert years[1].state == "renewed" and years[1].evaluation.passed
    assert years[2].state == "running" and years[2].deliveries.count() >= 4
    call = Call.objects.get(area=talk.area)
    assert call.award.supplier == Organisation.objects.get(brand="热饭敲门").body
    assert call.award.ranking[0]["bidder"] == "两江新区禾暖社会工作服务中心"


def test_matters_lie_in_communities_and_in_many_states() -> None:
    rows = Matter.objects.select_related("area")
    assert {m.area.level for m in rows} == {AreaLevel.COMMUNITY}
    assert {m.area.short_name for m in rows} == PART
    assert {m.state for m in rows} >= {MatterState.RECEIVED, MatterState.DONE}
    assert Rating.objects.count() * 10 >= rows.filter(state=MatterState.DONE).count() * 4
    assert not [m for m in rows if m.created_at > TODAY or (m.done_at and m.done_at < m.created_at)]


def test_what_happened_is_on_record_in_its_order_and_sound() -> None:
    entries = list(Entry.objects.order_by("id").values_list("at", flat=True))
    assert entries == sorted(entries) and entries[-1] <= TODAY
    assert seal.verify().sound


def test_a_second_time_changes_nothing() -> None:
    before = (Entry.objects.count(), User.objects.count(), Matter.objects.count())
    assert load.tell(TODAY, communities=PART).already
    assert before == (Entry.objects.count(), User.objects.count(), Matter.objects.count())


def test_nobody_invented_can_be_mailed_and_every_notice_has_a_reader() -> None:
    assert not User.objects.exclude(email="").exists()
    assert not Notice.objects.exclude(mailed_at=None).exists()
    assert not Notice.objects.filter(user__is_active=False).exists()


def test_one_signs_in_as_each_kind_of_user() -> None:
    held = {p.role for one in demo_accounts() for p in one.posts_now}
    assert {"front_desk", "community_lead", "street_officer", "district_officer", "auditor", "system_admin"} <= held
    assert len({one.password for one in demo_accounts()}) == 1
    assert all(one.check_password("sanshe-2026") for one in demo_accounts()[:1])


@pytest.mark.parametrize(("today", "weeks"), [(ANCHOR, 0), (date(2026, 11, 29), 0), (date(2027, 3, 5), 14)])
def test_the_story_moves_by_whole_weeks(today: date, weeks: int) -> None:
    times = Times(datetime.combine(today, TODAY.timetz()))
    assert times.weeks == weeks
    assert times.day(date(2026, 11, 11)).weekday() == date(2026, 11, 11).weekday()
    moved = times.at(datetime(2026, 11, 16, 14, 0))
    assert moved - clock.at(2026, 11, 16, 14) == timedelta(weeks=weeks)
    assert times.office(date(2026, 10, 1)).date() >= times.day(date(2026, 10, 1))
