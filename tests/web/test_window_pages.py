"""The window's pages: who gets which status, the form without JavaScript, receipts, what another window may read."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from django.test import Client
from docx import Document

from sanshe.kernel import clock
from sanshe.matters import actions
from sanshe.matters.models import Matter, ServiceItem
from sanshe.people.public import invented_citizen_number, make_person
from tests.matters_cast import BEGAN, make_cast, report


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def moment(now, settings):
    settings.SANSHE_DEMO = True
    with clock.frozen(now):
        yield now


@pytest.fixture
def item(cast):
    return ServiceItem.objects.create(
        code="T-1", name="高龄津贴申请", field="养老服务", basis="测试条例", accepts="任一窗口", decides="平安办",
        days=10, valid_from=BEGAN, source="测试", who="八十岁以上的老人",
        materials=[{"name": "居民身份证", "known": "citizen_number"}, {"name": "银行卡", "original": True}],
    )  # fmt: skip


@pytest.fixture
def resident(cast, moment):
    return make_person(
        name="周小满", citizen_number=invented_citizen_number(date(1940, 3, 4)), phone="13900000099",
        address="3栋2单元501室", area=cast.areas["home"], by=cast.desk, now=moment,
    )  # fmt: skip


def as_(cast, name: str) -> Client:
    client = Client()
    if name != "public":
        client.force_login(cast.users[name], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


# Who: status of (desk, window, a matter that the far window took in, catalogue, item, its receipt in Word).
STATUSES = {
    "public": (302, 302, 302, 200, 200, 200),
    "resident": (404, 404, 404, 200, 200, 200),
    "desk": (200, 200, 404, 200, 200, 200),
    "desk_far": (200, 200, 200, 200, 200, 200),
    "worker": (200, 200, 404, 200, 200, 200),
    "lead": (404, 200, 404, 200, 200, 200),
    "street": (404, 404, 404, 200, 200, 200),
    "handler": (404, 404, 404, 200, 200, 200),
    "district": (404, 404, 404, 200, 200, 200),
}


def test_status_table(cast, moment, item):
    matter = report(cast, moment, who="desk_far", channel="desk")
    addresses = ("/matters/desk/", "/matters/window/", f"/matters/window/{matter.pk}/", "/matters/services/",
                 "/matters/services/T-1/", f"/matters/t/{matter.token}/receipt.docx")  # fmt: skip
    for who, expected in STATUSES.items():
        browser = as_(cast, who)
        assert tuple(browser.get(address).status_code for address in addresses) == expected, who
        for fragment in ("/matters/desk/materials/", "/matters/desk/sounds/"):
            answer = browser.post(fragment, {"text": "闻到煤气味", "service_text": "高龄"})
            assert answer.status_code == (302 if who == "public" else expected[0]), (who, fragment)
            assert browser.get(fragment).status_code in (302, 404, 405)
    assert as_(cast, "public").get("/matters/services/T-9/").status_code == 404


def test_what_another_window_may_read_is_not_the_person(cast, moment):
    matter = report(
        cast, moment, who="desk_far", channel="phone", text="三楼独居老人周小满家水管爆了", contact_name="周小满"
    )
    browser = as_(cast, "desk_far")
    for address in ("/matters/window/?elsewhere=on", f"/matters/window/{matter.pk}/"):
        page = browser.get(address).content.decode()
        assert matter.number in page and "待分流" in page
        for private in ("周小满", "水管", "13900000001", matter.token):
            assert private not in page, (address, private)
    assert "替别处受理" in browser.get("/matters/desk/").content.decode()


def test_an_application_without_javascript(cast, moment, item, resident):
    """Enter looks up, Enter files; the materials come first, what was typed stays, the receipt follows."""
    browser, home = as_(cast, "desk_far"), str(cast.areas["home"].pk)
    given = {"kind": "application", "channel": "phone", "caller": "周小满 3-2-501", "looked": "", "text": "腿脚不便",
             "service_text": "高龄津贴", "place_text": "", "area": "", "enter": "1", "form_key": "a" * 32}  # fmt: skip
    page = browser.post("/matters/desk/", given).content.decode()
    assert "已找到：周**" in page or "已找到：周" in page
    assert "周小满 ·" not in page and "腿脚不便" in page and not Matter.objects.exists()
    assert re.search(rf'<option value="{home}" selected', page), "where they live is filled in"
    given |= {"looked": "周小满 3-2-501", "person": str(resident.pk), "area": home}
    answer = browser.post("/matters/desk/", given)
    page = answer.content.decode()
    assert answer.status_code == 422 and "请核对「高龄津贴申请」的材料" in page and "1 份已有，无需提供" in page
    given |= {"materials_for": "T-1"}
    assert "银行卡" in browser.post("/matters/desk/", given).content.decode()
    answer = browser.post("/matters/desk/", given | {"material-1": "seen"})
    assert answer.status_code == 302, answer.content.decode()
    matter = Matter.objects.get()
    assert (matter.state, matter.person, matter.window) == ("assigned", resident, cast.areas["far"])
    filed = browser.get(answer["Location"]).content.decode()
    assert "登记下一件" in filed and "已有，无需提供" in filed and matter.number in filed
    word = Client().get(f"/matters/t/{matter.token}/receipt.docx")
    document = Document(io.BytesIO(word.content))
    text = "\n".join(p.text for p in document.paragraphs)
    text += "\n".join(c.text for t in document.tables for row in t.rows for c in row.cells)
    for said in (matter.number, "申请受理回执", "高龄津贴申请", "甲街道平安办", "已核原件", "已有，无需提供"):
        assert said in text, said
    assert len(document.inline_shapes) == 1, "the code that leads to the progress"


def test_the_unit_grants_on_its_page(cast, moment, item, resident):
    actions.look_up_caller(typed="13900000099", by=cast.desk, now=moment)
    matter = actions.file_matter(
        text="", area_id=cast.areas["home"].pk, kind="application", service_id=item.pk, channel="desk",
        person_id=resident.pk, materials={1: ("later", None)}, by=cast.desk, now=moment,
    )  # fmt: skip
    actions.accept(matter_id=matter.pk, by=cast.handler, now=moment)
    browser, address = as_(cast, "handler"), f"/matters/{matter.pk}/do/finish/"
    assert "准予" in browser.get(address).content.decode()
    early = browser.post(address, {"result": "符合条件，本月起发放。", "decision": "granted"})
    assert early.status_code == 422 and "没有补齐" in early.content.decode()
    page = browser.get(f"/matters/{matter.pk}/").content.decode()
    assert "容缺后补" in page and "高龄津贴申请" in page
    missing = matter.materials.get(state="later")
    assert as_(cast, "handler_far").post(f"/matters/material/{missing.pk}/", {"state": "seen"}).status_code == 404
    assert browser.post(f"/matters/material/{missing.pk}/", {"state": "lost"}).status_code == 422
    assert browser.post(f"/matters/material/{missing.pk}/", {"state": "seen"}).status_code == 302
    assert browser.post(address, {"result": "符合条件，本月起发放。", "decision": "granted"}).status_code == 302
    progress = Client().get(f"/matters/t/{matter.token}/").content.decode()
    assert "准予" in progress and "本月起发放" in progress
    # The form of a matter asks for no decision.
    from tests.matters_cast import handled

    other = handled(cast, moment)
    assert "准予" not in browser.get(f"/matters/{other.pk}/do/finish/").content.decode()


def test_what_sounds_urgent_is_said_at_once(cast, moment):
    browser = as_(cast, "desk")
    fragment = browser.post("/matters/desk/sounds/", {"text": "家里有煤气味"}).content.decode()
    assert "听起来紧急" in fragment and "燃气异味" in fragment
    assert "听起来紧急" not in browser.post("/matters/desk/sounds/", {"text": "路灯不亮"}).content.decode()
    answer = browser.post("/matters/desk/", {
        "kind": "matter", "channel": "phone", "text": "家里有煤气味", "area": cast.areas["home"].pk})  # fmt: skip
    page = browser.get(answer["Location"]).content.decode()
    assert "听起来紧急" in page and "马上分流" in page


def test_the_catalogue_is_searched_and_says_what_to_bring(cast, moment, item):
    browser = Client()
    page = browser.get("/matters/services/?text=高龄 老人").content.decode()
    assert "高龄津贴申请" in page and "10 个工作日" in page
    assert "没有相符的事项" in browser.get("/matters/services/?text=护照").content.decode()
    page = browser.get("/matters/services/T-1/").content.decode()
    assert "银行卡" in page and "档案里有公民身份号码的，不用带" in page and "任一社区、街道窗口" in page
