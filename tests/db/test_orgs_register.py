"""The register of social organisations: doubles, rules however a row is written, the triage, the readers, the 1+X."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.register import actions, register_of
from sanshe.orgs.codes import check_character, clean_organisation_code
from sanshe.orgs.models import Incubator, Organisation, OrganisationActivity, OrganisationServes
from sanshe.orgs.picture import picture
from sanshe.orgs.public import (
    active_organisations,
    agencies_serving,
    community_organisations,
    incubators_on,
    register,
)
from sanshe.orgs.queries import incubator_summary
from sanshe.orgs.triage import Facts, triage
from sanshe.orgs.words import Road
from tests.matters_cast import make_cast

ON = date(2026, 6, 10)
CREDIT = "91350100M000100Y43"


@pytest.fixture
def cast(db):
    return make_cast()


def add(cast, now, by="street", **given):
    given = {"name": "梧桐合唱团", "area": cast.areas["home"], "kind": "社区文体活动类", "standing": "guided",
             "valid_from": "2021-3-5", **given}  # fmt: skip
    return actions.create(register=register_of("organisations"), given=given, by=cast.viewer(by), now=now)


def org(cast, name="甲", area="home", **more):
    given = {"kind": "社区生活服务类", "standing": "filed", "valid_from": date(2021, 1, 1), **more}
    return Organisation.objects.create(name=name, area=cast.areas[area], **given)


def test_the_same_organisation_does_not_stand_twice_by_whichever_number(cast, now):
    first = add(cast, now, standing="registered", credit_code=CREDIT)
    assert first.body is not None and first.body.name == "梧桐合唱团"
    with pytest.raises(Invalid, match=f"已登记为「梧桐合唱团」（{Organisation.objects.get().own_number}）"):
        add(cast, now, name="另一个名字", credit_code=f" {CREDIT} ")
    # The older code of the same organisation is inside the credit code.
    with pytest.raises(Invalid, match="组织机构代码"):
        add(cast, now, name="旧证照上的名字", organisation_code="M00010 0Y-4")
    with pytest.raises(Invalid, match="已有同名"):
        add(cast, now)
    add(cast, now, area=cast.areas["next"])
    with transaction.atomic(), pytest.raises(IntegrityError):
        org(cast, organisation_code="M000100Y4")


def test_the_older_code_is_checked_by_its_last_sign():
    assert check_character("M000100Y") == "4" and clean_organisation_code(" m000100y-４ ") == "M000100Y4"
    for wrong in ("M000100Y5", "M000100", "M0001O0Y4！"):
        with pytest.raises(Invalid):
            clean_organisation_code(wrong)


def test_rules_across_columns(cast, now):
    for given, sentence in (
        ({"standing": "registered"}, "请填写统一社会信用代码"),
        ({"standing": "registered", "credit_code": CREDIT, "is_loose": "是"}, "不算规模较小"),
        ({"grade": "3A"}, "要一起填写"),
        ({"members": "-3"}, "不能是负数"),
        ({"valid_to": "2020-1-1"}, "不能早于成立日期"),
        ({"credit_code": "91350100M000100Y4Z"}, "不会出现"),
        ({"kind": "没有这一类"}, "可选"),
    ):
        with pytest.raises(Invalid, match=sentence):
            add(cast, now, **given)
    graded = add(cast, now, grade="3A", graded_on="2024-02-29")
    assert graded.graded_until == date(2029, 2, 28) and graded.own_number.startswith("社组")
    with transaction.atomic(), pytest.raises(IntegrityError):
        org(cast, standing="registered", is_loose=True)
    for half in ({"grade": 3}, {"graded_on": ON}, {"grade": 3, "graded_on": ON}):
        with transaction.atomic(), pytest.raises(IntegrityError):
            org(cast, **half)


def test_who_may_enter(cast, now):
    for who in ("street_far", "lead", "resident"):
        with pytest.raises(NotAllowed):
            add(cast, now, by=who)
    add(cast, now, by="district", area=cast.areas["far"])
    with pytest.raises(NotAllowed):
        register(name="乙", area=cast.areas["far"], kind="社区文体活动类", standing="guided", since=ON,
                 by=cast.street, now=now)  # fmt: skip
    assert not Organisation.objects.filter(name="乙").exists()


FULL = Facts(form="association", individuals=50, funds=30000, charter=True, organs=True, head=True, place=True,
             staff=True, liability=True, sponsor=True)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "road", "decided"),
    [
        ({}, Road.REGISTER, None),
        ({"individuals": 49}, Road.FILE, ("个人会员数", "差 1 个")),
        ({"individuals": None, "units": 30}, Road.REGISTER, None),
        ({"individuals": None, "units": 29}, Road.FILE, ("单位会员数", "差 1 个")),
        ({"individuals": 20, "units": 29}, Road.FILE, ("会员总数（个人、单位混合）", "差 1 个")),
        ({"individuals": 20, "units": 30}, Road.REGISTER, None),
        ({"funds": 29999}, Road.FILE, ("活动资金", "差 1 元")),
        ({"place": None}, Road.FILE, ("固定的住所", "没有填写")),
        ({"individuals": 19, "head": False}, Road.GUIDE, ("人数规模", "差 1 人")),
        ({"individuals": 20, "head": False}, Road.FILE, ("个人会员数", "差 30 个")),
        ({"individuals": 8}, Road.FILE, ("个人会员数", "差 42 个")),
        ({"form": "service", "individuals": 0, "funds": 0}, Road.REGISTER, None),
        ({"form": "service", "staff": False}, Road.FILE, ("从业人员", "还没有")),
        ({"form": "group", "individuals": 12, "charter": None}, Road.GUIDE, ("人数规模", "差 8 人")),
    ],
)
def test_the_triage_names_what_decided(change, road, decided):
    answer = triage(Facts(**{**FULL.told(), **change}), ON)
    assert answer.road == road
    told = [(c.title, c.short) for c in answer.deciding]
    assert decided in told if decided else all(c.met for c in answer.deciding) and answer.deciding
    assert all(c.source for c in answer.checks)


def test_the_triage_is_a_rule_of_its_day_and_says_the_days_of_decision():
    answer = triage(FULL, ON)
    assert any("60 天" in line for line in answer.next) and "法定登记的 8 项条件" in answer.because
    assert [c.limit for c in answer.checks[:2]] == ["50 个以上", "30,000 元以上"]


def test_who_counts_on_a_day(cast):
    here = org(cast, "甲", x_kind="社区服务")
    org(cast, "乙", "street")
    org(cast, "丙", valid_to=ON)
    org(cast, "丁", valid_from=ON + timedelta(days=1))
    homes = community_organisations(ON).filter(area=cast.areas["home"])
    assert [o.name for o in homes] == ["甲"]
    assert community_organisations(ON - timedelta(days=1)).filter(area=cast.areas["home"]).count() == 2
    OrganisationActivity.objects.create(organisation=here, area=here.area, on=ON - timedelta(days=364), title="歌会")
    assert list(active_organisations(ON, 365)) == [here]
    assert not active_organisations(ON + timedelta(days=1), 365)
    assert not active_organisations(ON - timedelta(days=365), 365)
    agency = org(cast, "社工机构", is_agency=True)
    for served in (here, agency):
        OrganisationServes.objects.create(
            organisation=served, area=cast.areas["next"], valid_from=date(2026, 1, 1), valid_to=ON
        )
    assert not agencies_serving(ON)
    assert [s.organisation for s in agencies_serving(ON - timedelta(days=1))] == [agency]


def test_incubators_and_their_places(cast, now):
    base = Incubator.objects.create(
        name="礼嘉基地", area=cast.areas["home"], level="district", places=1, valid_from=date(2021, 1, 1)
    )
    Incubator.objects.create(name="街道基地", area=cast.areas["street"], level="street", valid_from=date(2021, 1, 1))
    assert list(incubators_on(ON, "district")) == [base] and incubators_on(ON).count() == 2
    first, second = org(cast, "甲"), org(cast, "乙")
    residencies, given = register_of("residencies"), {"incubator": base, "outcome": "in", "valid_from": "2026-1-1"}
    stay = actions.create(register=residencies, given={**given, "organisation": first}, by=cast.district, now=now)
    with pytest.raises(Invalid, match="没有空位"):
        actions.create(register=residencies, given={**given, "organisation": second}, by=cast.district, now=now)
    with pytest.raises(Invalid, match="离开日期"):
        actions.change(register=residencies, pk=stay.pk, given={"outcome": "graduated"}, by=cast.district, now=now)
    actions.change(
        register=residencies, pk=stay.pk, given={"outcome": "graduated", "valid_to": "2026-5-1"}, by=cast.district,
        now=now,
    )  # fmt: skip
    actions.create(register=residencies, given={**given, "organisation": second}, by=cast.district, now=now)
    found = incubator_summary(base, ON)
    assert ([one.organisation for one in found.staying], found.free, found.ever, found.graduated) == ([second], 0, 2, 1)


def test_the_picture_puts_the_holes_first(cast):
    for kind in ("社区服务", "社区事务", "慈善救助", "文化体育"):
        org(cast, f"甲{kind}", x_kind=kind)
    org(cast, "乙", "next", x_kind="社区服务")
    org(cast, "丙", "street", x_kind="社区事务")
    found = picture(cast.areas["street"], ON)
    assert [row.area.short_name for row in found.rows] == ["银杏社区", "梧桐社区"]
    assert found.rows[0].missing == ["社区事务", "慈善救助", "文化体育"] and found.rows[1].holes == 0
    assert (found.whole.total, found.whole.holes, found.bases) == (6, 3, 0)
    whole = picture(cast.areas["district"], ON)
    assert [(row.area.short_name, row.holes) for row in whole.rows] == [("乙街道", 4), ("甲街道", 3)]
