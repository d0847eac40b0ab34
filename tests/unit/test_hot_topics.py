"""Hot topics of a file: our golden groups, files as offices have them, one person counted once."""

from __future__ import annotations

import csv
import json
from itertools import combinations
from pathlib import Path

import pytest
from click.testing import CliRunner

from sanshe.kernel.errors import Invalid
from sanshe.matters.hot_cli import hot as command
from sanshe.matters.same import sheet
from sanshe.matters.same.grouping import group

GOLDEN = Path(__file__).parent.parent / "golden" / "hot.csv"


def golden() -> tuple[list, dict[str, str]]:
    items, bad = sheet.read(GOLDEN, {})
    assert bad == 0
    with GOLDEN.open(encoding="utf-8") as file:
        return items, {row["编号"]: row["组"] for row in csv.DictReader(file)}


def pairs(groups: list[list[str]]) -> set[frozenset[str]]:
    return {frozenset(pair) for one in groups for pair in combinations(one, 2)}


def test_the_golden_groups_are_found():
    items, right = golden()
    found = pairs([[items[k].key for k in one.members] for one in group(items, 0.14, 30)])
    by_group: dict[str, list[str]] = {}
    for key, name in right.items():
        if name:
            by_group.setdefault(name, []).append(key)
    wanted = pairs(list(by_group.values()))
    hit = len(found & wanted)
    precision, recall = hit / len(found), hit / len(wanted)
    assert precision >= 0.98, (precision, [sorted(pair) for pair in found - wanted])
    assert recall >= 0.9, (recall, [sorted(pair) for pair in wanted - found])


def test_the_table_is_ranked_named_and_dated():
    items, _ = golden()
    topics = sheet.hot(items)
    first = topics[0].as_data()
    assert list(first) == ["rank", "name", "people", "messages", "from", "to", "ids"]
    assert first["rank"] == 1 and first["people"] == 7 and first["messages"] == 8, "one person spoke twice"
    assert "云栖苑" in str(first["name"]) and "打桩" in str(first["name"])
    assert first["from"] == "2026-05-01" and first["to"] == "2026-05-06" and first["ids"][0] == "1"
    assert any("松风里" in t.name and "车位" in t.name for t in topics)


def test_500_times_the_same_by_one_is_one_topic_of_one_person(tmp_path):
    file = tmp_path / "same.csv"
    rows = ["内容,时间"] + ["云栖苑东门路灯不亮请修一修,2026-05-01 08:00"] * 500
    rows += ["云栖苑东门的路灯还是不亮,2026-05-02 08:00", "云栖苑东门那边路灯坏了不亮,2026-05-03 08:00"]
    file.write_text("\n".join(rows), encoding="utf-8")
    items, _ = sheet.read(file, {})
    (one,) = sheet.hot(items)
    assert one.heat.messages == 502 and one.heat.people == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_files_as_offices_have_them(tmp_path, encoding):
    file = tmp_path / "f.csv"
    file.write_text(GOLDEN.read_text(encoding="utf-8"), encoding=encoding)
    answer = CliRunner().invoke(command, [str(file), "--format", "json"])
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)[0]["people"] == 7


def test_a_missing_column_is_said_clearly(tmp_path):
    file = tmp_path / "f.csv"
    file.write_text("说法,日子\n路灯不亮,2026-05-01\n", encoding="utf-8")
    with pytest.raises(Invalid, match="认不出哪一列是内容，现有的列：说法、日子。请用 --map text=列名 指明"):
        sheet.read(file, {})
    with pytest.raises(Invalid, match="没有“内容”这一列"):
        sheet.read(file, {"text": "内容"})
    items, bad = sheet.read(file, {"text": "说法", "time": "日子"})
    assert len(items) == 1 and bad == 0
    file.write_text("说法,日子\n路灯不亮,哪天都行\n", encoding="utf-8")
    with pytest.raises(Invalid, match="没有一行同时有内容和时间"):
        sheet.read(file, {"text": "说法", "time": "日子"})
