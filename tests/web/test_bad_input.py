"""What people really send: too short, too long, only pictures, odd signs; the same again and again. By form and API."""

from __future__ import annotations

import base64
import io
import threading
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from PIL import Image

from sanshe.kernel import clock, floods, params
from sanshe.matters.models import Matter
from sanshe.matters.noticing import notes_of
from sanshe.people.public import invented_citizen_number
from tests import exchange_cast
from tests.matters_cast import assigned, make_cast, report

CITIZEN = invented_citizen_number(date(1980, 1, 7))


def photo(colour=(1, 2, 3)) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), colour).save(out, "JPEG")
    out.seek(0)
    out.name = "a.jpg"
    return out


@pytest.fixture
def w(now):
    with clock.frozen(now):
        yield make_cast()


def post(w, text="小区门口的路灯不亮。", client=None, **more):
    form = {"text": text, "area": w.areas["home"].pk, **more}
    return (client or Client()).post("/matters/new/", form, REMOTE_ADDR=more.pop("address", "203.0.113.5"))


TEXTS = {
    "one character": ("修", "修"),
    "traditional": ("電梯壞了，請盡快維修", "電梯壞了，請盡快維修"),
    "emoji": ("电梯坏了😡😡👴", "电梯坏了😡😡👴"),
    "NUL and control characters": ("电\x00梯\x07坏\u202e了\ufeff", "电梯坏了"),
    "insult": ("你们这群废物，电梯坏了三天", "你们这群废物，电梯坏了三天"),
    "numbers of others": (f"3 栋张某 {CITIZEN} 13900000002 占道", f"3 栋张某 {CITIZEN} 13900000002 占道"),
    "markup": ("<script>alert(1)</script>电梯", "<script>alert(1)</script>电梯"),
    "4,999 and a newline": ("长" * 4999 + "\n", "长" * 4999),
}


@pytest.mark.parametrize("way", ["form", "program"])
@pytest.mark.parametrize("case", TEXTS)
def test_odd_texts_are_taken_as_they_are(w, now, way, case):
    sent, kept = TEXTS[case]
    if way == "form":
        answer = post(w, sent)
        assert answer.status_code == 302, answer.content.decode()[:500]
    else:
        head = exchange_cast.token(w, now, "resident")
        body = {"text": sent, "area": w.areas["home"].code}
        answer = Client().post("/api/v1/matters", body, content_type="application/json", **head)
        assert answer.status_code == 200, answer.content.decode()
    assert Matter.objects.get().text == kept


@pytest.mark.parametrize("way", ["form", "program"])
@pytest.mark.parametrize(
    ("sent", "said"),
    [("", "请写明是什么事"), (" \x00\u200b ", "请写明是什么事"), ("长" * 50_000, "最多 5000 个字，现在有 50000 个字")],
)
def test_what_can_not_be_taken_is_said_and_not_lost(w, now, way, sent, said):
    if way == "form":
        answer = post(w, sent)
        text = answer.content.decode()
        assert sent.strip(" \x00\u200b")[:2000] in text, "what was typed is still in the form"
    else:
        head = exchange_cast.token(w, now, "resident")
        body = {"text": sent, "area": w.areas["home"].code}
        answer = Client().post("/api/v1/matters", body, content_type="application/json", **head)
        text = answer.json()["error"]["fields"]["text"]
    assert answer.status_code == 422 and said in text
    assert not Matter.objects.exists()


def test_only_pictures_are_enough(w, now):
    assert post(w, "", photos=[photo(), photo((9, 9, 9))]).status_code == 302
    head = exchange_cast.token(w, now, "resident")
    body = {"text": "", "area": w.areas["home"].code, "photos": [base64.b64encode(photo().read()).decode()]}
    assert Client().post("/api/v1/matters", body, content_type="application/json", **head).status_code == 200
    assert [m.attachments.count() for m in Matter.objects.order_by("pk")] == [2, 1]
    assert set(Matter.objects.values_list("title", flat=True)) == {"只有照片的反映"}


def test_staff_notice_numbers_and_harsh_words_and_the_public_does_not_read_the_numbers(w, now):
    matter = report(w, now, text=f"这帮饭桶！{CITIZEN} 的车挡道，打 13900000002 没人接", contact_phone="")
    said = " ".join(notes_of(matter))
    assert "公民身份号码" in said and "言辞比较激烈，照常受理" in said
    public = {"public_title": "车挡道，电话 13900000002", "public_text": f"车主 {CITIZEN}"}
    matter = assigned(w, now, matter=matter, **public)
    page = Client().get(f"/matters/p/{matter.number}/").content.decode()
    assert "车挡道" in page and "13900000002" not in page and CITIZEN not in page
    assert notes_of(report(w, now, text="路灯不亮")) == []


# -- floods ------------------------------------------------------------------------------------------------------------


def test_the_same_from_one_address_is_one_matter_and_every_one_is_counted(w, now):
    browser = Client()
    assert post(w, client=browser).url.startswith("/matters/filed/")
    for _ in range(20):
        assert post(w).status_code == 302
    matter = Matter.objects.get()
    assert floods.followed("matter_again", matter.pk)[0] == 20
    assert any("20 次" in said for said in notes_of(matter))
    assert matter.token in post(w, client=browser).url, "the browser that filed it is led to its receipt"
    other = post(w)
    assert matter.token not in other.url and other.url == "/matters/find/", "who only has the address is not"


def test_a_forwarded_header_changes_nothing(w):
    for n in range(5):
        Client().post(
            "/matters/new/", {"text": "路灯不亮", "area": w.areas["home"].pk}, REMOTE_ADDR="203.0.113.5",
            HTTP_X_FORWARDED_FOR=f"198.51.100.{n}", HTTP_X_REAL_IP=f"198.51.100.{n}",
        )  # fmt: skip
    assert Matter.objects.count() == 1


def test_one_behind_an_address_does_not_block_the_others(w, now):
    limit = params.get("matter.filing_hourly").value
    for n in range(limit):
        assert post(w, f"第 {n} 件事，各不相同").status_code == 302
    refused = post(w, "又一件不同的事")
    assert refused.status_code == 422 and "请填写联系电话后再提交" in refused.content.decode()
    assert "又一件不同的事" in refused.content.decode()
    assert post(w, "邻居的一件事", contact_phone="13900000055").status_code == 302
    signed = Client()
    signed.force_login(w.users["neighbour"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert post(w, "登录的邻居的一件事", client=signed).status_code == 302
    assert Matter.objects.count() == limit + 2


def test_a_phone_and_an_account_have_their_limits(w, now):
    for n in range(params.get("intake.phone_hourly").value):
        assert post(w, f"事情 {n}", contact_phone="13900000055", address=f"203.0.113.{n}").status_code == 302
    assert "这个联系电话一小时内" in post(w, "再一件", contact_phone="139 0000 0055").content.decode()
    signed = Client()
    signed.force_login(w.users["resident"], backend="allauth.account.auth_backends.AuthenticationBackend")
    for n in range(params.get("intake.account_hourly").value):
        assert post(w, f"事情 {n}", client=signed).status_code == 302
    assert "您一小时内已经提交" in post(w, "再一件", client=signed).content.decode()
    # The desk files for callers without a limit.
    desk = Client()
    desk.force_login(w.users["desk"], backend="allauth.account.auth_backends.AuthenticationBackend")
    for _ in range(3):
        report(w, now, who="desk", channel="phone", text="同样的话")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_matter(w):
    gate, codes = threading.Barrier(6), []

    def send():
        gate.wait()
        try:
            codes.append(post(w).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    [t.start() for t in threads], [t.join() for t in threads]
    assert codes == [302] * 6 and Matter.objects.count() == 1
    assert floods.followed("matter_again", Matter.objects.get().pk)[0] == 5
