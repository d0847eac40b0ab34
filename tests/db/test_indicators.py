"""Indicators that the thread itself moves: as of a day, rows behind, who reads. Golden cases stand in tests/golden."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sanshe.areas.models import Area
from sanshe.indicators import queries
from sanshe.indicators.registry import indicators
from sanshe.kernel import params
from sanshe.kernel.access import Grants, Scope, Viewer
from sanshe.kernel.errors import NotVisible
from sanshe.matters.models import Handling, Matter, Rating, Triage
from sanshe.purchase.models import Contract, Project
from sanshe.workforce.models import SocialWorkRoom
from tests.matters_cast import make_cast

CN = ZoneInfo("Asia/Shanghai")
ON = date(2026, 11, 20)
NAMES = [
    "communities_using_triage",
    "communities_with_purchased_service",
    "communities_with_social_work_room",
    "satisfaction",
]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CN)


@pytest.fixture
def cast(db):
    return make_cast()


def figure(cast, name, area="district", on=ON):
    (found,) = queries.figures(cast.areas[area], on, only=name)
    return found


def matter(cast, area, number):
    return Matter.objects.create(
        number=number, token=f"t{number}", title="路灯不亮", text="路灯不亮", channel="desk", area=cast.areas[area],
        state="received", created_at=at("2026-01-05 09:00"),
    )  # fmt: skip


def triaged(cast, area, when, number):
    criterion = next(iter(cast.criteria.values()))
    return Triage.objects.create(
        matter=matter(cast, area, number), area=cast.areas[area], at=at(when), route="government",
        criterion=criterion, criterion_version="v", reason="按标准",
    )  # fmt: skip


def handled(cast, area, when, number, grade=None, rated="2026-11-01 10:00", void=None):
    handling = Handling.objects.create(
        matter=matter(cast, area, number), area=cast.areas[area], route="government", done_at=at(when)
    )
    if grade:
        Rating.objects.create(
            handling=handling, area=cast.areas[area], grade=grade, at=at(rated), void_at=at(void) if void else None
        )
    return handling


def contract(cast, area, begins, ends, signed, ended=None, number="HT1"):
    project = Project.objects.create(
        number=f"XM{number}", title="陪伴", aims="a", beneficiaries="b", field="老年", area=cast.areas[area],
        made_by=next(iter(cast.users.values())), made_at=at("2026-01-01 09:00"), state="delivering",
    )  # fmt: skip
    body = cast.bodies["unit"]
    return Contract.objects.create(
        number=number, project=project, area=cast.areas[area], buyer=body, supplier=body, amount=100, begins_on=begins,
        ends_on=ends, state="ended" if ended else "running", made_at=at("2026-01-01 09:00"), signed_at=at(signed),
        ended_on=ended,
    )  # fmt: skip


def test_every_target_of_the_pack_is_measured_in_its_order():
    assert [i.name for i in indicators()] == [t.name for t in params.targets()]
    assert set(NAMES) < {i.name for i in indicators()}


def test_triage_counts_communities_of_the_last_year_and_has_no_figure_to_meet(cast):
    triaged(cast, "home", "2026-11-20 23:30", "1")
    triaged(cast, "home", "2026-03-02 10:00", "2")
    triaged(cast, "far", "2025-11-20 23:59", "3")  # the day before the window of 365 days begins
    found = figure(cast, NAMES[0])
    assert (found.tally.numerator, found.tally.denominator) == (1, 3)
    assert found.met is None and found.aim == "未设目标"
    assert figure(cast, NAMES[0], on=date(2026, 11, 19)).tally.numerator == 2
    assert [a.name for a in found.short] == ["木棉社区", "银杏社区"]  # without any matter nothing is known
    assert found.tally.unknown == 1


def test_a_contract_counts_from_its_first_day_signed_to_its_last(cast):
    contract(cast, "home", date(2026, 6, 1), date(2027, 5, 31), "2026-06-10 10:00")
    before = figure(cast, NAMES[1], on=date(2026, 6, 9))
    assert before.met is None and not before.has_data  # never signed anything: nothing is known, nothing is zero
    assert figure(cast, NAMES[1], on=date(2026, 6, 10)).tally.numerator == 1
    found = figure(cast, NAMES[1])
    assert (found.tally.numerator, found.tally.denominator, found.met) == (1, 3, False)
    assert "沿用" in found.aim and "2020 年末达到 100%" in found.aim
    assert figure(cast, NAMES[1], on=date(2027, 6, 1)).tally.numerator == 0


def test_a_contract_ended_early_counts_until_then_and_looking_back_still_does(cast):
    contract(cast, "home", date(2026, 1, 1), date(2026, 12, 31), "2026-01-01 10:00", ended=date(2026, 8, 1))
    assert figure(cast, NAMES[1], "home", date(2026, 7, 31)).met is True
    assert figure(cast, NAMES[1], "home", date(2026, 8, 1)).met is False


def test_rooms_open_and_close(cast):
    for key, closed in (("home", None), ("next", date(2026, 11, 20)), ("far", None)):
        SocialWorkRoom.objects.create(
            area=cast.areas[key], name="室", valid_from=date(2024, 1, 1), valid_to=closed, in_charge=["甲"]
        )
    assert figure(cast, NAMES[2], on=date(2026, 11, 19)).met is True
    found = figure(cast, NAMES[2])
    assert (found.tally.numerator, found.tally.percent, found.met) == (2, 66.7, False)
    assert figure(cast, NAMES[2], "other_street").met is True
    assert figure(cast, NAMES[2], on=date(2023, 12, 31)).has_data is False


def test_satisfaction_never_counts_the_unrated_as_good(cast):
    grades = [5, 4, 3, 2, 1, None, None]
    for nr, grade in enumerate(grades):
        handled(cast, "home", "2026-10-01 10:00", str(nr), grade)
    found = figure(cast, NAMES[3])
    assert (found.tally.numerator, found.tally.denominator) == (3, 5)
    assert found.tally.percent == 60.0 and found.met is None
    assert (found.unrated.numerator, found.unrated.denominator, found.unrated.percent) == (2, 7, 28.6)
    assert "未评率 28.6%" in found.sentence


def test_satisfaction_without_a_rating_has_no_data(cast):
    handled(cast, "home", "2026-10-01 10:00", "1")
    found = figure(cast, NAMES[3])
    assert not found.has_data and found.tally.share is None and "无数据" in found.sentence


def test_satisfaction_as_of_a_day_knows_only_what_was_rated_by_then(cast):
    handled(cast, "home", "2026-10-01 10:00", "1", 5, rated="2026-11-10 10:00")
    handled(cast, "home", "2026-10-01 10:00", "2", 1, rated="2026-10-02 10:00", void="2026-11-15 10:00")
    assert figure(cast, NAMES[3], on=date(2026, 11, 9)).tally.percent == 0.0
    assert figure(cast, NAMES[3], on=date(2026, 11, 10)).tally.percent == 50.0
    assert figure(cast, NAMES[3], on=date(2026, 11, 15)).tally.percent == 100.0


@pytest.mark.parametrize("name", NAMES)
def test_the_number_and_the_rows_behind_it_are_the_same(cast, name):
    triaged(cast, "home", "2026-11-01 10:00", "1")
    contract(cast, "far", date(2026, 6, 1), date(2027, 5, 31), "2026-06-10 10:00")
    SocialWorkRoom.objects.create(area=cast.areas["next"], name="室", valid_from=date(2024, 1, 1), in_charge=[])
    handled(cast, "home", "2026-10-01 10:00", "9", 5)
    handled(cast, "far", "2026-10-01 10:00", "8")
    viewer = Viewer(1, "x", Grants(areas={"district_officer": Scope(everywhere=True)}))
    found = figure(cast, name)
    lines, count = queries.rows_behind(viewer, found.indicator, cast.areas["district"], ON)
    assert count == found.tally.beside["rows"] == len(lines) > 0
    assert all(len(line.cells) == len(found.indicator.columns) for _, line in lines)
    # The streets sum up to the whole.
    report = queries.report(cast.areas["district"], ON, before=False)
    streets = [report.sheet.of(name, street) for street in report.rows]
    assert len(streets) == 2 and sum(t.numerator for t in streets) == found.tally.numerator


def test_all_figures_take_the_same_few_statements_however_many_communities(cast, django_assert_num_queries):
    with django_assert_num_queries(14):
        queries.report(cast.areas["district"], ON, before=False)
    for nr in range(20):
        Area.objects.create(
            code=f"TF{nr:010d}", name=f"新社区{nr}", short_name=f"新社区{nr}", level="community",
            parent=cast.areas["street"], lo=4, hi=5, valid_from=date(2020, 1, 1),
        )  # fmt: skip
    with django_assert_num_queries(14):
        report = queries.report(cast.areas["district"], ON, before=False)
    assert len(report.communities) == 23


def test_a_figure_is_for_officers_of_its_area(cast):
    officer = Viewer(5, "甲", Grants(areas={"street_officer": Scope(ids=frozenset(
        cast.areas[k].pk for k in ("street", "home", "next")))}))  # fmt: skip
    assert queries.figure_area(officer, None).pk == cast.areas["street"].pk
    assert queries.figure_area(officer, cast.areas["home"].pk).pk == cast.areas["home"].pk
    with pytest.raises(NotVisible):
        queries.figure_area(officer, cast.areas["far"].pk)
    with pytest.raises(NotVisible):
        queries.figure_area(Viewer.public(), None)


def test_the_trend_ends_on_the_day_and_goes_back_by_month_ends(cast):
    SocialWorkRoom.objects.create(area=cast.areas["home"], name="室", valid_from=date(2026, 9, 15), in_charge=[])
    line = queries.trend(queries.get_indicator(NAMES[2]), cast.areas["district"], ON, months=4)
    assert [d for d, _ in line] == [date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31), ON]
    assert [f.tally.numerator for _, f in line] == [0, 1, 1, 1]
    assert [f.number for _, f in line] == [None, 33.3, 33.3, 33.3]


def test_the_month_before_is_compared(cast):
    SocialWorkRoom.objects.create(area=cast.areas["home"], name="室", valid_from=date(2026, 10, 1), in_charge=[])
    SocialWorkRoom.objects.create(area=cast.areas["next"], name="室", valid_from=ON - timedelta(days=1), in_charge=[])
    assert figure(cast, NAMES[2]).change == 33.4
