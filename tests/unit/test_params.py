"""Numbers of law and policy: by date, with a source, and refused with file and line when something is wrong."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sanshe.kernel import clock, params
from sanshe.kernel.policy import PolicyError
from sanshe.kernel.policy_shape import NotInForce

GOOD = """
deadline:
  title: "办理时限"
  unit: 工作日
  most: 15
  values:
    2020-07-07: {value: 5, source: "甲文件"}
    2024-01-01: {value: 3, source: "乙文件", hard: false}
"""
TARGETS = """
professionals:
  title: "社会工作专业人才"
  unit: 人
  counts: "在本社区在岗"
  source: "甲文件"
  due:
    2020-12-31: {at_least: 2, source: "甲文件"}
    2025-12-31: {at_least: 5, source: "甲文件"}
triage:
  title: "三事分流"
  unit: "%"
  counts: "用过的社区"
  source: "甲文件"
  due:
    2020-12-31: {at_least: null, source: "甲文件"}
"""


@pytest.fixture
def pack(tmp_path, settings, monkeypatch):
    """A policy folder with one pack, written by `pack(name, text)`; looked at anew with every question."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    settings.SANSHE_POLICY_DIR = tmp_path
    settings.SANSHE_POLICY_PACKS = ["a", "b"]
    monkeypatch.setattr(params, "LOOK_AGAIN", 0.0)
    return lambda content, name="a/matter.yaml": (tmp_path / name).write_text(content)


class TestValues:
    def test_the_value_in_force_on_a_day(self, pack):
        pack(GOOD)
        assert params.get("matter.deadline", on=date(2023, 12, 31)).value == 5
        newer = params.get("matter.deadline", on=date(2024, 1, 1))
        assert (newer.value, newer.unit, newer.since) == (3, "个工作日", date(2024, 1, 1))
        assert (newer.source, newer.hard) == ("乙文件", False)

    def test_without_a_day_it_is_today(self, pack):
        pack(GOOD)
        with clock.frozen(clock.at(2021, 5, 1)):
            assert params.get("matter.deadline").value == 5

    def test_printed_with_unit_and_source(self, pack):
        pack(GOOD)
        assert str(params.get("matter.deadline", on=date(2021, 1, 1))) == "5 个工作日（来源：甲文件）"

    def test_before_the_first_value_there_is_none(self, pack):
        pack(GOOD)
        with pytest.raises(NotInForce, match="2020-07-07"):
            params.get("matter.deadline", on=date(2020, 7, 6))

    def test_a_slip_in_the_name_is_answered_with_the_right_one(self, pack):
        pack(GOOD)
        with pytest.raises(KeyError, match=r"did you mean matter\.deadline"):
            params.get("matter.deadlines")

    def test_a_later_pack_overrides_by_name(self, pack):
        pack(GOOD + GOOD.replace("deadline:", "other:"))
        pack(GOOD.replace("value: 5", "value: 7"), "b/matter.yaml")
        day = date(2021, 1, 1)
        assert params.get("matter.deadline", day).value == 7
        assert params.get("matter.other", day).value == 5
        assert [p.name for p in params.all()] == ["matter.deadline", "matter.other"]

    @pytest.mark.parametrize(
        ("unit", "value", "held", "shown"),
        [
            ('"%"', "60", 60, "60%"),
            ('"%"', "66.7", Decimal("66.7"), "66.7%"),
            ("是否", "true", True, "是"),
            ("清单", "[甲, 乙]", ["甲", "乙"], "甲、乙"),
            ("清单", "[{key: a, name: 甲}]", [{"key": "a", "name": "甲"}], "甲"),
            ("对照表", "{甲: 1, 乙: 2}", {"甲": 1, "乙": 2}, "甲 1；乙 2"),
            ("文字", '"一句话"', "一句话", "一句话"),
        ],
    )
    def test_kinds_of_values(self, pack, unit, value, held, shown):
        pack(f'x:\n  title: "某"\n  unit: {unit}\n  values:\n    2020-01-01: {{value: {value}, source: "甲"}}\n')
        found = params.get("matter.x", date(2021, 1, 1))
        assert (found.value, type(found.value), found.shown) == (held, type(held), shown)


class TestRefusal:
    @pytest.mark.parametrize(
        ("old", "new", "line", "about"),
        [
            (', source: "甲文件"', "", 7, "缺少“source”"),
            ('source: "甲文件"', 'source: ""', 7, "来源"),
            ("  unit: 工作日\n", "", 2, "缺少“unit”"),
            ("unit: 工作日", "unit: 光年", 4, "没有“光年”这个单位"),
            ("value: 5", "value: 五", 7, "应为数字"),
            ("value: 5", "value: 5.5", 7, "应为整数"),
            ("value: 5", "value: -5", 7, "负数"),
            ("value: 5", "value: true", 7, "应为数字"),
            ("value: 5", "value: 16", 7, "超出允许的范围"),
            ("value: 5", "value: .nan", 7, "应为数字"),
            ("value: 5", "walue: 5", 7, "没有“walue”这一项"),
            ("most: 15", "mosst: 15", 5, "没有“mosst”这一项"),
            ("2020-07-07:", '"2020-07-07":', 7, "不是日期"),
            ("2020-07-07:", "2020-02-30:", 7, "2020-02-30"),
            ("2024-01-01", "2020-07-07", 8, "写了两次"),
            ("hard: false", "hard: 原则上", 8, "hard"),
            ("  title", " title", 4, "写法有误"),
            ('"办理时限"', '"办理时限', 7, "写法有误"),
        ],
    )
    def test_a_slip_is_shown_with_file_and_line(self, pack, old, new, line, about):
        pack(GOOD.replace(old, new, 1))
        with pytest.raises(PolicyError, match=about) as wrong:
            params.all()
        assert wrong.value.sentence.startswith(f"a/matter.yaml 第 {line} 行：")

    def test_a_percentage_over_a_hundred(self, pack):
        pack('x:\n  title: "某"\n  unit: "%"\n  values:\n    2020-01-01: {value: 101, source: "甲"}\n')
        with pytest.raises(PolicyError, match="百分比"):
            params.all()

    @pytest.mark.parametrize("values", ["[]", "5", "{}", "{2020-01-01: 5}", ""])
    def test_values_must_be_dated(self, pack, values):
        pack(f'x:\n  title: "某"\n  unit: 天\n  values: {values}\n')
        with pytest.raises(PolicyError, match="第 4 行"):
            params.all()

    def test_a_pack_that_is_not_there(self, pack, settings):
        settings.SANSHE_POLICY_PACKS = ["a", "nowhere"]
        with pytest.raises(PolicyError, match="SANSHE_POLICY_PACKS"):
            params.all()

    @hypothesis_settings(deadline=None, max_examples=60)
    @given(content=st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
    def test_no_content_crashes_it(self, tmp_path_factory, content):
        from sanshe.kernel import policy

        file = tmp_path_factory.mktemp("p") / "x.yaml"
        file.write_text(content, encoding="utf-8")
        try:
            policy.read(file)
        except PolicyError as wrong:
            assert wrong.line >= 1


class TestReload:
    def test_a_mistake_keeps_the_old_values_in_force_and_is_said(self, pack):
        day = date(2021, 1, 1)
        pack(GOOD)
        assert params.get("matter.deadline", day).value == 5
        assert params.problem() is None and params.check() == []
        pack(GOOD.replace("value: 5", "value: none"))
        assert params.get("matter.deadline", day).value == 5
        assert "第 7 行" in (params.problem() or "")
        assert params.check() == [params.problem()]
        pack(GOOD.replace("value: 5", "value: 6"))
        assert params.get("matter.deadline", day).value == 6
        assert params.problem() is None

    def test_at_the_start_a_mistake_is_an_error(self, pack):
        pack("x: [")
        assert len(params.check()) == 1 and "a/matter.yaml" in params.check()[0]


class TestTargets:
    def test_a_figure_stays_in_force_until_a_later_one_is_due(self, pack):
        pack(TARGETS, "a/targets.yaml")
        before = params.target("professionals", on=date(2020, 12, 30))
        assert (before.at_least, before.next.at_least) == (None, 2)
        assert params.target("professionals", on=date(2025, 12, 30)).at_least == 2
        assert params.target("professionals", on=date(2025, 12, 31)).at_least == 5
        after = params.target("professionals", on=date(2026, 11, 23))
        assert (after.at_least, after.next, after.counts) == (5, None, "在本社区在岗")

    def test_named_without_a_figure(self, pack):
        pack(TARGETS, "a/targets.yaml")
        found = params.target("triage", on=date(2026, 1, 1))
        assert found.current is not None and found.at_least is None

    def test_a_target_needs_its_definition(self, pack):
        pack(TARGETS.replace('  counts: "在本社区在岗"\n', ""), "a/targets.yaml")
        with pytest.raises(PolicyError, match="counts"):
            params.targets()


class TestTheNotice:
    """The packs that are shipped: loaded, and true to their sources where the source is the notice."""

    def test_they_load(self):
        params.reload()
        assert params.check() == []

    def test_figures_of_the_notice(self):
        on = date(2026, 11, 23)
        assert params.get("purchase.contract_months_most", on).value == 12
        assert params.get("purchase.contract_years_most", on).value == 3
        assert len(params.get("purchase.service_fields", on).value) == 12
        assert len(params.get("purchase.participation_fields", on).value) == 5
        assert params.target("communities_with_social_work_room", on).at_least == 100
        assert params.target("communities_with_purchased_service", on).at_least == 100
        assert params.target("communities_using_triage", on).at_least is None
        assert params.target("satisfaction", on).at_least is None

    def test_only_the_notices_own_figures_cite_the_notice(self):
        """Each figure that cites the notice stands in its text; read by hand, part by part."""
        cited = {
            parameter.name: value.value
            for parameter in params.all()
            for value in parameter.history
            if "渝两江党办发〔2020〕25号" in value.source and isinstance(value.value, int | Decimal)
        }
        assert {name: value for name, value in cited.items() if not isinstance(value, bool)} == {
            # 二（一）1: a new community
            "setup.households_least": 3000,
            "setup.households_about": 4000,
            "setup.moved_in_share": 50,
            "setup.radius_minutes": 10,
            "setup.office_area": 800,
            "setup.elderly_area": 750,
            "facilities.reach_minutes": 10,
            # 二（一）2: facilities
            "facilities.centre_floor_area": 2700,
            "facilities.floor_area_per_100_households": 30,
            # 二（三）2: two professionals for the social work room
            "workforce.room_professionals": 2,
            # 三（二）: contracts
            "purchase.contract_months_most": 12,
            "purchase.contract_years_most": 3,
        }

    def test_weights_and_scores_add_up(self):
        on = date(2026, 11, 23)
        assert sum(params.get("purchase.criteria_default", on).value.values()) == 100
        assert sum(params.get("purchase.evaluation_weights", on).value.values()) == 100
