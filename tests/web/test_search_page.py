"""The page of results: who finds what on it, numbers never in an address, hostile input."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.urls import reverse

from sanshe.kernel.search import keeping
from sanshe.matters.models import Matter
from sanshe.people.models import Person
from sanshe.web.finding.words import period
from tests.matters_cast import Cast, make_cast, report

NOW = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
HERE = reverse("web:search")


@pytest.fixture
def cast(db) -> Cast:
    cast = make_cast()
    cast.matter = report(cast, NOW, text="三栋<b>电梯</b>坏了，老人被困。")
    keeping.take()
    return cast


def page(client, cast: Cast, who: str, text: str, post: bool = False, **more):
    if who != "public":
        client.force_login(cast.users[who])
    ask = client.post if post else client.get
    return ask(HERE, {"q": text, **more}, follow=True)


@pytest.mark.parametrize(
    ("who", "finds"),
    [("desk", True), ("resident", True), ("street", True), ("handler", False), ("neighbour", False),
     ("desk_far", False), ("public", False), ("system_admin", False)],
)  # fmt: skip
def test_the_page_shows_what_one_may_see_with_the_words_marked(client, cast, who, finds):
    for post in (False, True):
        answer = page(client, cast, who, "老人被困", post=post)
        assert answer.status_code == 200
        text = answer.content.decode()
        assert ("<mark>老人被困</mark>" in text) == finds
        assert "<b>电梯" not in text
    assert page(client, cast, who, "").status_code == 200


def test_words_may_stand_in_the_address_numbers_never(client, cast):
    assert page(client, cast, "desk", "电梯", post=True).redirect_chain == [(f"{HERE}?q=%E7%94%B5%E6%A2%AF", 302)]
    for number in ("13900000001", "138-0000 0009", "５００１１２１９６００１０１０００Ｘ", "500112196001010000 电梯"):
        answer = page(client, cast, "desk", number, post=True)
        assert answer.status_code == 200 and not answer.redirect_chain
        assert page(client, cast, "desk", number).redirect_chain == [(HERE, 302)]
    assert "留的是这个电话" in page(client, cast, "desk", "139 0000 0001", post=True).content.decode()
    number = cast.matter.number
    assert page(client, cast, "desk", number, post=True).redirect_chain[0][0] == f"/matters/{cast.matter.pk}/"
    assert number not in page(client, cast, "neighbour", number, post=True).content.decode().replace(
        f'value="{number}"', ""
    ).replace(f"“{number}”", "")


@pytest.mark.parametrize(
    "text",
    ["梯", "%", "_", "\\", "'", "\0", "\x1b[0m", "😀", "电" * 200, "电梯 " * 60, "<script>alert(1)</script>", "a%00b",
     "{{ 7 }}"],
)  # fmt: skip
def test_nothing_typed_breaks_it(client, cast, text):
    for more in (
        {},
        {"kind": "matters", "page": "9", "deep": "1"},
        {"kind": "x", "area": "x", "since": "-1", "page": "²"},
    ):
        answer = page(client, cast, "desk", text, **more)
        assert answer.status_code == 200 and "<script>alert" not in answer.content.decode()


def test_one_character_is_explained_and_nothing_teaches(client, cast):
    assert "单个字" in page(client, cast, "desk", "梯").content.decode()
    assert "没有查到" in page(client, cast, "desk", "没有这样的事情").content.decode()
    assert "词语的一部分" in page(client, cast, "desk", "").content.decode()


def test_a_place_beside_other_words_narrows_to_it(client, cast):
    report(cast, NOW, who="neighbour", area="next", text="门口有人把老人被困的电梯停了", contact_phone="13900000002")
    shown = page(client, cast, "street", "银杏社区 老人").content.decode()
    assert "是地名" in shown and Matter.objects.latest("pk").number in shown and cast.matter.number not in shown
    plain = page(client, cast, "street", "银杏社区 老人", plain="1").content.decode()
    assert "是地名" not in plain


def test_what_is_public_knowledge_is_found_by_everybody(client, cast):
    shown = page(client, cast, "public", "违法搭建").content.decode()
    assert "<mark>违法搭建</mark>" in shown and f"#i-{cast.criteria['complex'].pk}" in shown


def test_the_platforms_own_pages_are_found_by_what_people_call_them(client, cast):
    shown = page(client, cast, "public", "投诉").content.decode()
    assert reverse("matters:new") in shown.split("<h2>在哪里办</h2>")[1].split("</section>")[0]
    assert "在哪里办" in page(client, cast, "desk", "台账").content.decode()


def test_traditional_signs_are_marked_where_they_stand(client, cast):
    shown = page(client, cast, "desk", "電梯").content.decode()
    assert "<mark>电梯</mark>" in shown


def test_a_time_beside_other_words_narrows_to_it(client, cast, monkeypatch):
    monkeypatch.setattr("sanshe.kernel.clock.now", lambda: NOW)
    assert cast.matter.number in page(client, cast, "desk", "老人被困 今天").content.decode()
    shown = page(client, cast, "desk", "老人被困 上周").content.decode()
    assert "是时间" in shown and cast.matter.number not in shown
    assert [str(day) for day in period("上周", NOW.date())] == ["2026-11-16", "2026-11-22"]


SUGGEST = reverse("web:search_suggest")


@pytest.mark.parametrize(
    ("who", "status", "finds"),
    [("desk", 200, True), ("street", 200, True), ("desk_far", 200, False), ("handler", 200, False),
     ("resident", 404, False), ("public", 404, False)],
)  # fmt: skip
def test_staff_are_shown_what_they_may_see_while_they_type(client, cast, who, status, finds):
    if who != "public":
        client.force_login(cast.users[who])
    assert client.get(SUGGEST).status_code == 405
    answer = client.post(SUGGEST, {"q": "三幢 電梯"})
    assert answer.status_code == status
    shown = answer.content.decode()
    assert (f'href="/matters/{cast.matter.pk}/"' in shown) == finds and "<b>" not in shown
    assert shown.count('role="option"') <= 11


def test_names_and_numbers_are_not_looked_up_while_one_types(client, cast, django_assert_max_num_queries):
    Person.objects.create(name="周婉容", area=cast.areas["home"], created_at=NOW)
    client.force_login(cast.users["desk"])
    assert "周婉容</mark>" not in client.post(SUGGEST, {"q": "周婉容"}).content.decode()
    for number in ("139 0000 0001", "500112196001010000"):
        shown = client.post(SUGGEST, {"q": number}).content.decode()
        assert "查这个号码" in shown and "href" not in shown
    with django_assert_max_num_queries(12):
        assert "href" not in client.post(SUGGEST, {"q": "电"}).content.decode()
    for odd in ("", "\0", "%", "<script>", "电" * 300, "{{ 7 }}"):
        assert client.post(SUGGEST, {"q": odd}).status_code == 200


def test_a_slow_kind_ends_the_suggestions_and_nothing_else(client, cast, monkeypatch):
    from django.db import connection

    from sanshe.kernel import search

    client.force_login(cast.users["desk"])
    quick = search.peek
    asked: list[str] = []

    def slow(thing, *rest):
        asked.append(thing.title)
        if len(asked) > 1:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(30)")
        return quick(thing, *rest)

    monkeypatch.setattr(search, "peek", slow)
    answer = client.post(SUGGEST, {"q": "老人被困"})
    assert answer.status_code == 200 and len(asked) == 2
    assert Matter.objects.filter(pk=cast.matter.pk).exists(), "the connection goes on"
