"""The pages of matters: who gets which status, the happy paths, hostile input, and how many queries each takes."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from sanshe.kernel import clock
from sanshe.matters.models import CallBack, Matter, Rating
from tests.matters_cast import assigned, done, guided, handled, joint, make_cast, report


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def moment(now, settings):
    settings.SANSHE_DEMO = True  # no second factor is asked of the demo's accounts
    with clock.frozen(now):
        yield now


def as_(cast, name: str) -> Client:
    """A browser of that person."""
    client = Client()
    if name != "public":
        client.force_login(cast.users[name], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def photo(name: str = "p.jpg", exif: bool = True) -> SimpleUploadedFile:
    """A small photo with a position in its EXIF."""
    out = io.BytesIO()
    picture = Image.new("RGB", (40, 30), "green")
    marks = Image.Exif()
    if exif:
        marks[0x010F] = "Camera"
        marks.get_ifd(0x8825)[1] = "N"
    picture.save(out, "JPEG", exif=marks)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


PEOPLE = ("public", "resident", "neighbour", "desk", "desk_far", "lead", "street", "district", "handler", "handler_far")
# Who: status of (board, list, desk, page, public page, progress, triage form, my matters).
STATUSES = {
    "public": (200, 302, 302, 302, 200, 200, 404, 302),
    "resident": (200, 404, 404, 302, 200, 200, 403, 200),
    "neighbour": (200, 404, 404, 404, 200, 200, 404, 200),
    "desk": (200, 200, 200, 200, 200, 200, 409, 200),
    "desk_far": (200, 200, 200, 404, 200, 200, 404, 200),
    "lead": (200, 200, 404, 200, 200, 200, 403, 200),
    "street": (200, 200, 404, 200, 200, 200, 403, 200),
    "district": (200, 200, 404, 200, 200, 200, 403, 200),
    "handler": (200, 200, 404, 200, 200, 200, 403, 200),
    "handler_far": (200, 200, 404, 404, 200, 200, 404, 200),
}


@pytest.mark.parametrize("who", PEOPLE)
def test_status_table(cast, moment, who):
    matter = assigned(cast, moment)
    browser = as_(cast, who)
    addresses = (
        "/matters/", "/matters/list/", "/matters/desk/", f"/matters/{matter.pk}/", f"/matters/p/{matter.number}/",
        f"/matters/t/{matter.token}/", f"/matters/{matter.pk}/do/triage_government/", "/matters/mine/",
    )  # fmt: skip
    assert tuple(browser.get(address).status_code for address in addresses) == STATUSES[who]


def test_what_is_not_released_is_not_public(cast, moment):
    matter = report(cast, moment)
    page = as_(cast, "public").get(f"/matters/p/{matter.number}/")
    assert page.status_code == 404
    matter = assigned(cast, moment, matter=matter)
    for address in ("/matters/", f"/matters/p/{matter.number}/"):
        text = as_(cast, "public").get(address).content.decode()
        assert "道路照明" in text and "甲街道平安办" in text
        assert "/p/" not in address or "大事：道路照明" in text, "the public's line of the thread"
        for private in ("看不清路", "王女士", "13900000001", matter.token, "测试1号"):
            assert private not in text, private


# -- filing ------------------------------------------------------------------------------------------------------------


def file_by_web(browser: Client, cast, **more):
    given = {"text": "楼道灯坏了", "area": cast.areas["home"].pk, "place_text": "3 栋", **more}
    return browser.post("/matters/new/", given)


def test_anyone_files_and_sees_progress_without_an_account(cast, moment):
    browser = Client()
    assert browser.get("/matters/new/").status_code == 200
    answer = file_by_web(browser, cast, photos=[photo(), photo("b.jpg")], contact_phone="139 0000 0001")
    matter = Matter.objects.get()
    assert answer.status_code == 302 and answer["Location"] == f"/matters/filed/{matter.token}/"
    filed = browser.get(answer["Location"]).content.decode()
    assert (matter.number in filed and "6月18日" in filed and "<svg" in filed) or "data:image" in filed
    assert matter.contact_phone == "13900000001"
    assert matter.attachments.count() == 2
    shown = Client().get(f"/matters/t/{matter.token}/photo/{matter.attachments.first().pk}/")
    assert shown.status_code == 200
    assert not dict(Image.open(io.BytesIO(b"".join(shown.streaming_content))).getexif())
    assert Client().get(f"/matters/t/{matter.token}/").status_code == 200
    assert Client().get("/matters/t/" + "x" * 22 + "/").status_code == 404
    assert Client().get(f"/matters/t/{matter.token}/receipt/").status_code == 200


def test_the_place_finds_the_community(cast, moment):
    from sanshe.areas.public import Place

    Place.objects.create(name="悦澜小区", area=cast.areas["home"])
    browser = Client()
    answer = browser.post("/matters/new/", {"text": "楼道灯坏了", "place_text": "悦澜小区 3 栋"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "是这个社区吗" in page and "楼道灯坏了" in page
    answer = browser.post(
        "/matters/new/",
        {"text": "楼道灯坏了", "place_text": "悦澜小区 3 栋", "suggested": cast.areas["home"].pk},
    )
    assert answer.status_code == 302
    matter = Matter.objects.get()
    assert matter.area == cast.areas["home"] and matter.place.name == "悦澜小区"
    fragment = browser.get("/matters/places/?place_text=悦澜").content.decode()
    assert "梧桐社区" in fragment


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"text": ""}, "请写明是什么事"),
        ({"text": "   \n "}, "请写明是什么事"),
        ({"text": "字" * 5001}, "最多 5000 个字，现在有 5001 个字"),
        ({"text": "灯坏了", "area": ""}, "请选择事情发生在哪个社区"),
        ({"text": "灯坏了", "area": "999999"}, "请从列出的社区中选择"),
        ({"text": "灯坏了", "area": "1 OR 1=1"}, "请从列出的社区中选择"),
        ({"text": "灯坏了", "contact_phone": "12345"}, "手机号码应为 11 位"),
        ({"text": "灯坏了", "contact_name": "王" * 41}, "最多 40 个字"),
    ],
)
def test_wrong_input_is_answered_with_a_sentence_and_kept(cast, moment, given, sentence):
    answer = file_by_web(Client(), cast, **given)
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page
    assert "3 栋" in page and not Matter.objects.exists()


def test_hostile_text_is_kept_as_text(cast, moment):
    nasty = "<script>alert(1)</script>'; DROP TABLE x;-- \x00\u202e灯坏了"
    assert file_by_web(Client(), cast, text=nasty).status_code == 302
    matter = Matter.objects.get()
    assert matter.text == "<script>alert(1)</script>'; DROP TABLE x;-- 灯坏了"
    page = Client().get(f"/matters/t/{matter.token}/").content.decode()
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page


def test_a_file_that_says_it_is_a_picture_and_is_not(cast, moment):
    fake = SimpleUploadedFile("p.jpg", b"<html>not a picture</html>", "image/jpeg")
    answer = file_by_web(Client(), cast, photos=[fake])
    assert answer.status_code == 422 and "这不是一张照片" in answer.content.decode()
    assert not Matter.objects.exists()
    answer = file_by_web(Client(), cast, photos=[photo(f"{n}.jpg") for n in range(7)])
    assert answer.status_code == 422 and "一次最多上传 6 张照片" in answer.content.decode()


def test_a_double_click_files_one_matter(cast, moment):
    browser, key = Client(), "k" * 32
    first = file_by_web(browser, cast, form_key=key)
    second = file_by_web(browser, cast, form_key=key)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"] and Matter.objects.count() == 1


def test_the_desk_files_for_a_caller(cast, moment):
    browser = as_(cast, "desk")
    found = browser.post("/matters/desk/", {"caller": "13900000088", "look": "1"})
    assert found.status_code == 200 and "13900000088" in found.content.decode()
    answer = browser.post("/matters/desk/", {
        "channel": "phone", "contact_name": "李大爷", "contact_phone": "13900000088", "text": "井盖松了",
        "area": cast.areas["home"].pk, "place_text": "东门", "wants_reply": "on",
    })  # fmt: skip
    matter = Matter.objects.get()
    assert answer.status_code == 302 and (matter.channel, matter.filed_by_id) == ("phone", cast.users["desk"].pk)
    assert "登记下一件" in browser.get(answer["Location"]).content.decode()


def test_the_desk_finds_a_caller_by_number(cast, moment):
    from sanshe.people.public import Person, invented_citizen_number, make_person

    number = invented_citizen_number(date(1956, 3, 4))
    make_person(name="周小满", citizen_number=number, phone="13900000099", area=cast.areas["home"], by=cast.desk,
                now=moment)  # fmt: skip
    browser = as_(cast, "desk")
    page = browser.post("/matters/desk/", {"caller": number, "look": "1"}).content.decode()
    assert "周小满" in page and number not in page.replace(f'value="{number}"', "")
    person = Person.objects.get()
    answer = browser.post("/matters/desk/", {
        "caller": number, "person": person.pk, "channel": "desk", "text": "井盖松了", "area": cast.areas["home"].pk,
    })  # fmt: skip
    assert answer.status_code == 302
    matter = Matter.objects.get()
    assert (matter.person, matter.contact_name, matter.contact_phone) == (person, "周小满", "13900000099")
    assert person.reads.count() >= 1


def test_progress_by_number_and_phone(cast, moment):
    matter = report(cast, moment)
    browser = Client()
    wrong = browser.post("/matters/find/", {"number": matter.number, "phone": "13900000002"})
    assert wrong.status_code == 422 and "对不上" in wrong.content.decode()
    right = browser.post("/matters/find/", {"number": matter.number.replace("-", ""), "phone": "139-0000-0001"})
    assert right["Location"] == f"/matters/t/{matter.token}/"
    bad = browser.post("/matters/find/", {"number": "123", "phone": "1"})
    assert bad.status_code == 422 and "编号有误" in bad.content.decode()


# -- steps in the browser ----------------------------------------------------------------------------------------------


def test_triage_by_its_page(cast, moment):
    matter = report(cast, moment)
    browser = as_(cast, "desk")
    page = browser.get(f"/matters/{matter.pk}/").content.decode()
    assert "分流建议" in page and "「路灯不亮」" in page
    address = f"/matters/{matter.pk}/do/triage_government/"
    form = browser.get(address).content.decode()
    assert "道路照明" in form and "甲街道平安办" in form and "乙街道平安办" not in form
    assert re.search(r'<option value="" selected>请选择依据的标准</option>', form), "nothing is chosen beforehand"
    wrong = browser.post(address, {"reason": "属于市政设施"})
    assert wrong.status_code == 422 and "请选择依据的分流标准" in wrong.content.decode()
    right = browser.post(address, {
        "criterion": cast.criteria["lamp"].pk, "reason": "属于市政设施", "host_unit": cast.bodies["unit"].pk,
        "assisting": [cast.bodies["helper_unit"].pk], "assist_part": "提供图纸", "public": "on",
    })  # fmt: skip
    assert right.status_code == 302, right.content.decode()
    matter.refresh_from_db()
    assert matter.state == "assigned" and matter.assists.count() == 1
    late = as_(cast, "desk2").post(address, {"criterion": cast.criteria["lamp"].pk, "reason": "我也分流",
                                             "host_unit": cast.bodies["unit"].pk})  # fmt: skip
    assert late.status_code == 409 and "测试3号" in late.content.decode() and "我也分流" in late.content.decode()


def test_the_receipt_opens_the_reporter_s_steps_and_no_others(cast, moment):
    matter = done(cast, moment, who="public")
    browser = Client()
    page = browser.get(f"/matters/t/{matter.token}/").content.decode()
    assert "评价这次办理" in page and "重新打开" in page
    for step in ("finish", "triage_government", "oversee", "retriage", "nothing"):
        assert browser.get(f"/matters/t/{matter.token}/do/{step}/").status_code in (403, 404)
    rate = f"/matters/t/{matter.token}/do/rate/"
    for _ in range(3):  # a mail scanner opens links: nothing is used up
        assert browser.get(rate).status_code == 200
    assert not Rating.objects.exists()
    assert browser.post(rate, {}).status_code == 422
    assert browser.post(rate, {"grade": "9"}).status_code == 422
    assert browser.post(rate, {"grade": "1", "speed": "2", "comment": "没修好"}).status_code == 302
    assert CallBack.objects.count() == 1
    again = browser.post(rate, {"grade": "5"})
    assert again.status_code == 422 and "只评价一次" in again.content.decode()
    assert browser.post(f"/matters/t/{matter.token}/do/reopen/", {"reason": "还是不亮"}).status_code == 302
    matter.refresh_from_db()
    assert matter.state == "handling"


def test_staff_pages_never_show_receipt_or_phone(cast, moment):
    matter = handled(cast, moment)
    for who in ("handler", "desk", "street"):
        page = as_(cast, who).get(f"/matters/{matter.pk}/").content.decode()
        assert matter.token not in page and "13900000001" not in page
    browser = as_(cast, "handler")
    asked = browser.post(f"/matters/{matter.pk}/contact/", {"reason": ""})
    assert asked.status_code == 422
    shown = browser.post(f"/matters/{matter.pk}/contact/", {"reason": "约上门时间"})
    assert "13900000001" in shown.content.decode()


def test_the_reporter_is_led_to_the_progress(cast, moment):
    matter = assigned(cast, moment)
    answer = as_(cast, "resident").get(f"/matters/{matter.pk}/")
    assert answer["Location"] == f"/matters/t/{matter.token}/"


@pytest.mark.parametrize("make", [report, assigned, handled, done, joint, guided])
@pytest.mark.parametrize("who", ["desk", "lead", "street", "handler"])
def test_pages_of_every_state(cast, moment, make, who):
    matter = make(cast, moment)
    answer = as_(cast, who).get(f"/matters/{matter.pk}/")
    assert answer.status_code in (200, 404)
    assert Client().get(f"/matters/t/{matter.token}/").status_code == 200


def test_parts_are_answered_on_the_page(cast, moment):
    matter = handled(cast, moment)
    unit, street = as_(cast, "handler"), as_(cast, "street")
    assert unit.post(f"/matters/{matter.pk}/do/extend/", {"days": "5", "reason": "等配件"}).status_code == 302
    extension = matter.extensions.get()
    assert "申请延长 5 个工作日" in street.get(f"/matters/{matter.pk}/").content.decode()
    assert street.post(f"/matters/extension/{extension.pk}/do/grant/", {"answer": ""}).status_code == 302
    until = (moment + timedelta(days=2)).date().isoformat()
    assert street.post(f"/matters/{matter.pk}/do/oversee/", {"requirement": "尽快", "until": until}).status_code == 302
    order = matter.oversightorders.get()
    assert unit.post(f"/matters/oversight/{order.pk}/do/answer/", {"answer": "已派人"}).status_code == 302
    assert street.post(f"/matters/oversight/{order.pk}/do/close/", {"closing": ""}).status_code == 302


def test_help_between_neighbours(cast, moment):
    matter = guided(cast, moment)
    neighbour = as_(cast, "neighbour")
    assert "我来搭把手" in neighbour.get(f"/matters/p/{matter.number}/").content.decode()
    answer = neighbour.post(f"/matters/p/{matter.number}/help/", {"text": "我会修，周末有空。"})
    offer = matter.helpoffers.get()
    assert answer["Location"] == f"/matters/help/{offer.pk}/"
    assert "13900000001" not in neighbour.get(f"/matters/help/{offer.pk}/").content.decode()
    resident = as_(cast, "resident")
    assert resident.post(f"/matters/help/{offer.pk}/do/accept/", {}).status_code == 302
    assert "13900000001" in neighbour.get(f"/matters/help/{offer.pk}/").content.decode()
    assert "13800000002" in resident.get(f"/matters/help/{offer.pk}/").content.decode()
    assert as_(cast, "desk_far").get(f"/matters/help/{offer.pk}/").status_code == 404


def test_filters_take_anything(cast, moment):
    matter = assigned(cast, moment)
    browser = as_(cast, "desk")
    odd = "state=overdue state=nonsense area=x route=government unit=abc text=路灯 text=%00 after=1-1 after=x"
    odd += " before=9999999999999999-1 after=99999999999999999-9 urgent=on month=2026-06 month=x help=on"
    for query in [*odd.split(), f"text={matter.number}", f"area={cast.areas['street'].code}"]:
        assert browser.get(f"/matters/list/?{query}").status_code == 200, query
        assert browser.get(f"/matters/?{query}").status_code == 200, query
    assert matter.title in browser.get(f"/matters/list/?text={matter.number}").content.decode()
    assert matter.title in browser.get("/matters/list/?text=路灯").content.decode()
    assert matter.title not in browser.get("/matters/list/?text=不存在的词").content.decode()


def test_pages_by_key_walk_all_rows_once(cast, moment):
    for n in range(45):
        assigned(cast, moment - timedelta(minutes=n % 7))
    browser, seen, address = Client(), [], "/matters/"
    for _ in range(5):
        page = browser.get(address).content.decode()
        seen += re.findall(r"/matters/p/([0-9-]+)/", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if not following:
            break
        address = following.group(1).replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 45
    assert 'rel="prev"' in page


# -- queries -----------------------------------------------------------------------------------------------------------

# Golden: a page that needs more must be looked at before its number is raised.
QUERIES = {"board": 5, "list": 11, "page": 14, "progress": 10, "new": 6}


def count(browser: Client, address: str) -> int:
    browser.get(address)  # sessions and caches are warm
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert browser.get(address).status_code == 200
    return len(seen)


def test_queries_do_not_grow(cast, moment):
    matter = handled(cast, moment)
    pages = {
        "board": (Client(), "/matters/"),
        "list": (as_(cast, "desk"), "/matters/list/"),
        "page": (as_(cast, "desk"), f"/matters/{matter.pk}/"),
        "progress": (Client(), f"/matters/t/{matter.token}/"),
        "new": (Client(), "/matters/new/"),
    }
    few = {name: count(*where) for name, where in pages.items()}
    for _ in range(25):
        done(cast, moment)
    many = {name: count(*where) for name, where in pages.items()}
    assert many == few
    assert few == QUERIES
