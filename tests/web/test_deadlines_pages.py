"""Oversight, stand-ins, leaving, a dissolved unit: who gets which status, and the happy paths."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from sanshe.accounts.models import StandIn
from sanshe.accounts.public import Post, Role
from sanshe.kernel import clock
from sanshe.matters import actions
from sanshe.matters.models import Assist, Matter, OversightOrder
from tests.matters_cast import BEGAN, assigned, done, handled, make_cast


@pytest.fixture
def cast():
    found = make_cast()
    Post.objects.create(
        user=found.users["neighbour"], role=Role.SECURITY_ADMIN, area=found.areas["district"], valid_from=BEGAN
    )
    return found


@pytest.fixture
def moment(now, settings):
    settings.SANSHE_DEMO = True  # no second factor is asked of the demo's accounts
    with clock.frozen(now):
        yield now


def as_(cast, name: str) -> Client:
    client = Client()
    if name != "public":
        client.force_login(cast.users[name], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


# Who: status of (orders, stand-ins, new stand-in for oneself, leaving, dissolving the unit, ending a matter).
STATUSES = {
    "public": (302, 302, 302, 302, 302, 404),
    "resident": (404, 404, 404, 404, 404, 403),
    "desk": (200, 200, 200, 404, 404, 403),
    "lead": (200, 200, 200, 404, 404, 403),
    "street": (200, 200, 200, 404, 200, 403),
    "district": (200, 200, 200, 404, 200, 403),
    "handler": (200, 200, 200, 404, 404, 403),
    "unit_lead": (200, 200, 200, 404, 404, 200),
    "neighbour": (404, 200, 404, 200, 404, 404),
    "auditor": (404, 200, 404, 404, 404, 404),
}


@pytest.mark.parametrize("who", STATUSES)
def test_status_table(cast, moment, who):
    matter = handled(cast, moment)
    browser = as_(cast, who)
    addresses = (
        "/matters/oversight/", "/account/stand-ins/", "/account/stand-ins/new/",
        f"/account/users/{cast.users['handler'].pk}/leave/", f"/areas/bodies/{cast.bodies['unit'].pk}/end/",
        f"/matters/{matter.pk}/do/terminate/",
    )  # fmt: skip
    found = tuple(browser.get(address).status_code for address in addresses)
    assert found == STATUSES[who]


def test_orders_are_listed_narrowed_and_counted(cast, moment):
    matter = handled(cast, moment)
    late = moment + timedelta(days=30)
    with clock.frozen(late):
        actions.run_clock(late)
        browser = as_(cast, "street")
        page = browser.get("/matters/oversight/?state=open&rule=overdue&area=x&unit=9999999&page=77")
        assert page.status_code == 200 and "逾期未办" in page.content.decode() and str(matter) in page.content.decode()
        assert "没有符合条件的督办单" in browser.get("/matters/oversight/?rule=hand").content.decode()
        shown = browser.get(f"/matters/{matter.pk}/").content.decode()
        assert "按规则发出" in shown and "（已上报社区事务服务中心和新区）" in shown
        assert OversightOrder.objects.count() == 1


def test_the_form_of_finishing_holds_the_answers_and_asks_why_not_wait(cast, moment):
    matter = handled(cast, moment)
    host = as_(cast, "handler")
    unit = cast.bodies["helper_unit"].pk
    asked = host.post(f"/matters/{matter.pk}/do/ask_assist/", {"unit": unit, "part": "请查图纸", "until": ""})
    assert asked.status_code == 302 and Assist.objects.get().part == "请查图纸"
    refused = host.post(f"/matters/{matter.pk}/do/finish/", {"result": "已经修好了。"})
    assert refused.status_code == 422 and "还没有答复协办" in refused.content.decode()
    actions.answer_assist(assist_id=Assist.objects.get().pk, answer="图纸已查", by=cast.assistant, now=moment)
    page = host.get(f"/matters/{matter.pk}/do/finish/").content.decode()
    assert "甲街道物业科：图纸已查" in page and "为什么不等协办答复" not in page


def test_returning_by_the_form(cast, moment):
    matter = assigned(cast, moment)
    browser = as_(cast, "handler")
    refused = browser.post(f"/matters/{matter.pk}/do/return/", {"ground": "busy", "reason": "人手不够"})
    assert refused.status_code == 422 and "不属于所列情形的，不能退回" in refused.content.decode()
    assert "人手不够" in refused.content.decode()
    sent = browser.post(f"/matters/{matter.pk}/do/return/", {"ground": "other_place", "reason": "在乙街道"})
    assert sent.status_code == 302
    assert "地点不在本单位的管辖范围" in as_(cast, "desk").get(f"/matters/{matter.pk}/").content.decode()


def test_the_reporter_reads_why_it_ended_and_objects_with_the_receipt(cast, moment):
    matter = handled(cast, moment)
    given = {"reason": "楼栋已征收搬空，无需再修。", "review": "现场核实，附征收公告，两人复核。"}
    actions.terminate(matter_id=matter.pk, **given, by=cast.unit_lead, now=moment)
    page = as_(cast, "public").get(f"/matters/t/{matter.token}/").content.decode()
    assert "楼栋已征收搬空" in page and "对终止办理提出异议" in page and "两人复核" not in page
    sent = as_(cast, "public").post(f"/matters/t/{matter.token}/do/object_ending/", {"reason": "我家还住着。"})
    assert sent.status_code == 302
    assert "您对终止办理的异议" in as_(cast, "public").get(f"/matters/t/{matter.token}/").content.decode()
    assert "答复分流异议" in as_(cast, "street").get("/workbench/").content.decode()


def test_a_stand_in_is_set_seen_in_the_to_do_list_and_ended(cast, moment):
    matter = assigned(cast, moment)
    desk = as_(cast, "desk")
    post = Post.objects.get(user=cast.users["desk"]).pk
    given = {"posts": [post], "substitute": cast.users["worker"].pk, "first_day": "2026-06-10",
             "last_day": "2026-06-01", "reason": "休假"}  # fmt: skip
    wrong = desk.post("/account/stand-ins/new/", given)
    assert wrong.status_code == 422 and "结束日不能早于开始日" in wrong.content.decode()
    assert desk.post("/account/stand-ins/new/", {**given, "last_day": "2026-06-12"}).status_code == 302
    actions.return_matter(matter_id=matter.pk, ground="other_unit", reason="归市政", by=cast.handler, now=moment)
    assert "代 测试3号" in as_(cast, "worker").get("/workbench/").content.decode()
    row = StandIn.objects.get()
    assert as_(cast, "handler").post(f"/account/stand-ins/{row.pk}/end/").status_code == 404
    assert as_(cast, "worker").post(f"/account/stand-ins/{row.pk}/end/").status_code == 302
    assert "代 测试3号" not in as_(cast, "worker").get("/workbench/").content.decode()


def test_leaving_lists_what_hangs_on_the_account_and_moves_it(cast, moment):
    matter = handled(cast, moment)
    done(cast, moment)
    browser = as_(cast, "neighbour")
    address = f"/account/users/{cast.users['handler'].pk}/leave/"
    page = browser.get(address).content.decode()
    assert "经办的事项 1 件" in page and str(matter) not in page, "who gives posts does not read matters"
    refused = browser.post(address, {"successor": "", "reason": "调离"})
    assert refused.status_code == 422 and "请指定一位接手人" in refused.content.decode()
    assert browser.post(address, {"successor": cast.users["unit_lead"].pk, "reason": "调离"}).status_code == 302
    assert Matter.objects.get(pk=matter.pk).handler == cast.users["unit_lead"]
    assert "移交记录" in browser.get(address).content.decode()


def test_dissolving_a_unit_by_the_form(cast, moment):
    matter = assigned(cast, moment)
    browser = as_(cast, "street")
    address = f"/areas/bodies/{cast.bodies['unit'].pk}/end/"
    assert "主办的事项" in browser.get(address).content.decode()
    wrong = browser.post(address, {"on": "x", "successor": "1", "reason": ""})
    assert wrong.status_code == 422
    sent = browser.post(
        address, {"on": "2026-06-10", "successor": cast.bodies["helper_unit"].pk, "reason": "机构改革方案"}
    )
    assert sent.status_code == 302
    assert Matter.objects.get(pk=matter.pk).host_unit == cast.bodies["helper_unit"]
    assert "由" in browser.get(f"/registers/bodies/{cast.bodies['unit'].pk}/").content.decode()


def test_the_second_of_two_is_told_and_keeps_the_words(cast, moment):
    """Both have the form open; the first is quicker. Done already: who and when, on the form with its words. Gone
    elsewhere: that it went, and the words to be copied."""
    matter = handled(cast, moment)
    words = {"result": "现场已经看过，灯换好了，晚上亮了。"}
    second = as_(cast, "handler_resident")
    actions.finish(matter_id=matter.pk, result="已经更换灯泡，当晚恢复照明。", by=cast.handler, now=moment)
    page = second.post(f"/matters/{matter.pk}/do/finish/", words)
    shown = page.content.decode()
    assert page.status_code == 409 and "测试12号办结" in shown and words["result"] in shown and "已办结" in shown
    other = assigned(cast, moment)
    asked = {"days": 3, "reason": "配件要从外地调来，三天后才能到货。"}
    actions.return_matter(
        matter_id=other.pk, ground="other_unit", reason="归市政管理", by=cast.handler, now=moment
    )  # fmt: skip
    page = second.post(f"/matters/{other.pk}/do/extend/", asked)
    shown = page.content.decode()
    assert page.status_code == 404 and "已经转到别处" in shown and asked["reason"] in shown
    assert second.get(f"/matters/{other.pk}/do/extend/").status_code == 404
    stranger = as_(cast, "neighbour").post(f"/matters/{other.pk}/do/extend/", {"reason": ""})
    assert stranger.status_code == 404 and "您填写的内容" not in stranger.content.decode()


def test_the_working_calendar_is_for_those_who_count_by_it(cast, moment):
    found = {who: as_(cast, who).get("/working-days/").status_code for who in ("public", "resident", "desk")}
    assert found == {"public": 302, "resident": 404, "desk": 200}
    with clock.frozen(clock.at(2026, 11, 23, 9)):
        browser = as_(cast, "system_admin")
        assert "录入 2027 年放假安排" in browser.get("/workbench/").content.decode()
        page = browser.get("/working-days/").content.decode()
        assert "2027 年的放假安排还没有录入" in page and "怎样录入" in page and "2月15日至23日" in page
