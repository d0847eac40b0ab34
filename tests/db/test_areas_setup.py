"""Setting up a community: the conditions, who may take which step, who looks after the residents until then."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sanshe.accounts.public import Role
from sanshe.areas import actions, norms
from sanshe.areas.actions.setup import read_rooms
from sanshe.areas.flow import SETUP_FLOW
from sanshe.areas.models import Area, Body, BodyMember, Place, SetupApplication
from sanshe.areas.public import communities_of, managing_area
from sanshe.areas.words import Duty
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible
from sanshe.kernel.notices import Notice
from sanshe.matters.actions import file_matter
from tests.matters_cast import BEGAN, make_cast

ENOUGH = {
    "name": "云岭社区", "places": "云岭苑、听松府", "planned_households": 5000, "registered_households": 1800,
    "other_households": 2000, "moved_in_households": 2600, "radius_minutes": 9, "office_m2": Decimal(820),
    "rooms": "便民服务大厅 200\n调解室：40平方米", "elderly_m2": Decimal("750"), "boundary_fits": True,
    "boundary_reference": "布局规划图 3",
}  # fmt: skip


@pytest.fixture
def cast():
    """The cast of matters, with the test district as the area that is served."""
    cast = make_cast()
    return cast


def apply(cast, now, **more):
    """A draft of the street."""
    given = {**ENOUGH, **more}
    return actions.apply_for_setup(area_id=cast.areas["street"].pk, by=cast.street, now=now, **given)


def by_name(application, day=date(2026, 6, 10)):
    return {check.name: check for check in norms.setup_checks(application, day)}


def test_duties_are_the_posts_of_accounts():
    """This module lies below accounts and names its posts itself: the same values, the same words."""
    assert {d.value: d.label for d in Duty} == {d.value: Role(d.value).label for d in Duty}


def test_every_condition_of_the_notice_with_figure_limit_force_and_source(cast, now):
    """Worked out by hand from 二(一)1."""
    checks = by_name(apply(cast, now))
    told = {n: (c.figure, c.limit, c.hard, c.state) for n, c in checks.items()}
    assert told == {
        "boundary_fits": ("相符（布局规划图 3）", "与布局规划相符", True, "met"),
        "households_least": ("3,800 户", "不少于 3,000 户", True, "met"),
        "households_about": ("3,800 户", "4,000 户左右（上下 25%，本系统默认）", False, "met"),
        "moved_in_share": ("52%", "不少于 50%", True, "met"),
        "radius_minutes": ("9 分钟", "不超过 10 分钟", False, "met"),
        "office_area": ("820 平方米", "不少于 800 平方米", True, "met"),
        "rooms_fit": ("2 间，共 240 平方米", "各功能室面积之和不超过办公服务用房面积", True, "met"),
        "elderly_area": ("750 平方米", "不少于 750 平方米", True, "met"),
    }
    assert all("25号" in c.source for c in checks.values())


@pytest.mark.parametrize(
    ("change", "name", "state", "short"),
    [
        ({"registered_households": 999}, "households_least", "short", "还差 1 户"),
        ({"other_households": None}, "households_least", "missing", ""),
        ({"registered_households": 3001}, "households_about", "short", "多 1,001 户"),
        ({"moved_in_households": 2499}, "moved_in_share", "met", ""),
        ({"moved_in_households": 2400}, "moved_in_share", "short", "还差 2 个百分点"),
        ({"planned_households": None}, "moved_in_share", "missing", ""),
        ({"radius_minutes": 12}, "radius_minutes", "short", "超出 2 分钟"),
        ({"office_m2": Decimal("799.5")}, "office_area", "short", "还差 0.5 平方米"),
        ({"rooms": "大厅 800\n会议室 30"}, "rooms_fit", "short", "还差 10 平方米"),
        ({"rooms": ""}, "rooms_fit", "missing", ""),
        ({"elderly_m2": None}, "elderly_area", "missing", ""),
        ({"boundary_fits": False}, "boundary_fits", "short", "请调整管辖范围，或先报请修改规划"),
        ({"boundary_reference": ""}, "boundary_fits", "missing", ""),
    ],
)
def test_by_how_much_it_falls_short(change, name, state, short):
    """Just below, missing, above; a missing figure of a hard condition stands in the way, one in principle does not."""
    given = {**ENOUGH, **change}
    check = by_name(SetupApplication(**{**given, "rooms": read_rooms(given["rooms"])}))[name]
    assert (check.state, check.short) == (state, short)
    assert check.blocks == (check.hard and state != "met")


def test_wrong_figures_are_refused_at_their_fields(cast, now):
    """More moved in than planned, rooms that can not be read, no name."""
    with pytest.raises(Invalid) as refused:
        apply(cast, now, name="", moved_in_households=6000, rooms="大厅 二百", office_m2=Decimal(2_000_000))
    assert set(refused.value.errors) == {"name", "moved_in_households", "rooms", "office_m2"}


def test_who_may_take_which_step(cast, now):
    """The street prepares, the district decides; another street does not see it; a hard gap stops approval."""
    application = apply(cast, now, elderly_m2=None)
    with pytest.raises(NotAllowed):
        actions.apply_for_setup(area_id=cast.areas["other_street"].pk, by=cast.street, now=now, **ENOUGH)
    for stranger in (cast.street_far, cast.resident, cast.lead, cast.public):
        with pytest.raises(NotVisible):
            actions.submit_setup(setup_id=application.pk, by=stranger, now=now)
    with pytest.raises(NotAllowed):
        actions.submit_setup(setup_id=application.pk, by=cast.district, now=now)
    actions.submit_setup(setup_id=application.pk, by=cast.street, now=now)
    with pytest.raises(NotAllowed):
        actions.approve_setup(setup_id=application.pk, document="", by=cast.street, now=now)
    offer = {o.step.name: o for o in SETUP_FLOW.offers(SetupApplication.objects.get(), cast.district, now)}["approve"]
    assert not offer.allowed and "养老服务用房" in offer.why
    with pytest.raises(Invalid, match="养老服务用房"):
        actions.approve_setup(setup_id=application.pk, document="", by=cast.district, now=now)
    with pytest.raises(Invalid, match="理由"):
        actions.give_back_setup(setup_id=application.pk, reason=" ", by=cast.district, now=now)
    actions.give_back_setup(setup_id=application.pk, reason="补充养老用房面积", by=cast.district, now=now)
    assert [t.label for t in SETUP_FLOW.todos(cast.street)] == ["完善后报送"]
    assert SETUP_FLOW.todos(cast.street_far) == []


def approved(cast, now, **more):
    application = apply(cast, now, **more)
    actions.submit_setup(setup_id=application.pk, by=cast.street, now=now)
    return actions.approve_setup(setup_id=application.pk, document="两江民〔2026〕3号", by=cast.district, now=now)


def test_matters_go_to_who_looks_after_the_area_until_the_community_stands(cast, now):
    """By the named place of the coming community; afterwards they stay there; the group becomes the community."""
    home = cast.areas["home"]
    Place.objects.create(area=home, name="云岭苑")
    application = approved(cast, now)
    with pytest.raises(Invalid, match="接收"):
        actions.arrange_interim(setup_id=application.pk, kind="group", manager_id=home.pk, by=cast.street, now=now)
    with pytest.raises(Invalid, match="相邻"):
        far = cast.areas["far"].pk
        actions.arrange_interim(setup_id=application.pk, kind="managed", manager_id=far, by=cast.street, now=now)
    actions.arrange_interim(
        setup_id=application.pk, kind="group", manager_id=home.pk, receiver_name="吴清禾",
        receiver_phone="023-00000000", receiver_account=cast.users["lead"].username, by=cast.street, now=now,
    )  # fmt: skip
    application.refresh_from_db()
    group = application.established
    assert group.level == "group" and group.parent == home
    place = Place.objects.get(name="云岭苑")
    assert place.area == group and Place.objects.filter(area=group).count() == 2
    matter = file_matter(
        text="路灯不亮", area_id=group.pk, place_id=place.pk, by=cast.resident, now=now, contact_name="王女士"
    )
    assert matter.area == home == managing_area(group) and matter.place == place
    assert Notice.objects.filter(user=cast.users["lead"], kind="代管").count() == 1
    with pytest.raises(Invalid, match="晚于今天"):
        actions.establish_community(setup_id=application.pk, on=date(2026, 7, 1), by=cast.district, now=now)
    actions.establish_community(setup_id=application.pk, on=now.date(), by=cast.district, now=now)
    group.refresh_from_db()
    assert (group.level, group.short_name, group.parent) == ("community", "云岭社区", cast.areas["street"])
    assert group.code[:2] == "XS" and managing_area(group) == group
    assert group in communities_of(cast.areas["district"].pk)
    bodies = Body.objects.filter(area=group, valid_to=None).values_list("kind", flat=True)
    assert sorted(bodies) == ["party_organisation", "residents_committee"]
    later = file_matter(text="水管漏水", area_id=group.pk, by=cast.resident, now=now, contact_name="王女士")
    assert later.area == group


def test_a_community_is_established_without_an_interim_too(cast, now):
    """A new area under the street, with the code that the list of divisions gives it."""
    application = approved(cast, now)
    actions.establish_community(setup_id=application.pk, on=now.date(), code="500112009099", by=cast.district, now=now)
    made = Area.objects.get(code="500112009099")
    assert (made.name, made.parent, made.valid_from) == ("云岭社区居民委员会", cast.areas["street"], now.date())
    assert SetupApplication.objects.get().established == made


def test_size_and_term_of_a_residents_committee_are_checks(cast, now):
    """Five to nine members, five years: shown, never in the way."""
    body = Body.objects.create(
        name="梧桐社区居民委员会", kind="residents_committee", area=cast.areas["home"], valid_from=BEGAN
    )
    day = date(2026, 6, 10)
    assert [c.state for c in norms.committee_checks([], day)] == ["missing", "missing"]
    for n in range(4):
        BodyMember.objects.create(body=body, name=f"成员{n}", duty="委员", valid_from=date(2021 + (n > 0), 6, 10))
    size, term = norms.committee_checks(body.members.all(), day)
    assert (size.state, size.short) == ("short", "还差 1 人")
    assert (term.state, term.short) == ("short", "应组织换届：成员0")
    assert norms.committee_checks(body.members.all(), date(2026, 6, 9))[1].state == "met"
