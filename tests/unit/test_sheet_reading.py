"""What real sheets look like: containers, text tables, heads, cells. No database."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter
from django.db import models

from sanshe.kernel.errors import Invalid
from sanshe.kernel.fields import EncryptedText
from sanshe.kernel.identifiers import clean_citizen, clean_phone
from sanshe.kernel.register import Column, Register
from sanshe.kernel.register.declare import _bound
from sanshe.kernel.register.sheets import cells, container, heads, reading
from sanshe.kernel.register.sheets.checking import copied, literal, unliteral
from sanshe.kernel.register.sheets.reading import Book, decoded, divided_by


class Thing(models.Model):
    """A toy with a column of each kind; it has no table."""

    name = models.CharField("姓名", max_length=10)
    number = EncryptedText("公民身份号码", null=True)
    phone = models.CharField("手机号码", max_length=20)
    since = models.DateField("登记日期", null=True)
    area_size = models.DecimalField("面积", max_digits=8, decimal_places=2)
    idle = models.BooleanField("是否闲置")
    kind = models.CharField("类别", max_length=2, choices=[("a", "公益慈善"), ("b", "生活服务")])

    class Meta:
        app_label = "errands"
        managed = False


class _Access:
    model = Thing


class Toy(Register):
    """The toy's register; not declared."""

    name, title, access = "toys", "演示台账", _Access  # type: ignore[assignment]
    columns = [
        Column("name", synonyms=("名字",)), Column("number", clean=clean_citizen, synonyms=("身份证号",)),
        Column("phone", clean=clean_phone, synonyms=("电话", "联系电话")), Column("since"),
        Column("area_size", unit="平方米", synonyms=("建筑面积",)), Column("idle"), Column("kind"),
    ]  # fmt: skip


TOY = Toy()


def book(write, **options) -> bytes:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, options)
    write(made)
    made.close()
    return out.getvalue()


def plain(made) -> None:
    made.add_worksheet("一").write_row(0, 0, ["姓名", "电话"])


def with_member(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as box:
        box.writestr(name, content)
    return out.getvalue()


def read(name: str, cell):
    return cells.reader(_bound(next(c for c in Toy.columns if c.name == name), Thing))(cell)


def test_what_is_no_sheet_is_refused_with_what_to_do():
    good = book(plain)
    assert container.examine(good).kind == "xlsx"
    macro = with_member(good, "xl/vbaProject.bin", b"x")
    assert container.examine(macro).kind == "xlsx" and "宏" in container.examine(macro).remarks[0]
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as box:
        box.writestr("a.txt", "x")
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    for data, word in (
        (b"", "空的"), (b"%PDF-1.7", "不是表格"), (other.getvalue(), "压缩包"), (locked, "密码"),
        (b"<html><table></table></html>", "网页"), (good[: len(good) // 2], "损坏"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=word):
            container.examine(data)


def test_a_bomb_and_a_cell_in_the_last_corner_are_refused_before_they_are_laid_out(monkeypatch):
    limits = {"sheets.unpacked_most": 1, "sheets.cells_most": 3_000_000, "sheets.upload_most": 60}
    monkeypatch.setattr(container.params, "get", lambda name: type("V", (), {"value": limits[name]}))
    with pytest.raises(Invalid, match="不合情理"):
        container.examine(with_member(book(plain), "xl/media/a.bin", b"\0" * 3_000_000))
    with pytest.raises(Invalid, match="范围太大"):
        container.examine(book(lambda made: made.add_worksheet().write(1_048_575, 16_383, "x")))


def test_rows_of_every_kind_of_file():
    def two(made):
        made.add_worksheet("藏").hide()
        sheet = made.add_worksheet("名单")
        sheet.activate()
        sheet.write_row(2, 1, ["姓名", "电话"])
        sheet.write_row(40_002, 1, ["演示", 13900000001])

    opened = Book(book(two), "xlsx")
    assert [(n.name, n.hidden) for n in opened.names] == [("藏", True), ("名单", False)]
    rows = list(opened.sheet("名单").rows())
    assert [(no, row[1]) for no, row in rows] == [(3, "姓名"), (40_003, "演示")]
    for text, code in (("姓名,电话\n演示,1\n", "utf-8-sig"), ("姓名\t电话\r\n演示\t1\r\n", "gb18030"),
                       ("姓名;电话\n\n;\n演示;1", "utf-8"), ("姓名\t电话\n演示\t1", "utf-16")):  # fmt: skip
        got = list(Book(text.encode(code), "csv").sheet("").rows())
        assert [row for _, row in got] == [["姓名", "电话"], ["演示", "1"]]
    assert divided_by("甲,乙;丙,丁") == "," and decoded("姓名".encode("gb18030")) == "姓名"
    with pytest.raises(Invalid, match="编码"):
        decoded(b"\xff\xfe\x00\xd8\x81\x20\xff")


def test_too_many_rows_are_refused_with_how_to_split(monkeypatch):
    limits = {"sheets.rows_most": 200_000, "sheets.cells_most": 3_000_000}
    monkeypatch.setattr(reading.params, "get", lambda name: type("V", (), {"value": limits[name]}))
    with pytest.raises(Invalid, match="拆成 3 个文件"):
        reading.refuse_long(450_000, 450_000)


def test_heads_by_name_synonym_likeness_and_in_two_merged_rows():
    titles = ["姓 名*", "联系电话", "建筑面积(㎡)", "备注"]
    rows = [(1, ["某街道人员名单", "", ""]), (2, ["填表人：演示", "", ""]), (3, titles), (4, ["演示", "1", "2", ""])]
    head = heads.find_head(rows, TOY)
    assert (head.at, head.rows) == (3, 1)
    found = heads.match(head.texts, TOY)
    assert [(m.column, m.how) for m in found] == [
        ("name", "name"), ("phone", "synonym"), ("area_size", "synonym"), ("", ""),
    ]  # fmt: skip
    merged = [((0, 0), (1, 0)), ((0, 1), (0, 2))]
    rows = [(1, ["姓名", "证件与联系", ""]), (2, ["", "公民身份号码", "手机号码"]), (3, ["演示", "1", "2"])]
    head = heads.find_head(rows, TOY, merged)
    assert (head.at, head.rows) == (1, 2)
    assert [m.column for m in heads.match(head.texts, TOY)] == ["name", "number", "phone"]
    assert heads.match(["手机号码1"], TOY)[0] == heads.Match("phone", "like")
    assert heads.match(["随便", heads.REASON], TOY, {heads.normal("随便"): "name"})[0].how == "kept"
    assert heads.signature(["姓 名"]) == heads.signature(["姓名 "])


DAYS = ["2020.7.3", "2020年7月3日", "２０２０-7-3", 44015, 44015.0, "20200703", date(2020, 7, 3),
        datetime(2020, 7, 3, 8), "2020/07/03 00:00:00", " 2020-07-03 "]  # fmt: skip


@pytest.mark.parametrize("cell", DAYS)
def test_dates_as_people_and_programs_write_them(cell):
    assert read("since", cell) == date(2020, 7, 3)


def test_cells_of_real_sheets():
    assert read("phone", 13900000001.0) == "13900000001"
    assert read("phone", " １３９ ００００ ０００１　") == "13900000001"
    assert str(read("area_size", "1,200.50平方米")) == "1200.50" and read("area_size", "") is None
    assert read("idle", "√") is True and read("idle", "否") is False and read("idle", "　") is None
    assert read("kind", " 公益慈善 ") == "a" and read("name", "张\u200b 三\n") == "张 三"
    assert read("number", "500112********1234") is None
    for name, cell, word in (
        ("number", 5.00112199001011e17, "15 位以后"), ("number", "500112199001011000", "15 位以后"),
        ("number", "5.00112E+17", "15 位以后"), ("number", "500112199001011235", "校验位"), ("name", "#N/A", "公式"),
        ("kind", "其他", "可选：公益慈善、生活服务"), ("since", "去年", "没有看懂"),
        ("name", "字" * 11, "最多 10 个字"),
        ("idle", "也许", "是"), ("area_size", "约一百", "数字"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=word):
            read(name, cell)
    assert cells.without_numbers("没有「500112199001011234」") == "没有「******」"


def test_arrays_survive_the_way_into_the_database_and_back():
    row = ['引"号', "反\\斜", None, "", "换\n行\t格", "NULL", "{a,b}"]
    assert unliteral(literal(row)) == row
    assert copied("a\tb\\c\n") == "a\\tb\\\\c\\n" and copied(None) == "\\N"
