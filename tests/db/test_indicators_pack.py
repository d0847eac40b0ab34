"""Policy as data: another place's pack without any Python, and the notice's own files held against the program."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.urls import NoReverseMatch, reverse

from sanshe.indicators import counts, notice, queries
from sanshe.indicators.registry import indicators, measures
from sanshe.kernel import params, policy
from sanshe.kernel.policy import PolicyError
from sanshe.kernel.register import registers
from sanshe.workforce.models import Certificate, SocialWorkRoom, Worker
from tests.matters_cast import make_cast

OTHER = """
rooms_here:
  title: "有社工站的社区"
  unit: "%"
  measure: communities_with_social_work_room
  counts: "当日有开放中的社工站的社区"
  source: "某区文件 第三条"
  due:
    2026-06-30: {at_least: 50, source: "某区文件 第三条"}

professionals_per_community:
  title: "每个社区的社工"
  unit: 人
  counts: "当日在岗的持证社工"
  source: "某区文件 第四条"
  due:
    2026-06-30: {at_least: 1, source: "某区文件 第四条"}
"""
ITEMS = """
title: 某区的通知
number: 某区〔2026〕1号
date: 2026-01-01
parts:
  - part: 一、目标
    items:
      - {item: 第三条, says: 半数社区有社工站。, who: [街道], state: "indicator:rooms_here"}
"""


@pytest.fixture
def other(settings, tmp_path):
    """A pack of another place beside ours: its own targets and items, the other files as they are."""
    ours = Path(django_settings.SANSHE_POLICY_DIR)
    shutil.copytree(ours / "cn", tmp_path / "cn")
    shutil.copytree(ours / "liangjiang-2020", tmp_path / "other-2026")
    (tmp_path / "other-2026" / "targets.yaml").write_text(OTHER, encoding="utf-8")
    (tmp_path / "other-2026" / "items.yaml").write_text(ITEMS, encoding="utf-8")
    settings.SANSHE_POLICY_DIR, settings.SANSHE_POLICY_PACKS = tmp_path, ["cn", "other-2026"]
    params.reload()
    yield tmp_path
    settings.SANSHE_POLICY_DIR, settings.SANSHE_POLICY_PACKS = ours, ["cn", "liangjiang-2020"]
    params.reload()


def test_another_places_targets_are_judged_without_any_python(db, other):
    cast, on = make_cast(), date(2026, 11, 20)
    for key in ("home", "far"):
        SocialWorkRoom.objects.create(area=cast.areas[key], name="站", valid_from=date(2026, 1, 1))
        worker = Worker.objects.create(
            name="甲", kind="community_worker", area=cast.areas[key], valid_from=date(2026, 1, 1)
        )
        Certificate.objects.create(
            worker=worker, level="assistant", issued_on=date(2026, 1, 1), registered_on=date(2026, 1, 1),
            registered_until=date(2029, 1, 1),
        )  # fmt: skip
    report = queries.report(cast.areas["district"], on, before=False)
    assert [f.indicator.name for f in report.figures] == ["rooms_here", "professionals_per_community"]
    rooms, people = report.figures
    assert rooms.met is True and rooms.tally.numerator == 2 and "2026 年末" in rooms.aim  # two of three, half is enough
    assert people.met is False and (people.tally.numerator, people.tally.unknown) == (2, 1)
    assert queries.due_days(on) == [date(2026, 6, 30)]
    assert notice.notice().number == "某区〔2026〕1号"


def test_a_slip_in_a_pack_is_told_with_file_and_line(other):
    (other / "other-2026" / "items.yaml").write_text(ITEMS.replace("indicator:", "figure:"), encoding="utf-8")
    with pytest.raises(PolicyError, match=r"other-2026/items.yaml 第 8 行"):
        notice.notice()


def test_every_number_of_the_notice_stands_where_the_program_reads_it():
    assert notice.unheld() == []


def test_every_item_points_to_what_is_there():
    known = {i.name for i in indicators()}
    ledgers = {r.name for r in registers()}
    wrong = []
    for item in notice.notice().items:
        for page in item.pages:
            kind, _, slug = page.partition("/")
            if kind == "register":
                there = slug in ledgers
            elif kind == "indicator":
                there = slug in known
            else:
                try:
                    there = bool(reverse(page))
                except NoReverseMatch:
                    there = False
            if not there:
                wrong.append(f"第 {item.line} 行 {page}")
        kind, _, name = item.state.partition(":")
        if item.state and name not in (known if kind == "indicator" else counts.COUNTS):
            wrong.append(f"第 {item.line} 行 {item.state}")
    assert wrong == []


def test_no_item_is_left_out():
    """Every item of the document is cited at least once."""
    cited = {item.cites for item in notice.notice().items}
    parts = {"一（一）", *(f"一（二）{n}" for n in range(1, 5)), "一（三）", "三（一）", "三（二）", "三（三）"}
    parts |= {f"二（{a}）{n}" for a, last in (("一", 3), ("二", 3), ("三", 3), ("四", 4)) for n in range(1, last + 1)}
    assert parts == cited
    assert {t.measure for t in params.targets()} <= set(measures())
    assert policy.last("items.yaml").parent.name == "liangjiang-2020"
