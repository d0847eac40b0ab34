"""Taking matters over from a sheet: the good go in, the bad are told why, twice adds nothing."""

from __future__ import annotations

from datetime import date

import pytest

from sanshe.accounts.public import SETUP
from sanshe.kernel import audit
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.matters.actions import load_criteria, take_over
from sanshe.matters.actions.criteria import criteria_files, pack_file
from sanshe.matters.imports import Bad, Row, moment, open_sheet, without_numbers
from sanshe.matters.models import Criterion, Handling, Matter
from sanshe.matters.proposal import criteria_in_force
from tests.matters_cast import make_cast

HEAD = "编号,标题,内容,时间,答复,答复时间\n"
COLUMNS = {"key": "编号", "title": "标题", "text": "内容", "created": "时间", "reply": "答复", "replied": "答复时间"}
BY = Viewer.system_account(SETUP)


def sheet(tmp_path, body: str, encoding: str = "utf-8", head: str = HEAD):
    file = tmp_path / "sheet.csv"
    file.write_bytes((head + body).encode(encoding))
    return open_sheet(file, COLUMNS)


def test_rows_and_what_is_wrong_with_the_others(tmp_path):
    found = list(sheet(tmp_path, (
        '1,路灯,"第一行\n第二行",2020/4/25 9:32:09,已修复,2020/5/10\n'
        "2,,只有内容,2020-01-02,,\n"
        ",无编号,内容,2020-01-02,,\n"
        "3,空内容,  ,2020-01-02,,\n"
        "4,坏日期,内容,去年夏天,,\n"
        "5,将来,内容,2099-01-01,,\n"
        "6,先答后问,内容,2020-02-02,答复,2020-02-01\n"
        "1,重复,内容,2020-02-02,,\n"
        "7,列数不够\n"
    )).rows())  # fmt: skip
    good = [row for row in found if isinstance(row, Row)]
    assert [row.key for row in good] == ["1", "2"]
    assert good[0].text == "第一行\n第二行" and good[0].replied is not None and good[1].title == "只有内容"
    assert [(bad.line, bad.column, bad.reason) for bad in found if isinstance(bad, Bad)] == [
        (5, "编号", "来源编号是空的"),
        (6, "内容", "描述是空的"),
        (7, "时间", "“去年夏天”不是日期时间"),
        (8, "时间", "反映时间在将来"),
        (9, "答复时间", "答复时间早于反映时间"),
        (10, "编号", "来源编号“1”在文件里出现过"),
        (11, "内容", "这一行的列数不够"),
    ]


def test_sheets_of_other_systems(tmp_path):
    assert [row.title for row in sheet(tmp_path, "1,燃气,内容,2020-01-02,,\n", "gb18030").rows()] == ["燃气"]
    assert [row.text for row in sheet(tmp_path, "1,燃气,内\x00容,2020-01-02,,\n", "utf-8-sig").rows()] == ["内容"]
    with pytest.raises(Invalid) as wrong:
        sheet(tmp_path, "", head="编号,内容\n")
    assert "没有“标题、时间、答复、答复时间”这一列" in wrong.value.sentence
    with pytest.raises(Invalid) as wrong:
        open_sheet(tmp_path / "sheet.csv", {"text": "内容"})
    assert "反映时间（created）" in wrong.value.sentence


def test_taken_over_once_into_the_communities(tmp_path, now):
    cast = make_cast()
    rows = "".join(f"{n},标题{n},内容{n} 电话13900000001,2020-01-02,{'答复' if n % 2 else ''},\n" for n in range(1, 61))
    given = {"area": cast.areas["district"], "source": "旧系统", "by": BY, "now": now, "publish": True}
    assert take_over(rows=sheet(tmp_path, rows).rows(), **given) == 60  # type: ignore[arg-type]
    assert take_over(rows=sheet(tmp_path, rows + "99,又一件,内容,2020-01-02,,\n").rows(), **given) == 1  # type: ignore[arg-type]
    assert Matter.objects.count() == 61
    assert {m.area.level for m in Matter.objects.select_related("area")} == {"community"}
    assert Matter.objects.values("area").distinct().count() == 3
    done, waits = Matter.objects.get(source_key="1"), Matter.objects.get(source_key="2")
    assert (done.state, done.result, done.due_at) == ("done", "答复", None)
    assert waits.state == "received" and waits.due_at > now, "the deadline counts from when it came to us"
    assert done.number.startswith("20200102-") and len({m.number for m in Matter.objects.all()}) == 61
    assert audit.history(done).get().event == "imported"
    assert not Handling.objects.exists(), "what others handled is not in our satisfaction"


def test_who_takes_over(now):
    cast = make_cast()
    for who in ("resident", "handler", "system_admin", "worker"):
        with pytest.raises(NotAllowed):
            take_over(rows=[], area=cast.areas["home"], source="x", by=cast.viewer(who), now=now)
    assert take_over(rows=[], area=cast.areas["home"], source="x", by=cast.desk, now=now) == 0


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请打13900000001", "请打139****0001"),
        ("身份证50011219900101000X的", "身份证500112********000X的"),
        ("座机023-67410000", "座机023****0000"),
        ("门牌12345678901234", "门牌12345678901234"),
    ],
)
def test_numbers_are_masked_for_the_public(text, shown):
    assert without_numbers(text) == shown


@pytest.mark.parametrize("text", ["2019/4/25 9:32:09", "2019-04-25 09:32", "2019年4月25日", "2019-04-25T09:32:09"])
def test_dates_of_many_spellings(text):
    assert moment(text).date().isoformat() == "2019-04-25"


def test_every_version_of_the_pack_loads_once_in_any_order(now):
    first, second = criteria_files()
    found, count = load_criteria(file=second, by=BY, now=now)
    assert count == Criterion.objects.filter(set=found).count() >= 120
    assert load_criteria(file=second, by=BY, now=now) == (found, 0)
    older, count = load_criteria(file=first, by=BY, now=now)
    assert count == 48 and older.valid_to == found.valid_from and found.valid_to is None
    assert {c.set.version for c in criteria_in_force(date(2025, 12, 31))} == {"2026-1"}
    assert {c.set.version for c in criteria_in_force(date(2026, 1, 1))} == {"2026-2"}
    codes = set(older.items.values_list("code", "name"))
    assert codes <= set(found.items.values_list("code", "name")), "an item keeps its code and name"


def test_proposals_show_their_evidence(now):
    from sanshe.matters.proposal import propose

    load_criteria(file=pack_file(), by=BY, now=now)
    cases = {
        "家里闻到煤气味，怀疑天然气漏气": ("D-01", {"煤气味", "天然气", "漏气"}),
        "小区车位不够，乱停车": ("X-01", {"车位不够", "乱停车"}),
        "楼上滴水到我家晾衣架": ("S-02", {"滴水", "晾衣"}),
    }
    for text, (code, words) in cases.items():
        first = propose(text, now.date())[0]
        assert first.criterion.code == code and words <= set(first.words), text
    assert propose("想问一件别的事", now.date()) == []
