"""Norms, gaps, plans, duties, reach and proposed sites. Figures are worked out by hand from the notice, 二(一)2."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sanshe.facilities import actions, norms, queries
from sanshe.facilities.access import SURVEYOR, FacilityAccess, FacilityPlanAccess, SiteStudyAccess
from sanshe.facilities.models import Facility, FacilityPlan, Room
from sanshe.facilities.public import gap
from sanshe.facilities.reach import demands, reach
from sanshe.facilities.words import DutyState, FacilityState, PlanState, SiteState, StudyState
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from tests import facilities_cast as cast
from tests.facilities_cast import v

SIX = ["convenience_centre", "police_room", "day_care", "health_station", "culture_room", "greengrocer"]
DAY = date(2026, 6, 10)


@pytest.fixture
def w(now):
    with clock.frozen(now):
        yield cast.world(now)


def of(area, on=DAY):
    return gap([area.pk], on)[area.pk]


# -- built-up areas: 30 m² a hundred households ------------------------------------------------------------------------


def test_thirty_square_metres_a_hundred_households(w):
    cast.base(w.one, 4000)
    cast.facility(w.one, "culture_room", 700)
    cast.facility(w.one, "day_care", "300.5")
    found = of(w.one)
    assert (found.required, found.have, found.missing, found.met) == (1200, Decimal("1000.5"), Decimal("199.5"), False)
    assert set(found.missing_kinds) == set(SIX) - {"culture_room", "day_care"}
    assert (found.limit.value, found.limit.unit) == (30, "平方米") and "25号" in found.limit.source


def test_met_exactly_at_the_limit(w):
    cast.base(w.one, 4000)
    cast.facility(w.one, "culture_room", 1200)
    assert of(w.one).met is True and of(w.one).missing == 0


def test_idle_being_built_ended_and_other_do_not_count(w):
    cast.base(w.one, 1000)
    cast.facility(w.one, "culture_room", 100)
    cast.facility(w.one, "day_care", 500, "idle")
    cast.facility(w.one, "day_care", 600, "building", valid_from=date(2027, 1, 1))
    cast.facility(w.one, "police_room", 700, valid_to=DAY)
    cast.facility(w.one, "other", 800)
    found = of(w.one)
    assert (found.have, found.idle, found.building, found.missing) == (100, 500, 600, 200)
    assert found.kinds == {"culture_room", "other"}
    assert of(w.one, date(2026, 6, 9)).have == 800, "in force up to, but not on, its last day"


@pytest.mark.parametrize("built_up", [True, None])
def test_no_data_is_neither_zero_nor_met(w, built_up):
    assert of(w.one).missing is None and of(w.one).met is None and "户数" in of(w.one).why_unknown
    cast.base(w.one, 1000, built_up=built_up)
    assert of(w.one).missing is None, "nothing registered, nothing surveyed"
    cast.facility(w.one, "culture_room", None)
    found = of(w.one)
    assert (found.missing, found.met, found.unknown) == (None, None, 1) and "没有填面积" in found.why_unknown
    cast.facility(w.one, "day_care", 300)
    assert of(w.one).met is True, "what is known is enough, whatever the other one measures"


def test_surveyed_and_empty_is_a_gap(w):
    cast.base(w.one, 1000, surveyed=True)
    found = of(w.one)
    assert (found.have, found.missing, found.missing_kinds) == (0, 300, tuple(SIX))


def test_the_latest_figure_on_the_day(w):
    cast.base(w.one, 1000, on=date(2025, 1, 1), surveyed=True)
    cast.base(w.one, 2000, on=date(2026, 1, 1), surveyed=True)
    cast.base(w.one, None, on=date(2026, 3, 1), surveyed=True)
    assert of(w.one, date(2025, 6, 30)).required == 300
    assert of(w.one).required == 600 and of(w.one).households.on == date(2026, 1, 1)
    assert of(w.one, date(2024, 12, 31)).required is None


def test_a_ledger_that_is_only_begun_does_not_shrink_the_gap(w):
    from sanshe.people.models import Household

    cast.base(w.one, 10, surveyed=True)
    for _ in range(8):
        Household.objects.create(area=w.one, kind="registered", valid_from=cast.FROM)
    assert (of(w.one).households.number, of(w.one).households.source) == (10, "年报")
    Household.objects.create(area=w.one, kind="registered", valid_from=cast.FROM)
    assert (of(w.one).households.number, of(w.one).households.source) == (9, "住户台账")
    Household.objects.create(area=w.two, kind="registered", valid_from=cast.FROM)
    assert of(w.two).households.number == 1, "without an entered figure the ledger is all there is"


# -- areas that are not built yet: a centre of 2700 m² with six parts --------------------------------------------------


def test_a_centre_of_2700_with_six_parts(w):
    cast.base(w.one, None, built_up=False)
    centre = cast.facility(w.one, norms.CENTRE, 2600)
    cast.facility(w.one, "culture_room", 900)
    found = of(w.one)
    assert (found.required, found.have, found.missing) == (2700, 2600, 100), "only the centre counts here"
    centre.floor_area = 2700
    centre.save()
    assert of(w.one).missing == 0 and of(w.one).met is False, "parts are missing"
    for use in norms.part_of_use():
        cast.room(centre, use)
    assert of(w.one).missing_kinds == () and of(w.one).met is True


# -- sums --------------------------------------------------------------------------------------------------------------


def test_board_is_sorted_and_summed(w):
    cast.base(w.one, 1000, surveyed=True)
    cast.base(w.two, 3000)
    cast.facility(w.two, "culture_room", 100)
    cast.base(w.away, 100)
    cast.facility(w.away, "culture_room", 30)
    board = queries.board(w.district, DAY)
    assert [line.area for line in board.lines] == [w.two, w.one, w.away, w.three]
    assert (board.total.short, board.total.met, board.total.no_data, board.total.missing) == (2, 1, 1, 1100)
    assert [(street, t.missing) for street, t in board.streets] == [(w.street, 1100), (w.other, 0)]
    assert dict((code, n) for code, _, n in board.kinds)["culture_room"] == 1
    only = queries.board(w.district, DAY, "culture_room")
    assert [line.area for line in only.lines] == [w.one]


def test_as_many_queries_for_all_as_for_one(w):
    def count(ids):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            gap(ids, DAY)
        return len(seen)

    assert count([w.one.pk]) == count([w.one.pk, w.two.pk, w.three.pk, w.away.pk]) <= 9
    assert gap([], DAY) == {}


def test_how_close_together(w):
    cast.facility(w.one, "culture_room", 10, lat=Decimal("29.6"), lng=Decimal("106.5"))
    cast.facility(w.one, "day_care", 10, lat=Decimal("29.601"), lng=Decimal("106.5"))
    cast.facility(w.two, "day_care", 10, lat=Decimal("29.601"), lng=Decimal("106.5"))
    assert queries.spreads(w.street, DAY) == {w.one.pk: (111, 111)}


# -- plans -------------------------------------------------------------------------------------------------------------


def plan(w, by=None, **more) -> FacilityPlan:
    given = {"means": "converted", "kind": "day_care", "floor_area": Decimal(200), "due": date(2027, 1, 1), **more}
    return actions.make_plan(area=given.pop("area", w.one), **given, by=v(by or w.lead), now=w.now)


def test_a_plan_shrinks_what_remains_and_becomes_a_facility(w):
    cast.base(w.one, 1000, surveyed=True)
    made = plan(w)
    found = of(w.one)
    assert (found.missing, found.planned, found.remaining) == (300, 200, 100)
    assert "day_care" not in found.remaining_kinds and found.first_due == date(2027, 1, 1)
    with pytest.raises(NotAllowed):
        actions.finish_plan(plan_id=made.pk, name="x", floor_area=Decimal(1), on=DAY, by=v(w.lead), now=w.now)
    actions.start_plan(plan_id=made.pk, by=v(w.lead), now=w.now)
    actions.finish_plan(plan_id=made.pk, name="新日照", floor_area=Decimal(210), on=DAY, by=v(w.officer), now=w.now)
    made.refresh_from_db()
    assert made.state == PlanState.DONE and made.facility.source == "converted" and made.facility.floor_area == 210
    assert (of(w.one).missing, of(w.one).planned) == (90, 0)
    with pytest.raises(WrongState):
        actions.drop_plan(plan_id=made.pk, reason="不要了", by=v(w.officer), now=w.now)


def test_an_idle_facility_is_taken_into_use_not_entered_twice(w):
    idle = cast.facility(w.one, "other", 150, "idle", name="老仓库")
    away = cast.facility(w.two, "other", 150, "idle")
    made = plan(w)
    finish = {"plan_id": made.pk, "name": "", "floor_area": Decimal(150), "on": DAY, "by": v(w.officer), "now": w.now}
    with pytest.raises(Invalid):
        actions.finish_plan(**finish)
    with pytest.raises(Invalid):
        actions.finish_plan(**finish, existing=away)
    actions.finish_plan(**finish, existing=idle)
    idle.refresh_from_db()
    assert (idle.state, idle.kind, idle.name) == (FacilityState.IN_USE, "day_care", "老仓库")
    assert Facility.objects.filter(area=w.one).count() == 1


def test_refused_plans(w):
    for wrong in ({"floor_area": Decimal(0)}, {"kind": "palace"}, {"due": date(2026, 6, 9)}, {"area": w.street},
                  {"means": "wish"}):  # fmt: skip
        with pytest.raises(Invalid):
            plan(w, **wrong)
    with pytest.raises(NotAllowed):
        plan(w, by=w.stranger)
    assert not FacilityPlan.objects.exists()


def test_a_site_is_taken_by_one_plan_and_free_again_when_it_is_dropped(w):
    place = cast.site(w.one, "空地", 29.6, 106.5)
    made = plan(w, site=place)
    place.refresh_from_db()
    assert place.state == SiteState.TAKEN
    with pytest.raises(Invalid):
        plan(w, site=place)
    actions.drop_plan(plan_id=made.pk, reason="地块另有用途", by=v(w.lead), now=w.now)
    place.refresh_from_db()
    assert place.state == SiteState.OPEN


# -- developers' duties ------------------------------------------------------------------------------------------------


def duty(w, **more):
    given = {"area": w.one, "project": "某项目", "developer": "某公司", "floor_area": Decimal(2700), "parts": SIX,
             "due": date(2027, 1, 1), **more}  # fmt: skip
    return actions.register_duty(**given, by=v(w.officer), now=w.now)


def test_a_duty_below_the_norm_is_refused(w):
    with pytest.raises(Invalid) as refused:
        duty(w, floor_area=Decimal("2699.9"), parts=SIX[:5])
    assert set(refused.value.errors) == {"floor_area", "parts"} and "菜店" in refused.value.errors["parts"]


def test_a_duty_ends_in_a_hand_over_and_the_norm_is_met(w):
    cast.base(w.one, None, built_up=False, surveyed=True)
    made = duty(w)
    assert (of(w.one).missing, of(w.one).remaining, of(w.one).remaining_kinds) == (2700, 0, ())
    by, now = v(w.officer), w.now
    actions.begin_building(duty_id=made.pk, by=by, now=now)
    with pytest.raises(Invalid) as refused:
        actions.check_duty(duty_id=made.pk, measured_area=Decimal(2650), measured_parts=SIX[:5], by=by, now=now)
    assert set(refused.value.errors) == {"measured_area", "measured_parts"}
    actions.check_duty(duty_id=made.pk, measured_area=Decimal(2710), measured_parts=SIX, by=by, now=now)
    actions.hand_over(duty_id=made.pk, name="综合服务中心", on=DAY, by=by, now=now)
    made.refresh_from_db()
    assert made.state == DutyState.HANDED_OVER and made.facility.state == FacilityState.HANDED_OVER
    assert Room.objects.filter(facility=made.facility).count() == 6
    assert of(w.one).met is True and of(w.one).have == 2710


# -- who ---------------------------------------------------------------------------------------------------------------


def test_who_may(w):
    here = cast.facility(w.one, "culture_room", 10)
    may = {name: FacilityAccess.may(v(getattr(w, name)), "keep", here)
           for name in ("resident", "worker", "lead", "officer", "stranger", "top")}  # fmt: skip
    assert may == {"resident": False, "worker": True, "lead": True, "officer": True, "stranger": False, "top": True}
    assert FacilityAccess.may(Viewer.public(), "see", here)
    made = plan(w)
    assert not FacilityPlanAccess.may(v(w.resident), "see", made) and FacilityPlanAccess.may(v(w.stranger), "see", made)
    assert queries.may_add(FacilityPlanAccess, v(w.lead), w.one)
    assert not queries.may_add(FacilityPlanAccess, v(w.lead), w.two)
    assert not queries.may_add(FacilityPlanAccess, Viewer.public(), w.one)


# -- reach on foot and proposed sites ----------------------------------------------------------------------------------

#: 4.5 km/h for ten minutes is 750 m on foot, 577 m as the crow flies with a detour of 1.3.
M = 1 / 111_195


def test_where_households_live(w):
    cast.base(w.one, 100)
    cast.point(w.one, 29.6, 106.5)
    cast.point(w.one, 29.61, 106.5, "甲园", 40)
    cast.point(w.one, 29.62, 106.5, "乙园")
    cast.point(w.one, 29.63, 106.5, "丙园")
    cast.base(w.two, 50)
    cast.point(w.two, 29.6, 106.6)
    cast.point(w.three, 29.6, 106.7)
    found = demands(w.district, DAY)
    assert sorted((d.name, d.weight) for d in found.points) == [
        ("丙园", 30),
        ("乙园", 30),
        ("甲二社区", 50),
        ("甲园", 40),
    ]
    assert found.weight == 150 and found.without_households == [w.three] and found.without_position == [w.away]


def test_ten_minutes_on_foot(w):
    assert norms.reach_metres(DAY) == pytest.approx(576.92, abs=0.01)
    cast.base(w.one, 100)
    cast.point(w.one, 29.6, 106.5, "近", 60)
    cast.point(w.one, 29.6 + 1160 * M, 106.5, "远", 40)
    cast.facility(w.two, "culture_room", 10, lat=Decimal("29.605180"), lng=Decimal("106.5"))
    found = reach(w.one, DAY)
    assert (found.inside, found.weight, found.share) == (60, 100, 60.0), "another community's facility serves as well"
    assert [(row.demand.name, row.inside) for row in found.rows] == [("远", False), ("近", True)]
    assert found.rows[1].minutes == pytest.approx(9.98, abs=0.02)
    assert reach(w.one, DAY, "day_care").inside == 0
    cast.room(Facility.objects.get(), "day_care")
    assert reach(w.one, DAY, "day_care").inside == 60, "a room of that use is one"
    assert reach(w.two, DAY).share is None


def study(w, **more):
    return actions.ask_study(area=w.street, kind="", share=None, by=v(w.officer), now=w.now, **more)


def test_sites_are_computed_where_greedy_is_wrong(w):
    for nr, weight in enumerate((40, 60, 60, 40)):
        cast.point(w.one, 29.6 + nr * 1000 * M, 106.5, f"园{nr}", weight)
    cast.base(w.one, 200)
    cast.site(w.one, "中", 29.6 + 1500 * M, 106.5)
    left = cast.site(w.one, "左", 29.6 + 500 * M, 106.5)
    right = cast.site(w.two, "右", 29.6 + 2500 * M, 106.5)
    cast.site(w.two, "没坐标", None, None)
    cast.site(w.two, "不再考虑", 29.6, 106.5, state=SiteState.WITHDRAWN)
    asked = study(w)
    assert asked.state == StudyState.WAITING
    with pytest.raises((NotVisible, NotAllowed)):
        actions.compute_study(study_id=asked.pk, by=v(w.officer), now=w.now)
    done = actions.compute_study(study_id=asked.pk, by=Viewer.system_account(SURVEYOR), now=w.now)
    assert (done.state, done.progress, done.result["k"], done.result["candidates"]) == (StudyState.DONE, 100, 2, 3)
    assert {c["key"] for c in done.result["chosen"]} == {left.pk, right.pk}
    assert [r["covered"] for r in done.result["rounds"]] == [120, 200] and done.result["greedy"] == 160
    assert not SiteStudyAccess.may(v(w.stranger), "see", done) and SiteStudyAccess.may(v(w.top), "see", done)


def test_a_study_without_places_says_so(w):
    with pytest.raises(Invalid):
        study(w)
    cast.site(w.one, "空地", 29.6, 106.5)
    done = actions.compute_study(study_id=study(w).pk, by=Viewer.system_account(SURVEYOR), now=w.now)
    assert done.state == StudyState.FAILED and "坐标" in done.said


# -- coordinates -------------------------------------------------------------------------------------------------------


def test_coordinates_by_hand(w):
    here = cast.facility(w.one, "culture_room", 10)
    put = {"area": w.one, "lat": Decimal("29.6"), "lng": Decimal("106.5"), "source": "现场定位", "by": v(w.worker),
           "now": w.now}  # fmt: skip
    actions.put_point(what=f"facility:{here.pk}", **put)
    here.refresh_from_db()
    assert here.lat == Decimal("29.6")
    first = actions.put_point(what="area", **put)
    again = actions.put_point(what="area", **{**put, "lat": Decimal("29.7")})
    assert first.pk == again.pk and again.lat == Decimal("29.7")
    with pytest.raises(Invalid):
        actions.put_point(what="area", **{**put, "lat": Decimal("106.5"), "lng": Decimal("29.6")})
    with pytest.raises(Invalid):
        actions.put_point(what="place:999999", **put)
    with pytest.raises(NotAllowed):
        actions.put_point(what="area", **{**put, "area": w.two})
    away = cast.facility(w.two, "culture_room", 10)
    with pytest.raises(NotAllowed):
        actions.put_point(what=f"facility:{away.pk}", **{**put, "area": w.two})
