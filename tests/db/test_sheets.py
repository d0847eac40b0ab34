"""Sheets into registers: what real sheets look like, twice the same, two at once, a kill in the middle, undo."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
import xlsxwriter
from django.db import OperationalError, connection, transaction
from openpyxl import load_workbook

from sanshe.accounts import actions as accounts
from sanshe.accounts.access import SETUP as ACCOUNT_SETUP
from sanshe.accounts.models import User
from sanshe.accounts.words import Role
from sanshe.areas.models import Area
from sanshe.kernel import audit
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, WrongState
from sanshe.kernel.fields import hash_of
from sanshe.kernel.register import actions as register_actions
from sanshe.kernel.register import register_of, registers
from sanshe.kernel.register.sheets import history, jobs, store
from sanshe.kernel.register.sheets.actions import staging, taking, undoing, writing
from sanshe.kernel.register.sheets.heads import REASON
from sanshe.kernel.register.sheets.models import ImportBatch, ImportPart, ImportRow, KeptMapping
from sanshe.kernel.register.sheets.plan import make_plan
from sanshe.kernel.register.sheets.template import template_book
from sanshe.people.models import Person
from sanshe.people.public import invented_citizen_number

HEADS = ["姓名", "身份证号", "联系电话", "所属社区", "地址"]


def number(n: int) -> str:
    """An invented citizen number, a different one for each n."""
    return invented_citizen_number(date(1950, 1, 1) + timedelta(days=n), "f")


def workbook(rows, *, head=HEADS, above=(), name="名单", extra=None) -> bytes:
    """An xlsx with rows above the head, the head, the rows."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False})
    sheet = book.add_worksheet(name)
    for at, row in enumerate([*above, head, *rows]):
        sheet.write_row(at, 0, row)
    if extra:
        extra(book)
    book.close()
    return out.getvalue()


def person(n: int, community="甲社区", **changed) -> list:
    """A row of the sheet of people."""
    row = {"name": f"演示{'甲乙丙丁戊己庚辛'[n % 8]}", "number": number(n), "phone": f"1390001{n:04d}",
           "area": community, "address": f"礼嘉路{n}号3栋2单元501室"}  # fmt: skip
    return list({**row, **changed}.values())


@pytest.fixture
def cast(db, now):
    """Two communities; a desk worker in the first."""

    def grow(code, name, level, parent, lo, hi):
        return Area.objects.create(
            code=code, name=name, short_name=name, level=level, parent=parent, lo=lo, hi=hi, valid_from=date(2020, 1, 1)
        )

    root = grow("LJ0000000000", "新区", "district", None, 1, 5)
    street = grow("500000001000", "甲街道", "street", root, 2, 5)
    areas = {
        n: grow(f"50000000100{i}", f"{n}社区", "community", street, 2 + i, 3 + i) for i, n in ((1, "甲"), (2, "乙"))
    }
    by = Viewer.system_account(ACCOUNT_SETUP)
    user, _ = accounts.make_account(username="desk", name="窗口员", phone="13900000009", by=by, now=now)
    accounts.appoint(
        user_id=user.pk, role=Role.FRONT_DESK, area_id=areas["甲"].pk, by=by, now=now, valid_from=date(2020, 1, 1)
    )
    officer, _ = accounts.make_account(username="officer", name="街道员", phone="13900000008", by=by, now=now)
    accounts.appoint(
        user_id=officer.pk, role=Role.STREET_OFFICER, area_id=street.pk, by=by, now=now, valid_from=date(2020, 1, 1)
    )
    User.objects.update(must_change_password=False)
    viewers = {key: Viewer.of(User.objects.get(pk=one.pk)) for key, one in (("by", user), ("officer", officer))}
    return {**viewers, **areas}


def checked(cast, now, data, *, name="名单.xlsx", register="people", sheet="", mapping=None) -> ImportBatch:
    """A sheet sent in, looked at and checked."""
    batch = taking.receive(register=register_of(register), data=data, file_name=name, by=cast["by"], now=now)
    batch = taking.look(batch=batch, sheet=sheet, now=now)
    if batch.state == "mapping":
        batch = taking.assign(batch_id=batch.pk, mapping=mapping or batch.mapping, by=cast["by"], now=now)
    return staging.check(batch_id=batch.pk, by=cast["by"], now=now)


def applied(cast, now, batch) -> ImportBatch:
    """The batch, confirmed and written."""
    taking.confirm(batch_id=batch.pk, by=cast["by"])
    return writing.apply(batch_id=batch.pk, by=cast["by"], now=now)


def figures(batch) -> tuple[int, int, int, int]:
    """Added, changed, left, refused."""
    return tuple(batch.count(name) for name in ("added", "changed", "left", "refused"))


def test_people_come_in_whole_encrypted_and_found_and_the_same_sheet_again_changes_nothing(cast, now):
    data = workbook([person(1), person(2)], above=[["甲社区居民名单"], []])
    batch = checked(cast, now, data)
    assert (batch.head_at, figures(batch), Person.objects.count()) == (3, (2, 0, 0, 0), 0)
    batch = applied(cast, now, batch)
    her = Person.objects.get(citizen_hash=hash_of("citizen", number(1)))
    assert (her.citizen_number, her.phone, her.address) == (number(1), "13900010001", "礼嘉路1号3栋2单元501室")
    assert (her.born_on, her.sex, her.house, her.phone_masked) == (
        date(1950, 1, 2), "f", "3栋2单元501室", "139****0001"
    )  # fmt: skip
    assert her.created_at == now and her.area == cast["甲"]
    assert Person.objects.filter(house_hash=hash_of("text", "3栋2单元501室")).count() == 2
    register_actions.change(
        register=register_of("people"), pk=her.pk, given={"phone": "13900019999"}, by=cast["by"], now=now
    )
    again = applied_or_checked = checked(cast, now, workbook([person(1), person(2, phone="")]))
    assert figures(again) == (0, 1, 1, 0)
    assert applied_or_checked.state == "checked"
    same = checked(cast, now, workbook([person(1, phone="139 0001 9999"), person(2)]))
    assert figures(same) == (0, 0, 2, 0)
    with pytest.raises(Invalid):
        taking.confirm(batch_id=same.pk, by=cast["by"])


def test_nothing_of_a_sheet_lies_in_the_database_or_on_disk_in_clear(cast, now, settings):
    batch = applied(cast, now, checked(cast, now, workbook([person(3), person(4, number="500112199001011234")])))
    assert figures(batch) == (1, 0, 0, 1)
    held = []
    with connection.cursor() as cursor:
        for table in ("kernel_import_batch", "kernel_import_row", "people_person", "kernel_audit_entry"):
            cursor.execute(f"SELECT t::text FROM {table} t")
            held += [row[0] for row in cursor.fetchall()]
    for secret in (number(3), "13900010003", "礼嘉路3号", "500112199001011234"):
        assert not any(secret in text for text in held)
        assert secret.encode() not in store._folder().joinpath(batch.file).read_bytes()


def test_refused_rows_say_why_and_come_back_in_the_very_sheet(cast, now):
    rows = [
        person(1), person(2, number=500112199001011000), person(3, area="丙社区"), person(4, area="乙社区"),
        person(5, name=""), person(1), person(6, phone="12345"), person(7, address="=1+1"),
    ]  # fmt: skip
    batch = checked(cast, now, workbook(rows, above=[["名单"]]))
    told = {row.no: row.problems for row in ImportRow.objects.filter(batch=batch, state="r")}
    assert figures(batch) == (2, 0, 0, 6) and set(told) == {4, 5, 6, 7, 8, 9}
    assert "15 位以后都变成了 0" in told[4]["citizen_number"]
    assert "丙社区" in told[5]["area"] and "登记的范围" in told[6][""]
    assert "姓名" in told[7]["name"] and "第 3 行重复" in told[8][""] and "手机号码" in told[9]["phone"]
    sheet = load_workbook(io.BytesIO(store.get(batch.back)))["名单"]
    assert sheet["F2"].value == REASON and sheet["A1"].value == "名单"
    assert sheet["C9"].fill.start_color.rgb.endswith("FFE4B5") and "手机号码" in sheet["C9"].comment.text
    assert sheet["C3"].comment is None and "联系电话" not in str(sheet["F3"].value) and sheet["F3"].value is None
    assert (sheet["E10"].value, sheet["E10"].data_type) == ("=1+1", "s")
    # mended in Excel, sent again: the reasons are left aside, what is there already stays
    applied(cast, now, batch)
    sheet["C9"] = "13900010006"
    out = io.BytesIO()
    sheet.parent.save(out)
    assert figures(checked(cast, now, out.getvalue())) == (1, 0, 2, 5)


def test_a_head_of_two_rows_foreign_names_and_a_mapping_that_is_kept(cast, now):
    def book(rows):
        out = io.BytesIO()
        made = xlsxwriter.Workbook(out)
        sheet = made.add_worksheet()
        sheet.merge_range(0, 0, 0, 3, "某系统导出")
        sheet.merge_range(1, 0, 2, 0, "姓名")
        sheet.merge_range(1, 1, 1, 2, "证件与电话")
        sheet.write_row(2, 1, ["公民身份号码", "机主号"])
        sheet.merge_range(1, 3, 2, 3, "住哪里")
        for at, row in enumerate(rows, 3):
            sheet.write_row(at, 0, row)
        made.close()
        return out.getvalue()

    batch = taking.receive(
        register=register_of("people"), data=book([person(1)[:4]]), file_name="a.xlsx", by=cast["by"], now=now
    )
    batch = taking.look(batch=batch, now=now)
    assert (batch.head_at, batch.head_rows, batch.state) == (2, 2, "mapping")
    assert batch.mapping == ["name", "citizen_number", "", ""]
    taking.assign(batch_id=batch.pk, mapping=["name", "citizen_number", "phone", "area"], by=cast["by"], now=now)
    assert figures(staging.check(batch_id=batch.pk, by=cast["by"], now=now)) == (1, 0, 0, 0)
    # the next sheet of the kind is matched without asking
    batch = taking.receive(
        register=register_of("people"), data=book([person(2)[:4]]), file_name="b.xlsx", by=cast["by"], now=now
    )
    batch = taking.look(batch=batch, now=now)
    assert (batch.state, batch.mapping[2:], KeptMapping.objects.count()) == ("checking", ["phone", "area"], 1)


def test_csv_in_gb18030_with_full_width_digits_and_blanks(cast, now):
    row = person(1)
    row[2] = " １３９ ００１０ ０１２３ "
    text = ";".join(HEADS) + "\r\n" + "\r\n" * 50 + ";".join(map(str, row)) + "\r\n"
    batch = applied(cast, now, checked(cast, now, text.encode("gb18030"), name="名单.csv"))
    assert figures(batch) == (1, 0, 0, 0)
    assert Person.objects.get().phone == "13900100123"


def test_two_sheets_at_once_the_second_finds_all_as_it_is(cast, now):
    first, second = (checked(cast, now, workbook([person(1), person(2)])) for _ in range(2))
    other = checked(cast, now, workbook([person(2, phone="13900018888"), person(3)]))
    applied(cast, now, first)
    assert figures(applied(cast, now, second)) == (0, 0, 2, 0)
    assert figures(applied(cast, now, other)) == (1, 0, 0, 1)
    assert "别人登记" in ImportRow.objects.get(batch=other, state="r").told
    assert Person.objects.count() == 3


def test_a_kill_in_the_middle_goes_on_where_it_stopped(cast, now, monkeypatch):
    monkeypatch.setattr(writing, "PART", 2)
    batch = checked(cast, now, workbook([person(n) for n in range(1, 6)]))
    taking.confirm(batch_id=batch.pk, by=cast["by"])
    plain, count = writing._write_set, iter(range(9))

    def killed(part):
        if next(count) == 1:
            plain(part)
            raise KeyboardInterrupt
        return plain(part)

    monkeypatch.setattr(writing, "_write_set", killed)
    with pytest.raises(KeyboardInterrupt):
        writing.apply(batch_id=batch.pk, by=cast["by"], now=now)
    batch.refresh_from_db()
    assert (Person.objects.count(), batch.state, batch.done) == (2, "applying", 2)
    jobs.work(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.tries, figures(batch), Person.objects.count()) == ("applied", 2, (5, 0, 0, 0), 5)
    assert ImportPart.objects.filter(batch=batch).count() == 3


def test_undo_takes_back_what_nobody_touched_since(cast, now):
    applied(cast, now, checked(cast, now, workbook([person(1), person(2)])))
    one, two = Person.objects.order_by("pk")
    batch = applied(cast, now, checked(cast, now, workbook([
        person(1, phone="13900018881"), person(2, phone="13900018882"), person(3), person(4)
    ])))  # fmt: skip
    assert figures(batch) == (2, 2, 0, 0)
    four = Person.objects.get(citizen_hash=hash_of("citizen", number(4)))
    for pk, phone in ((two.pk, "13900017772"), (four.pk, "13900017774")):
        register_actions.change(register=register_of("people"), pk=pk, given={"phone": phone}, by=cast["by"], now=now)
    undoing.ask_undo(batch_id=batch.pk, by=cast["by"], now=now)
    batch = undoing.undo(batch_id=batch.pk, by=cast["by"], now=now)
    assert [batch.count(n) for n in ("removed", "restored", "kept")] == [1, 1, 2]
    assert [Person.objects.get(pk=p.pk).phone for p in (one, two, four)] == [
        "13900010001", "13900017772", "13900017774"
    ]  # fmt: skip
    assert Person.objects.filter(phone_hash=hash_of("phone", "13900010001")).count() == 1
    assert set(ImportRow.objects.filter(batch=batch).exclude(told="").values_list("no", flat=True)) == {3, 5}
    with pytest.raises(WrongState):
        undoing.ask_undo(batch_id=batch.pk, by=cast["by"], now=now)


def test_the_history_of_a_row_tells_from_what_to_what(cast, now):
    applied(cast, now, checked(cast, now, workbook([person(1)])))
    applied(cast, now, checked(cast, now, workbook([person(1, name="演示新名", phone="13900018881")])))
    events = history.of(register_of("people"), Person.objects.get())
    assert len(events) == 2
    changes = {c["title"]: (c["from"], c["to"]) for c in events[0]["changes"]}
    assert changes["姓名"] == ("演示乙", "演示新名") and changes["手机号码"] == ("139****0001", "139****8881")
    assert audit.Entry.objects.filter(event="sheet.applied").count() == 2


def test_someone_who_may_not_keep_a_row_is_told_no_more_than_that_it_is_there(cast, now):
    register = register_of("people")
    system = Viewer.system_account("人员初始化")
    register_actions.create(
        register=register, now=now, by=system,
        given={"name": "演示他人", "citizen_number": number(9), "area": cast["乙"], "phone": "13900010009"},
    )  # fmt: skip
    batch = checked(cast, now, workbook([person(9), person(10, phone="13900010009", name="演示他人")]))
    told = [row.problems for row in ImportRow.objects.filter(batch=batch).order_by("no")]
    assert "不在您可以查看的范围内" in told[0][""]
    assert "演示他人" not in str(told) and figures(batch)[3] >= 1


@pytest.mark.parametrize("register", registers(), ids=lambda r: r.name)
def test_every_register_has_a_template_and_a_layout(register, cast, now):
    if not register.editable or not (register.can("add") or register.can("keep")):
        pytest.skip("只读台账")
    template_book(register, cast["by"])
    plan = make_plan(register, [column.name for column in register.editable], now)
    assert plan.ways() and all(way.places for way in plan.ways())
    assert {one.of for one in plan.fields if one.of} == {column.name for column in register.editable}


def test_a_register_that_is_checked_row_by_row(cast, now):
    cast["by"] = cast["officer"]
    head = ["设施名称", "所属社区", "设施种类", "建筑面积", "启用日期"]
    register = register_of("facilities")
    kind = next(label for value, label in register.column("kind").options if value)
    rows = [["演示活动室", "甲社区", kind, "120.5", "2021.3.1"], ["演示阅览室", "甲社区", kind, "八十", 44256]]
    batch = checked(
        cast,
        now,
        workbook(rows, head=head),
        register="facilities",
        mapping=["name", "area", "kind", "floor_area", "valid_from"],
    )
    assert figures(batch) == (1, 0, 0, 1)
    batch = applied(cast, now, batch)
    row = register.model._default_manager.get()
    assert (row.name, row.area, str(row.floor_area)) == ("演示活动室", cast["甲"], "120.50")
    rows[0][3] = "130"
    batch = checked(cast, now, workbook(rows[:1], head=head), register="facilities", mapping=batch.mapping)
    assert figures(batch) == (0, 1, 0, 0)
    batch = applied(cast, now, batch)
    assert figures(checked(cast, now, workbook(rows[:1], head=head), register="facilities", mapping=batch.mapping)) == (
        0, 0, 1, 0,
    )  # fmt: skip
    undoing.ask_undo(batch_id=batch.pk, by=cast["by"], now=now)
    undoing.undo(batch_id=batch.pk, by=cast["by"], now=now)
    row.refresh_from_db()
    assert str(row.floor_area) == "120.50"


def test_rows_that_bring_other_things_go_through_the_register_itself(cast, now):
    cast["by"] = cast["officer"]
    register = register_of("organisations")
    assert register.side_effects
    head = [register.column(name).title for name in ("name", "area", "standing", "kind", "valid_from")]
    words = [register.column(name).options[-1][1] for name in ("standing", "kind")]
    batch = checked(
        cast, now, workbook([["演示邻里会", "甲社区", *words, "2019年5月"]], head=head), register="organisations"
    )
    assert figures(batch) == (1, 0, 0, 0), [row.problems for row in ImportRow.objects.filter(batch=batch)]
    batch = applied(cast, now, batch)
    row = register.model._default_manager.get(name="演示邻里会")
    assert figures(batch) == (1, 0, 0, 0) and row.area == cast["甲"]
    again = checked(
        cast, now, workbook([["演示邻里会", "甲社区", *words, "2019年5月"]], head=head), register="organisations"
    )
    assert figures(again) == (0, 0, 1, 0)


def test_an_import_waits_while_another_writes_the_same_register(cast, now):
    """The first holds its lock on another connection; the second does not begin."""
    batch = checked(cast, now, workbook([person(1)]))
    taking.confirm(batch_id=batch.pk, by=cast["by"])
    other = connection.copy()
    try:
        with other.cursor() as first:
            first.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [staging.REGISTERS, "people"])
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '200ms'")
        with pytest.raises(OperationalError), transaction.atomic():
            writing.apply(batch_id=batch.pk, by=cast["by"], now=now)
    finally:
        other.close()
    assert figures(writing.apply(batch_id=batch.pk, by=cast["by"], now=now)) == (1, 0, 0, 0)
