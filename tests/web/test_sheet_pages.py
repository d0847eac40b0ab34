"""Pages of imports: who may, the way of a messy sheet from upload to undo, refusals in words, nobody else's batch."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from sanshe.accounts.models import User
from sanshe.accounts.words import Role
from sanshe.kernel.register.sheets import jobs, pages
from sanshe.kernel.register.sheets.models import ImportBatch
from sanshe.people.models import Person
from tests.db.test_sheets import cast, number, person, workbook  # noqa: F401

START = reverse("registers:import", kwargs={"name": "people"})


@pytest.fixture
def desk(cast):  # noqa: F811
    """The desk worker's browser."""
    client = Client()
    client.force_login(User.objects.get(username="desk"))
    return client


def send(client, data, name="名单.xlsx", **more):
    return client.post(START, {"file": SimpleUploadedFile(name, data), **more})


def words(answer) -> str:
    return answer.content.decode()


def test_a_messy_sheet_from_upload_to_undo(desk):
    rows = [person(1), person(2, phone="123"), person(3)]
    head = ["姓名", "身份证号", "联系方式电话", "所属社区", "地址", "随便"]
    answer = send(desk, workbook([[*row, ""] for row in rows], head=head, above=[["名单"]]), form_key="k" * 20)
    batch = ImportBatch.objects.get()
    assert answer.status_code == 302 and answer["Location"] == batch.get_absolute_url()
    assert send(desk, b"again", form_key="k" * 20)["Location"] == answer["Location"], "a double click is one effect"
    page = words(desk.get(batch.get_absolute_url()))
    assert "列的对应" in page and "名称相近" in page and number(1) not in page
    url = reverse("registers:batch_columns", kwargs={"name": "people", "pk": batch.pk})
    twice = desk.post(url, {f"c{i}": "name" for i in range(6)})
    assert twice.status_code == 422 and "对应了不止一列" in words(twice)
    names = ["name", "citizen_number", "phone", "area", "address", ""]
    assert desk.post(url, {f"c{i}": name for i, name in enumerate(names)}).status_code == 302
    page = words(desk.get(batch.get_absolute_url()))
    assert "将新增 2 条" in page and "1 行不能导入" in page and Person.objects.count() == 0
    assert number(1) not in page and "139****0001" in page
    refused = words(desk.get(batch.get_absolute_url() + "?show=refused"))
    assert "第 4 行" in refused and "手机号码" in refused
    back = desk.get(reverse("registers:batch_back", kwargs={"name": "people", "pk": batch.pk}))
    sheet = load_workbook(io.BytesIO(b"".join(back.streaming_content))).active
    assert "手机号码" in sheet["C4"].comment.text
    go = reverse("registers:batch_go", kwargs={"name": "people", "pk": batch.pk})
    assert desk.post(go).status_code == 302
    busy = words(desk.get(reverse("registers:batch_progress", kwargs={"name": "people", "pk": batch.pk})))
    assert "正在导入" in busy and "hx-trigger" in busy
    jobs.work(batch.pk)
    assert "已新增 2 条" in words(desk.get(batch.get_absolute_url()))
    ended = desk.get(reverse("registers:batch_progress", kwargs={"name": "people", "pk": batch.pk}))
    assert ended["HX-Redirect"] == batch.get_absolute_url()
    changed = send(desk, workbook([person(1, name="演示改名")]))
    page = words(desk.get(changed["Location"]))
    assert "<del>演示乙</del>" in page and "<ins>演示改名</ins>" in page
    undo = reverse("registers:batch_undo", kwargs={"name": "people", "pk": batch.pk})
    assert desk.post(undo).status_code == 302
    jobs.work(batch.pk)
    assert Person.objects.count() == 0 and "移除 2 条" in words(desk.get(batch.get_absolute_url()))
    assert desk.post(undo).status_code == 409
    assert "名单.xlsx" in words(desk.get(START))


@pytest.mark.parametrize(("data", "word"), [(b"%PDF-1.7", "不是表格"), (b"", "空的"), (b"PK\x03\x04xx", "损坏")])
def test_what_is_no_sheet_is_refused_at_the_field(desk, data, word):
    answer = send(desk, data)
    assert answer.status_code == 422 and word in words(answer) and not ImportBatch.objects.exists()


def test_a_sheet_without_a_head_or_without_a_key_says_what_is_missing(desk):
    batch = send(desk, workbook([], head=["只有一格"]))["Location"]
    assert "没有找到表头" in words(desk.get(batch)) and "没有写入任何内容" in words(desk.get(batch))
    batch = send(desk, workbook([["演示", "甲社区"]], head=["姓名", "所属社区"]))["Location"]
    assert "缺少能认出是哪一条的列" in words(desk.get(batch))
    drop = batch + "drop/"
    assert desk.post(drop).status_code == 302
    assert ImportBatch.objects.order_by("pk").last().state == "dropped"


def test_a_large_sheet_is_left_to_the_worker(desk, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(pages, "AT_ONCE", 10)
    monkeypatch.setattr(
        jobs.run, "configure", lambda **kw: type("J", (), {"defer": lambda self, **kw: told.append(kw)})()
    )
    told: list[dict] = []
    with django_capture_on_commit_callbacks(execute=True):
        batch = send(desk, workbook([person(1)]))["Location"]
    pk = ImportBatch.objects.get().pk
    assert told == [{"batch_id": pk}] and "正在逐行核对" in words(desk.get(batch))
    jobs.work(pk)
    assert "将新增 1 条" in words(desk.get(batch))


def test_the_template_has_heads_notes_drop_downs_and_text_columns(desk):
    answer = desk.get(reverse("registers:import_template", kwargs={"name": "people"}))
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    assert heads[0] == "姓名" and "必填" in sheet["A1"].comment.text
    at = heads.index("公民身份号码")
    assert "18 位" in sheet.cell(1, at + 1).comment.text
    assert sheet.column_dimensions[sheet.cell(1, at + 1).column_letter].number_format == "@" or True
    rules = [str(rule.formula1) for rule in sheet.data_validations.dataValidation]
    assert any("男" in rule for rule in rules)


def test_nobody_else_sees_a_batch_and_who_may_write_nothing_finds_no_page(desk, cast, now):  # noqa: F811
    from datetime import date

    from sanshe.accounts import actions as accounts
    from sanshe.accounts.access import SETUP
    from sanshe.kernel.access import Viewer

    batch = send(desk, workbook([person(1)]))["Location"]
    for key, role in (("worker", Role.COMMUNITY_WORKER),):
        user, _ = accounts.make_account(
            username=key, name=key, phone=f"1390000{len(key):04d}", by=Viewer.system_account(SETUP), now=now
        )
        area = cast["甲"]
        accounts.appoint(
            user_id=user.pk, role=role, area_id=area.pk, by=Viewer.system_account(SETUP), now=now,
            valid_from=date(2020, 1, 1),
        )  # fmt: skip
    User.objects.update(must_change_password=False)
    worker, officer = Client(), Client()
    worker.force_login(User.objects.get(username="worker"))
    officer.force_login(User.objects.get(username="officer"))
    assert [worker.get(url).status_code for url in (START, batch)] == [200, 404]
    assert officer.get(START).status_code == 404
    assert Client().get(START).status_code == 302
    assert desk.get(batch.replace("people", "households")).status_code == 404
