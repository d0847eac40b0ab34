"""Pages of facilities: who gets which, and the way from a gap to a facility."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from sanshe.facilities import actions
from sanshe.facilities.access import SURVEYOR
from sanshe.facilities.models import AreaBorder, AreaPoint, DeveloperDuty, Facility, FacilityPlan, SiteStudy
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.register import registers
from sanshe.kernel.register.declare import check
from tests import facilities_cast as cast
from tests.facilities_cast import v

PEOPLE = ("公众", "居民", "干事", "书记", "专干", "外街道", "新区")
TABLE = """
index        | 302 302 302 302 200 200 200
communities  | 200 200 200 200 200 200 200
community    | 200 200 200 200 200 200 200
facility     | 200 200 200 200 200 200 200
map          | 200 200 200 200 200 200 200
plans        | 404 404 200 200 200 200 200
plan_new     | 404 404 404 200 200 404 200
plan         | 404 404 200 200 200 200 200
plan_finish  | 404 404 403 403 200 403 200
duty_new     | 404 404 404 404 200 404 200
duty         | 404 404 200 200 200 200 200
duty_build   | 404 404 403 403 200 403 200
point        | 404 404 200 200 200 404 200
border       | 404 404 404 404 200 404 200
sites        | 404 404 404 404 200 200 200
study        | 404 404 404 404 200 404 200
progress     | 404 404 404 404 200 404 200
"""


@pytest.fixture
def w(now):
    with clock.frozen(now):
        w = cast.world(now)
        cast.base(w.one, 1000, surveyed=True)
        w.facility = cast.facility(w.one, "culture_room", 100, name="文化室", lat=Decimal("29.6"), lng=Decimal("106.5"))
        cast.facility(w.one, "day_care", 50, "idle", name="老仓库")
        cast.room(w.facility, "culture", "二楼<b>书房</b>")
        cast.point(w.one, 29.6, 106.5, "甲园", 400)
        cast.point(w.one, 29.62, 106.5, "乙园", 600)
        w.site = cast.site(w.one, "空地", 29.62, 106.5, cost=500000)
        w.plan = actions.make_plan(
            area=w.one, means="new", kind="day_care", floor_area=Decimal(150), due=date(2027, 1, 1), by=v(w.officer),
            now=now,
        )  # fmt: skip
        w.duty = DeveloperDuty.objects.create(
            area=w.two, project="某项目", developer="某公司", floor_area=2700, parts=["day_care"], due=date(2026, 1, 1)
        )
        w.duty_one = DeveloperDuty.objects.create(
            area=w.one,
            project="另一项目",
            developer="某公司",
            floor_area=2700,
            parts=["day_care"],
            due=date(2027, 1, 1),
        )
        w.study = actions.ask_study(area=w.street, kind="", share=None, by=v(w.officer), now=now)
        yield w


def client(who=None) -> Client:
    found = Client()
    if who is not None:
        found.force_login(who)
    return found


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def url(name: str, w) -> str:
    at = {
        "community": [w.one.pk], "facility": [w.facility.pk], "plan_new": [w.one.pk], "plan": [w.plan.pk],
        "duty_new": [w.one.pk], "duty": [w.duty_one.pk], "point": [w.one.pk], "border": [w.street.pk],
        "study": [w.study.pk],
    }  # fmt: skip
    if name == "plan_finish":
        return reverse("facilities:plan_step", args=[w.plan.pk, "finish"])
    if name == "duty_build":
        return reverse("facilities:duty_step", args=[w.duty_one.pk, "build"])
    if name == "progress":
        return reverse("facilities:study_progress", args=[w.study.pk])
    return reverse(f"facilities:{name}", args=at.get(name, []))


def test_who_gets_which_page(w):
    people = [None, w.resident, w.worker, w.lead, w.officer, w.stranger, w.top]
    browsers = [client(who) for who in people]
    wrong = []
    for row in TABLE.strip().splitlines():
        name, _, wanted = row.partition("|")
        for who, browser, status in zip(PEOPLE, browsers, wanted.split(), strict=True):
            got = browser.get(url(name.strip(), w)).status_code
            if got != int(status):
                wrong.append(f"{name.strip()} {who}: {got}, not {status}")
    assert not wrong, "\n".join(wrong)


def test_the_answer_stands_first(w):
    page = text(client(w.officer).get(reverse("facilities:index")))
    assert (
        "1 个社区未达到设施标准，共差 200 平方米，缺得最多的是甲一社区（200 平方米），已列入计划的可以全部补齐。"
        in page
    )
    assert "另有 2 个社区无数据，不算达标也不算缺口。" in page
    home = text(client(w.top).get(reverse("facilities:index"), {"on": "bogus"}))
    assert "甲街道" in home and "没有看懂日期" in home


def test_the_public_sees_what_there_is_and_nothing_of_plans(w):
    page = text(client().get(url("community", w)))
    assert "文化室" in page and "有 1 处服务设施可以使用" in page
    assert "还差" not in page and "日照" not in page and "老仓库" not in page and "补齐" not in page
    assert "&lt;b&gt;" in client().get(url("facility", w)).content.decode()
    drawn = client().get(url("map", w), {"area": w.one.pk})
    assert "空地" not in drawn.content.decode() and "文化室" in text(drawn)
    assert "1000 户中，400 户（40.0%）" in text(drawn).replace(",", "")


def test_from_the_gap_to_a_facility(w):
    browser = client(w.officer)
    page = browser.get(url("plan_new", w), {"site": w.site.pk})
    assert page.context["form"].initial["site"] == w.site.pk and "可以先用起来的闲置设施" in text(page)
    given = {"means": "new", "kind": "police_room", "floor_area": "0", "due": "2027-02-01", "form_key": "a" * 32}
    assert browser.post(url("plan_new", w), given).status_code == 422
    given["floor_area"] = "60"
    first = browser.post(url("plan_new", w), given)
    again = browser.post(url("plan_new", w), given)
    assert first.status_code == again.status_code == 302 and first["Location"] == again["Location"]
    made = FacilityPlan.objects.get(kind="police_room")
    done = {"name": "新警务室", "floor_area": "61.5", "on": "2026-06-10", "form_key": "b" * 32}
    step = reverse("facilities:plan_step", args=[made.pk, "finish"])
    assert browser.post(step, {**done, "on": "2026-06-11"}).status_code == 422
    assert browser.post(step, done).status_code == 302
    assert Facility.objects.get(name="新警务室").floor_area == Decimal("61.5")
    assert "已成为新警务室" in text(browser.get(made.get_absolute_url()))


def test_a_duty_by_its_pages(w):
    browser = client(w.officer)
    parts = ["convenience_centre", "police_room", "day_care", "health_station", "culture_room", "greengrocer"]
    given = {"project": "三期", "developer": "某公司", "floor_area": "2600", "parts": parts, "due": "2027-02-01",
             "form_key": "c" * 32}  # fmt: skip
    page = browser.post(url("duty_new", w), given)
    assert page.status_code == 422 and "2700 平方米" in text(page) and "三期" in page.content.decode()
    assert browser.post(url("duty_new", w), {**given, "floor_area": "2700"}).status_code == 302
    made = DeveloperDuty.objects.get(project="三期")
    at = lambda name: reverse("facilities:duty_step", args=[made.pk, name])  # noqa: E731
    assert browser.post(at("build"), {"form_key": "d" * 32}).status_code == 302
    short = browser.post(at("check"), {"measured_area": "2650", "measured_parts": parts[:5], "form_key": "e" * 32})
    assert short.status_code == 422 and "菜店" in text(short)
    assert browser.post(at("check"), {"measured_area": "2700", "measured_parts": parts,
                                      "form_key": "e" * 32}).status_code == 302  # fmt: skip
    assert browser.post(at("hand_over"), {"name": "中心", "on": "2026-06-10", "form_key": "f" * 32}).status_code == 302
    assert "已移交，成为中心" in text(browser.get(made.get_absolute_url()))


def test_positions_and_borders_by_their_pages(w):
    browser = client(w.officer)
    given = {"what": "area", "lat": "29.6012345678", "lng": "106.5", "source": "现场", "form_key": "1" * 32}
    assert browser.post(url("point", w), given).status_code == 422
    assert browser.post(url("point", w), {**given, "lat": "29.601"}).status_code == 302
    assert AreaPoint.objects.get(area=w.one, place=None).lat == Decimal("29.601")
    whole = '{"type":"Polygon","coordinates":[[[106.5,29.6],[106.6,29.6],[106.6,29.7],[106.5,29.6]]]}'
    border = {"geojson": whole, "source": "规划图", "form_key": "2" * 32}
    assert browser.post(url("border", w), {**border, "geojson": "不是"}).status_code == 422
    assert browser.post(url("border", w), border).status_code == 302
    assert AreaBorder.objects.get().area == w.street


def test_tiles_come_only_from_where_the_setting_says(w, settings):
    plain = client().get(url("map", w))
    assert "tiles.example" not in plain.headers["Content-Security-Policy"]
    settings.SANSHE_TILES = "https://{s}.tiles.example/{z}/{x}/{y}.png"
    assert "img-src 'self' https://*.tiles.example " in client().get(url("map", w)).headers["Content-Security-Policy"]


def test_a_study_waits_then_shows_why(w):
    browser = client(w.officer)
    assert "正在计算" in text(browser.get(url("study", w)))
    actions.compute_study(study_id=w.study.pk, by=Viewer.system_account(SURVEYOR), now=w.now)
    page = text(browser.get(url("study", w)))
    assert "建议新增 1 处" in page and "从 400 户增加到" in page.replace(",", "") and "为什么选这些" in page
    assert browser.get(url("progress", w)).headers["HX-Redirect"] == w.study.get_absolute_url()
    page = browser.post(reverse("facilities:sites") + f"?area={w.street.pk}", {"kind": "", "share": "200"})
    assert page.status_code == 422
    asked = browser.post(reverse("facilities:sites") + f"?area={w.street.pk}", {"kind": "day_care", "share": "80"})
    assert asked.status_code == 302 and SiteStudy.objects.latest("pk").share == 80


def test_the_registers_are_sound_and_open(w):
    ours = {"facilities", "rooms", "community-bases", "area-points", "candidate-sites"}
    assert [problem for r in registers() if r.name in ours for problem in check(r)] == []
    browser = client(w.officer)
    for name in ours:
        assert browser.get(reverse("registers:rows", args=[name])).status_code == 200, name
    page = text(browser.get(reverse("registers:rows", args=["facilities"])))
    assert "文化室" in page and "文化活动室" in page
