"""The pages of lists, of tasks and of triage one after another: who gets which status, happy paths, hostile input."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sanshe.accounts.public import SETUP
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.matters import batch
from sanshe.matters.actions.criteria import duty_files, load_duties
from sanshe.matters.lists import actions as lists
from sanshe.matters.lists.kinds import CRITERIA
from sanshe.matters.models import CriteriaSet, Matter, TaskOrder, Triage
from tests.matters_cast import make_cast, report


@pytest.fixture
def cast(now, settings):
    settings.SANSHE_DEMO = True
    cache.clear()
    cast = make_cast()
    with clock.frozen(now):
        load_duties(file=duty_files()[-1], by=Viewer.system_account(SETUP), now=now)
        yield cast


def as_(cast, name: str) -> Client:
    client = Client()
    if name != "public":
        client.force_login(cast.users[name], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def task(cast, now, **more):
    from sanshe.matters.tasks import actions, queries

    by = cast.viewer("handler")
    given = {
        "post": queries.asking_posts(by, now.date())[0].pk, "title": "家庭医生宣传周", "basis": "某文件第三条",
        "text": "协助家庭医生签约宣传，提供场地一次。", "until": now.date() + timedelta(days=20), "hours": 6,
        "communities": [cast.areas["home"].pk], **more,
    }  # fmt: skip
    return actions.ask(**given, by=by, now=now)


PEOPLE = ("public", "resident", "desk", "lead", "street", "district", "handler", "handler_far", "auditor")
#: Address → status for each of PEOPLE. {d} a draft, {v} the version in force, {t} a task that is out, {p} its part.
STATUSES = {
    "/matters/criteria/": (200,) * 9,
    "/matters/criteria/?text=路灯": (200,) * 9,
    "/matters/criteria/?as=xlsx": (200,) * 9,
    "/matters/criteria/versions/": (200,) * 9,
    "/matters/criteria/versions/{v}/": (200,) * 9,
    "/matters/criteria/versions/{v}/print/": (200,) * 9,
    "/matters/criteria/versions/{v}/?as=xlsx": (200,) * 9,
    "/matters/criteria/compare/": (200,) * 9,
    "/matters/criteria/versions/{d}/": (404, 404, 404, 404, 404, 200, 404, 404, 404),
    "/matters/criteria/versions/{d}/draft/": (302, 404, 403, 403, 403, 200, 403, 403, 403),
    "/matters/criteria/versions/{d}/item/": (302, 404, 403, 403, 403, 200, 403, 403, 403),
    "/matters/criteria/versions/{d}/item/{i}/": (302, 404, 403, 403, 403, 200, 403, 403, 403),
    "/matters/criteria/versions/{d}/enforce/": (302, 404, 403, 403, 403, 200, 403, 403, 403),
    "/matters/criteria/versions/{d}/item/{i}/remove/": (405,) * 9,
    "/matters/criteria/versions/{d}/recall/": (405,) * 9,
    "/matters/criteria/versions/{d}/discard/": (405,) * 9,
    "/matters/duties/": (200,) * 9,
    "/matters/duties/versions/": (200,) * 9,
    "/matters/duties/compare/": (200,) * 9,
    "/matters/tasks/": (302, 404, 200, 200, 200, 200, 200, 200, 200),
    "/matters/tasks/new/": (302, 404, 404, 404, 200, 200, 200, 200, 404),
    "/matters/tasks/figures/": (302, 404, 200, 200, 200, 200, 200, 200, 200),
    "/matters/tasks/{t}/": (302, 404, 200, 200, 200, 200, 200, 404, 404),
    "/matters/tasks/part/{p}/": (302, 404, 200, 200, 200, 200, 200, 404, 404),
    "/matters/tasks/{t}/do/withdraw/": (404, 404, 403, 403, 403, 403, 200, 404, 404),
    "/matters/tasks/part/{p}/do/report/": (404, 404, 403, 409, 403, 403, 403, 404, 404),
    "/matters/triage/": (302, 404, 200, 404, 404, 404, 404, 404, 404),
    "/matters/suggestions/rows/?was=D-1&became=": (302, 404, 200, 200, 200, 200, 200, 200, 200),
}


@pytest.mark.parametrize("address", list(STATUSES))
def test_status_table(cast, now, address):
    base = CriteriaSet.objects.get()
    draft = lists.start_draft(kind=CRITERIA, base_id=base.pk, name="第二版", version="t2", by=cast.district, now=now)
    order = task(cast, now)
    keys = {"d": draft.pk, "v": base.pk, "i": draft.items.first().pk, "t": order.pk, "p": order.parts.get().pk}
    path = address.format(**keys)
    assert tuple(as_(cast, who).get(path).status_code for who in PEOPLE) == STATUSES[address]


@pytest.mark.parametrize("path", [
    "/matters/criteria/?text=" + "长" * 3000, "/matters/criteria/?text=%00a&group=x", "/matters/criteria/?group=joint",
    "/matters/criteria/compare/?old=abc&new=99999999999999999999", "/matters/criteria/versions/999999/",
    "/matters/tasks/?state=x&asker=zz&year=1&figure=q&page=abc", "/matters/tasks/?asker=b99999999999999999999999",
    "/matters/tasks/figures/?year=99999999", "/matters/triage/?matter=abc&again=1", "/matters/triage/?matter=99999",
    "/matters/suggestions/rows/?was=" + "x" * 500,
])  # fmt: skip
def test_hostile_addresses_are_answered(cast, path):
    for who in ("desk", "district"):
        assert as_(cast, who).get(path).status_code in (200, 404)


def test_a_version_from_draft_to_force_on_the_pages(cast, now):
    base, browser = CriteriaSet.objects.get(), as_(cast, "district")
    made = browser.post(f"/matters/criteria/versions/{base.pk}/draft/", {"version": "t2", "name": "测试第二版"})
    draft = CriteriaSet.objects.get(version="t2")
    assert made["Location"] == f"/matters/criteria/versions/{draft.pk}/"
    page = browser.get(made["Location"]).content.decode()
    assert "还没有改动" in page and "定施行日期" in page
    item = draft.items.get(code="D-1")
    given = {"name": "道路照明", "route": "government", "covers": "路灯、路灯不亮 路灯坏", "deadline": "default",
             "unit_hint": "市政", "guidance": "", "seen": "0"}  # fmt: skip
    address = f"/matters/criteria/versions/{draft.pk}/item/{item.pk}/"
    bad = browser.post(address, {**given, "covers": "", "hours": "99"})
    assert bad.status_code == 422 and "请填写关键词" in bad.content.decode() and "最多 48 小时" in bad.content.decode()
    assert browser.post(address, given).status_code == 302
    # A colleague who still has the old page open is told, sees both, and loses nothing.
    clash = browser.post(address, {**given, "name": "照明设施"})
    page = clash.content.decode()
    assert clash.status_code == 409 and "被别人改过" in page and "照明设施" in page and "路灯坏" in page
    seen = re.search(r'name="seen" value="(\d+)"', page)[1]
    assert browser.post(address, {**given, "name": "照明设施", "seen": seen}).status_code == 302
    compared = browser.get(f"/matters/criteria/compare/?old={base.pk}&new={draft.pk}").content.decode()
    assert "<ins>路灯坏</ins>" in compared and "<del>道路照明</del>" in compared
    draft.refresh_from_db()
    force = {"begins": (now.date() + timedelta(days=1)).isoformat(), "note": "补充照明的词。", "source": "测试依据",
             "seen": str(draft.edition)}  # fmt: skip
    address = f"/matters/criteria/versions/{draft.pk}/enforce/"
    past = browser.post(address, {**force, "begins": "2020-01-01"})
    assert (
        past.status_code == 422 and "不能早于今天" in past.content.decode() and "补充照明的词" in past.content.decode()
    )
    assert browser.post(address, {**force, "seen": "0"}).status_code == 409
    assert browser.post(address, force).status_code == 302
    public = Client().get("/matters/criteria/").content.decode()
    assert "新的一版（t2）" in public and "路灯坏" not in public
    with clock.frozen(now + timedelta(days=1)):
        assert "路灯坏" in Client().get("/matters/criteria/?text=门口路灯坏了").content.decode()


def test_a_department_asks_and_is_refused_with_the_item_cited(cast, now):
    browser = as_(cast, "handler")
    page = browser.get("/matters/tasks/new/").content.decode()
    assert "梧桐社区" in page and "木棉社区" not in page
    post = re.search(r'name="post" value="(\d+)"', page)[1]
    given = {"post": post, "title": "下载反诈应用", "text": "组织居民下载应用，完成注册量。", "basis": "某通知第二条",
             "until": (now.date() + timedelta(days=20)).isoformat(), "hours": "30",
             "communities": [cast.areas["home"].pk, cast.areas["next"].pk]}  # fmt: skip
    empty = browser.post("/matters/tasks/new/", {**given, "hours": "", "communities": []})
    assert empty.status_code == 422 and "组织居民下载应用" in empty.content.decode()
    made = browser.post("/matters/tasks/new/", given, follow=True)
    page = made.content.decode()
    order = TaskOrder.objects.get()
    assert order.state == "refused" and "「下载应用」" in page and "应用软件和公众号推广指标" in page
    assert as_(cast, "lead").get(order.get_absolute_url()).status_code == 404
    assert browser.post(f"/matters/tasks/{order.pk}/do/object/", {"objection": "只是宣传一下。"}).status_code == 302
    figures = as_(cast, "district").get("/matters/tasks/figures/").content.decode()
    assert "省下约 <b>60</b> 小时" in figures


# -- one after another -------------------------------------------------------------------------------------------------


def post(browser, page, **given):
    """Send the form as it stands, with some fields changed."""
    text = page.content.decode()
    found = re.search(r"<form[^>]*data-batch-form.*?</form>", text, re.S)[0]
    values = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found))
    for name, inside in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', found, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        values[name] = chosen[1] if chosen else ""
    for name, inside in re.findall(r'<textarea name="(\w+)"[^>]*>(.*?)</textarea>', found, re.S):
        values[name] = inside.strip()
    values.pop("csrfmiddlewaretoken", None)
    return browser.post("/matters/triage/", {**values, "public": "on", **given})


def test_one_after_another_with_suggestions(cast, now):
    first = report(cast, now)
    vague = report(cast, now + timedelta(minutes=1), text="那个事情你们看着办吧。")
    tap = report(cast, now + timedelta(minutes=2), text="家里水龙头坏了，想找个师傅。")
    browser = as_(cast, "desk")
    page = browser.get("/matters/triage/")
    text = page.content.decode()
    assert "还有 <b>3</b> 件待分流" in text and "<mark>路灯不亮</mark>" in text and "采用建议" in text
    # The suggestion names no unit: the form asks for one, and keeps what was there.
    lacking = post(browser, page)
    assert lacking.status_code == 422 and "请从列出的承办单位中选择" in lacking.content.decode()
    # Another criterion with the suggestion's reason is not taken.
    other = post(browser, page, criterion=cast.criteria["complex"].pk, host_unit=cast.bodies["unit"].pk)
    assert other.status_code == 422 and "理由还是原来建议的" in other.content.decode()
    done = post(browser, page, host_unit=cast.bodies["unit"].pk)
    assert done.status_code == 302 and done["Location"] == "/matters/triage/"
    triage = Triage.objects.get(matter=first)
    assert triage.followed is True and "「路灯不亮」" in triage.reason and triage.unit == cast.bodies["unit"]
    # The next one is unsure: nothing is filled in; it is skipped, and the place is kept.
    page = browser.get("/matters/triage/")
    assert "你们看着办" in page.content.decode() and "拿不准" in page.content.decode()
    assert not re.search(r'<option value="\d+" selected', page.content.decode())
    assert post(browser, page, skip="1").status_code == 302
    page = browser.get("/matters/triage/")
    assert "水龙头坏了" in page.content.decode() and "跳过 1 件" in page.content.decode()
    assert "社区有名册" in page.content.decode(), "the guidance of the criterion is filled in"
    assert post(browser, page).status_code == 302
    tap.refresh_from_db()
    assert tap.state == "guided"
    page = browser.get("/matters/triage/")
    assert "有 1 件是您跳过的" in page.content.decode() and "刚才分流的" in page.content.decode()
    again = browser.get("/matters/triage/?again=1").content.decode()
    assert "你们看着办" in again
    vague.refresh_from_db()
    assert vague.state == "received" and Matter.objects.filter(state="assigned").count() == 1


def test_two_desks_do_not_get_the_same_matter_and_the_lock_decides(cast, now):
    one, two = report(cast, now), report(cast, now + timedelta(minutes=1))
    first, second = as_(cast, "desk"), as_(cast, "desk2")
    mine, theirs = first.get("/matters/triage/"), second.get("/matters/triage/")
    assert f'name="matter" value="{one.pk}"' in mine.content.decode()
    assert f'name="matter" value="{two.pk}"' in theirs.content.decode()
    assert "另有 1 件同事正在处理" in theirs.content.decode()
    # The second one opens the first matter from the list and is quicker: the first is told, nothing typed is lost.
    batch.let_go(one.pk, cast.desk)
    page = second.get(f"/matters/triage/?matter={one.pk}")
    assert post(second, page, host_unit=cast.bodies["unit"].pk).status_code == 302
    late = post(first, mine, host_unit=cast.bodies["unit"].pk, reason="我写的理由在这里。")
    text = late.content.decode()
    assert late.status_code == 409 and "测试4号" in text and "我写的理由在这里" in text and "看下一件" in text
    assert Triage.objects.filter(matter=one).count() == 1


def test_one_of_own_reporting_is_not_offered(cast, now):
    report(cast, now, who="desk_resident")
    assert "没有等您分流的事项" in as_(cast, "desk_resident").get("/matters/triage/").content.decode()


def test_the_queries_do_not_grow_with_what_waits(cast, now):
    for minute in range(3):
        report(cast, now + timedelta(minutes=minute))
    browser = as_(cast, "desk")
    browser.get("/matters/triage/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/matters/triage/")
    for minute in range(3, 30):
        report(cast, now + timedelta(minutes=minute))
    with CaptureQueriesContext(connection) as many:
        browser.get("/matters/triage/")
    assert len(many) == len(few) and len(few) < 30


def test_overruled_pairs_lead_to_their_rows(cast, now):
    matter = report(cast, now)
    browser = as_(cast, "desk")
    page = browser.get(f"/matters/triage/?matter={matter.pk}")
    given = {
        "criterion": cast.criteria["complex"].pk,
        "host_unit": cast.bodies["unit"].pk,
        "reason": "其实是违建挡了灯。",
    }
    assert post(browser, page, **given).status_code == 302
    text = browser.get("/matters/suggestions/").content.decode()
    assert "?was=D-1&amp;became=D-4" in text and "逐件分流" in text
    rows = browser.get("/matters/suggestions/rows/?was=D-1&became=D-4").content.decode()
    assert "共 1 件" in rows and "其实是违建挡了灯" in rows and "建议“道路照明”，改为“违法搭建”" in rows
    assert "共 0 件" in browser.get("/matters/suggestions/rows/?was=D-1&became=").content.decode()
