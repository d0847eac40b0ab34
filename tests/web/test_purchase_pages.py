"""Pages of buying services: who gets which, what happens when a form is filled in well, badly, or with ill will."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from sanshe.kernel import clock
from sanshe.purchase.actions import calls, projects
from sanshe.purchase.models import Acceptance, Bid, Call, Contract, Delivery, Drawn, Need, Objection, Project, Score
from sanshe.purchase.sealing import BidFile, SealKey, digest, seal
from tests import purchase_cast as cast
from tests.purchase_cast import v


@pytest.fixture
def w(now):
    with clock.frozen(now):
        yield cast.world(now)


def client(who=None) -> Client:
    """A browser in which somebody has signed in."""
    found = Client()
    if who is not None:
        found.force_login(who)
    return found


def text(response) -> str:
    """What the page says, tags left out."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def step(kind: str, obj, name: str) -> str:
    return reverse(f"purchase:{kind}_step", args=[obj.pk, name])


PLAIN = {"form_key": "a" * 32}
PROJECT = {
    "title": "午饭与敲门", "field": "老年", "aims": "中午有热饭", "beneficiaries": "老人", "expected_people": "120",
    "plan_when_0": "第1月", "plan_what_0": "开餐", "plan_when_4": "第2月", "plan_what_4": "探访",
    "budget_item_0": "人员", "budget_fen_0": "12,000.50", "budget_item_5": "餐补", "budget_fen_5": "８000",
}  # fmt: skip

# -- who gets which page -----------------------------------------------------------------------------------------------

TABLE = """
index                 | 公众 200 | 居民 200 | 书记 200 | 采购 200 | 负责人 200 | 专家 200 | 外街道 200
needs                 | 公众 200 | 居民 200 | 书记 200 | 采购 200 | 负责人 200 | 专家 200 | 外街道 200
projects              | 公众 200 | 居民 200 | 书记 200 | 采购 200 | 负责人 200 | 专家 200 | 外街道 200
calls                 | 公众 200 | 居民 200 | 书记 200 | 采购 200 | 负责人 200 | 专家 200 | 外街道 200
contracts             | 公众 200 | 居民 200 | 书记 200 | 采购 200 | 负责人 200 | 专家 200 | 外街道 200
propose               | 公众 302 | 居民 403 | 书记 200 | 采购 200 | 负责人 200 | 专家 403 | 外街道 200
need                  | 公众 200 | 居民 200 | 书记 200 | 采购 200 | 负责人 200 | 专家 200 | 外街道 200
need_step take        | 公众 403 | 居民 403 | 书记 200 | 采购 200 | 负责人 200 | 专家 403 | 外街道 403
need_step set_aside   | 公众 403 | 居民 403 | 书记 403 | 采购 403 | 负责人 403 | 专家 403 | 外街道 403
need_step free        | 公众 403 | 居民 403 | 书记 403 | 采购 403 | 负责人 403 | 专家 403 | 外街道 403
draft                 | 公众 404 | 居民 404 | 书记 200 | 采购 200 | 负责人 404 | 专家 404 | 外街道 404
draft_step edit       | 公众 404 | 居民 404 | 书记 200 | 采购 403 | 负责人 404 | 专家 404 | 外街道 404
project               | 公众 200 | 居民 200 | 书记 200 | 采购 200 | 负责人 200 | 专家 200 | 外街道 200
project_step buy      | 公众 403 | 居民 403 | 书记 403 | 采购 409 | 负责人 403 | 专家 403 | 外街道 403
call                  | 公众 200 | 居民 200 | 书记 200 | 采购 200 | 负责人 200 | 专家 200 | 外街道 200
call_bid              | 公众 302 | 居民 403 | 书记 403 | 采购 403 | 负责人 200 | 专家 403 | 外街道 403
call_receipt          | 公众 302 | 居民 404 | 书记 404 | 采购 200 | 负责人 200 | 专家 404 | 外街道 404
call_key              | 公众 302 | 居民 403 | 书记 403 | 采购 403 | 负责人 409 | 专家 403 | 外街道 403
bid_file              | 公众 302 | 居民 404 | 书记 404 | 采购 403 | 负责人 403 | 专家 404 | 外街道 404
call_envelope         | 公众 302 | 居民 403 | 书记 403 | 采购 404 | 负责人 403 | 专家 403 | 外街道 403
call_step receive_envelope | 公众 403 | 居民 403 | 书记 403 | 采购 200 | 负责人 403 | 专家 403 | 外街道 403
call_step give_key    | 公众 403 | 居民 403 | 书记 403 | 采购 403 | 负责人 403 | 专家 403 | 外街道 403
call_step nonsense    | 公众 404 | 居民 404 | 书记 404 | 采购 404 | 负责人 404 | 专家 404 | 外街道 404
"""


def test_who_gets_which_page(w):
    """Person × address → status."""
    need, draft, call = cast.need(w), cast.draft(w), cast.bidden(w)
    bid = Bid.objects.get(bidder=w.orgs[0])
    people = {
        "公众": None, "居民": w.residents[0], "书记": w.lead, "采购": w.buyer, "负责人": w.heads[0],
        "专家": w.experts[0], "外街道": w.other_buyer,
    }  # fmt: skip
    objects = {
        "need": [need.pk], "draft": [draft.pk], "project": [call.project_id], "call": [call.pk],
        "call_bid": [call.pk], "call_receipt": [call.pk, bid.pk], "call_key": [call.pk],
        "bid_file": [call.pk, bid.pk, 1], "call_envelope": [call.pk, bid.pk],
    }  # fmt: skip
    wrong = []
    for line in TABLE.strip().splitlines():
        name, *cells = [c.strip() for c in line.split("|")]
        name, _, named = name.partition(" ")
        key = name.removesuffix("_step")
        args = objects.get(key, []) + ([named] if named else [])
        url = reverse("purchase:" + name.replace("draft", "project"), args=args)
        for cell in cells:
            who, status = cell.split()
            found = client(people[who]).get(url).status_code
            if found != int(status):
                wrong.append((name, named, who, status, found))
    assert not wrong


@pytest.mark.parametrize(
    "state", ["call_draft", "published", "opening", "scoring", "drawn", "scored", "publicity", "awarded"]
)
def test_the_call_shows_in_every_state_and_keeps_its_secrets(w, state):
    call = getattr(cast, state)(w)
    people = [None, w.residents[0], *w.heads, w.buyer, w.officer, w.district_officer, *w.experts, w.lead]
    for who in people:
        page = client(who).get(call.get_absolute_url())
        assert page.status_code in ((200, 404) if state == "call_draft" else (200,))
        said = text(page)
        assert "None" not in said and "{{" not in said and "{%" not in said
        if state in ("opening",):
            assert "的方案" not in said and "160,000" not in said
        if who is None and state not in ("publicity", "awarded"):
            assert not any(name in said for name in cast.NAMES), state
            assert not any(e.name in said for e in w.experts)
    shown = text(client().get(call.get_absolute_url())) if state != "call_draft" else ""
    if state == "published":
        assert "已收到 0 家的投标文件" in shown
    if state == "publicity":
        assert "第一名是甲老年服务社" in shown and "（45 + 45 + 45）÷ 3" in shown
        assert "最低报价 160,000 元 ÷ 本报价 170,000 元 × 20" in shown
    if state == "scoring":
        assert "乙邻里中心的方案" in text(client(w.buyer).get(call.get_absolute_url()))
        assert "乙邻里中心的方案" not in text(client(w.heads[0]).get(call.get_absolute_url()))


@pytest.mark.parametrize("state", ["contract_draft", "running", "delivered", "accepting", "accepted", "evaluated"])
def test_the_contract_shows_in_every_state(w, state):
    one = getattr(cast, state)(w)
    moment = getattr(w, "during", w.free)
    with clock.frozen(moment):
        for who in (None, w.residents[0], w.heads[0], w.heads[1], w.social_worker, w.lead, w.buyer, w.centre):
            page = client(who).get(one.get_absolute_url())
            hidden = state == "contract_draft" and who in (None, w.residents[0], w.heads[1])
            assert page.status_code == (404 if hidden else 200)
            said = text(page)
            assert "None" not in said
            if who in (None, w.heads[0], w.heads[1]):
                assert "居民2" not in said


# -- happy paths -------------------------------------------------------------------------------------------------------


def test_from_a_need_to_a_published_call(w):
    need = cast.need(w)
    lead = client(w.lead)
    assert "据此编制项目" in text(lead.get(need.get_absolute_url()))
    assert lead.post(step("need", need, "take"), PROJECT).status_code == 302
    project = Project.objects.get()
    assert project.plan == [{"when": "第1月", "what": "开餐"}, {"when": "第2月", "what": "探访"}]
    assert project.budget_lines == [{"item": "人员", "fen": 1_200_050}, {"item": "餐补", "fen": 800_000}]
    assert "20,000.5" in text(lead.get(project.get_absolute_url()))
    shown = lead.get(step("project", project, "edit")).content.decode()
    assert 'value="12000.50"' in shown and 'value="探访"' in shown
    lead.post(step("project", project, "submit"), PLAIN)
    officer = client(w.officer)
    officer.post(step("project", project, "approve"), {"budget_source": "年度预算", "opinion": ""})
    buyer = client(w.buyer)
    asked = buyer.get(step("project", project, "buy")).content.decode()
    assert 'value="35"' in asked and 'value="服务方案"' in asked and "不超过项目预算 20,000.50 元" in asked
    given = {
        "requirements": "供餐", "ceiling": "20000", "rule_name_0": "方案", "rule_weight_0": "80",
        "rule_name_3": "报价", "rule_weight_3": "20", "rule_is_price_3": "on",
    }  # fmt: skip
    assert buyer.post(step("project", project, "buy"), given).status_code == 302
    call = Call.objects.get()
    assert list(call.criteria.values_list("name", "weight", "is_price")) == [("方案", 80, False), ("报价", 20, True)]
    edited = {**given, "rule_weight_0": "70", "rule_name_1": "团队", "rule_weight_1": "10"}
    assert buyer.post(step("call", call, "edit"), edited).status_code == 302
    closes = (w.now + timedelta(days=9)).strftime("%Y-%m-%dT17:00")
    assert buyer.post(step("call", call, "publish"), {"closes_at": closes}).status_code == 302
    assert Call.objects.get().state == "open" and call.criteria.count() == 3


def test_a_project_proposed_without_a_need(w):
    head = client(w.heads[0])
    made = head.post(reverse("purchase:propose"), {**PROJECT, "area": w.home.pk})
    assert made.status_code == 302 and Project.objects.get().get_absolute_url() == made.url
    lead = client(w.lead).get(reverse("purchase:propose")).content.decode()
    assert "甲一社区" in lead and "乙一社区" not in lead


def test_a_bid_from_the_browser_to_its_receipt(w):
    call = cast.published(w)
    head = client(w.heads[0])
    page = head.get(reverse("purchase:call_bid", args=[call.pk])).content.decode()
    assert f'data-call="{call.number}"' in page and f'data-bidder="{w.orgs[0].pk}"' in page and "style=" not in page
    inputs = re.findall(r"<(?:input|textarea)[^>]*data-seal-field[^>]*>", page)
    assert len(inputs) == 3 and not any(" name=" in one for one in inputs)
    blob, _ = cast.sealed(call, w.orgs[0])
    upload = SimpleUploadedFile("bid.sealed", blob)
    done = head.post(
        reverse("purchase:call_bid", args=[call.pk]),
        {"sealed": upload, "sealed_sha256": digest(blob).sha256, **PLAIN}, follow=True,
    )  # fmt: skip
    shown = re.search(r"data-seal-receipt>([^<]+)<", done.content.decode())
    assert shown and shown[1].replace(" ", "") == digest(blob).sha256
    again = head.post(reverse("purchase:call_bid", args=[call.pk]), {"sealed": SimpleUploadedFile("b", blob), **PLAIN})
    assert again.status_code == 302 and Bid.objects.count() == 1  # the same form twice is one bid


def test_keys_envelope_and_files_at_the_opening(w):
    call = cast.published(w)
    key = SealKey.new()
    content = {"price_fen": 16_000_000, "plan": "带附件的方案", "team": None}
    blob = seal(content, [BidFile("报价<b>明细.pdf".replace("<b>", ""), b"%PDF-hello")], call=call.number,
                bidder=str(w.orgs[0].pk), key=key)  # fmt: skip
    calls.hand_in(call_id=call.pk, body_id=w.orgs[0].pk, blob=blob, by=v(w.heads[0]), now=w.now)
    second = cast.hand_in(w, call, 1)
    paper = b"paper" * 99
    officer = client(w.officer)
    typed = {"body_id": w.orgs[2].pk, "digest": digest(paper).sha256, "again": digest(paper).sha256[:-1] + "0"}
    refused = officer.post(step("call", call, "receive_envelope"), typed)
    assert refused.status_code == 422 and "两次输入不一致" in text(refused)
    typed["again"] = digest(paper).sha256.upper()
    assert officer.post(step("call", call, "receive_envelope"), typed).status_code == 302
    with clock.frozen(call.closes_at):
        client(w.buyer).post(step("call", call, "start_opening"), PLAIN)
        assert client(w.buyer).post(step("call", call, "confirm_opening")).status_code == 403
        officer = client(w.officer)  # the session of ten days ago is over
        officer.post(step("call", call, "confirm_opening"))
        head = client(w.heads[0])
        where = reverse("purchase:call_key", args=[call.pk])
        assert "还剩 60 分钟" in text(head.get(where)) or "还剩 61 分钟" in text(head.get(where))
        wrong = head.post(where, {"key_code": second.code})
        assert wrong.status_code == 422 and "这把钥匙打不开" in text(wrong)
        assert head.post(where, {"key_code": key.code}).status_code == 302
        client(w.heads[1]).post(where, {"key_code": second.code})
        held = Bid.objects.get(way="envelope")
        entering = reverse("purchase:call_envelope", args=[call.pk, held.pk])
        assert "录入信封内容" in text(officer.get(call.get_absolute_url()))
        other = {"price": "170000", "plan": "纸面方案", "file": SimpleUploadedFile("p.pdf", paper + b"!")}
        assert "校验值不一致" in text(officer.post(entering, other))
        good = {"price": "170000", "plan": "纸面方案", "file": SimpleUploadedFile("p.pdf", paper)}
        assert officer.post(entering, good).status_code == 302
        assert "纸面方案" not in text(client(w.buyer).get(call.get_absolute_url()))
    call.refresh_from_db()
    with clock.frozen(call.keys_until):
        assert client(w.buyer).post(step("call", call, "unseal")).status_code == 302
        page = text(client(w.buyer).get(call.get_absolute_url()))
        assert "带附件的方案" in page and "报价明细.pdf" in page and "纸面方案" in page
        first = Bid.objects.get(bidder=w.orgs[0])
        file = client(w.buyer).get(reverse("purchase:bid_file", args=[call.pk, first.pk, 1]))
        assert file.content == b"%PDF-hello" and file["Content-Disposition"].startswith("attachment")
        assert client(w.buyer).get(reverse("purchase:bid_file", args=[call.pk, first.pk, 2])).status_code == 404
        assert client(w.heads[1]).get(reverse("purchase:bid_file", args=[call.pk, first.pk, 1])).status_code == 404


def test_judging_on_the_pages(w):
    call = cast.scoring(w)
    with clock.frozen(w.over):
        client(w.buyer).post(step("call", call, "draw"))
        for one in Drawn.objects.select_related("user"):
            expert = client(one.user)
            assert "丙社工机构" in text(expert.get(step("call", call, "declare")))
            assert expert.get(step("call", call, "score")).status_code == 403
            expert.post(step("call", call, "declare"), {"free": "1"})
            page = expert.get(step("call", call, "score"))
            assert "丙社工机构的方案" in text(page)
            names = re.findall(r'name="(p_\d+_\d+)"', page.content.decode())
            assert len(names) == 6
            given = {name: "20.5" for name in names}
            short = expert.post(step("call", call, "score"), {**given, names[0]: "51", names[1]: ""})
            assert short.status_code == 422 and text(short).count("请填 0 到") >= 2
            assert expert.post(step("call", call, "score"), given).status_code == 302
        assert Score.objects.count() == 18
        asked = text(client(w.buyer).get(step("call", call, "conclude")))
        assert "第一名是甲老年服务社，61 分" in asked
        client(w.buyer).post(step("call", call, "conclude"), {"result_reason": "好"})
        resident = client(w.residents[0])
        resident.post(step("call", call, "object"), {"text": "<script>alert(1)</script>我有异议"})
        one = Objection.objects.get()
        page = resident.get(one.get_absolute_url())
        assert "<script>alert" not in page.content.decode() and "我有异议" in text(page)
        assert client(w.residents[1]).get(one.get_absolute_url()).status_code == 404
        assert "收到 1 件，已答复 0 件" in text(client().get(call.get_absolute_url()))
        client(w.officer).post(
            reverse("purchase:objection_step", args=[one.pk, "answer"]), {"upheld": "0", "answer": "查过，无误"}
        )
    call.refresh_from_db()
    with clock.frozen(call.publicity_until + timedelta(minutes=1)):
        client(w.buyer).post(step("call", call, "award"))
        client(w.buyer).post(step("call", call, "draft_contract"), {"begins_on": "2026-08-01", "terms": "按月"})
    assert Contract.objects.get().amount == 16_000_000


def test_a_contract_on_the_pages(w):
    one = cast.running(w)
    picture = BytesIO()
    Image.new("RGB", (40, 30), "white").save(picture, "JPEG")
    with clock.frozen(w.during):
        worker = client(w.social_worker)
        given = {"on": "2026-09-09", "service": "上门探访", "people": "3", "minutes": "90", "spent": "120.5"}
        photo = SimpleUploadedFile("a.jpg", picture.getvalue(), "image/jpeg")
        assert worker.post(step("contract", one, "record"), {**given, "photo": photo}).status_code == 302
        false = SimpleUploadedFile("a.jpg", b"MZ not a picture", "image/jpeg")
        refused = worker.post(step("contract", one, "record"), {**given, "photo": false})
        assert refused.status_code == 422 and "不是一张照片" in text(refused)
        row = Delivery.objects.get()
        assert row.spent == 12_050
        where = reverse("purchase:delivery_photo", args=[row.pk])
        assert client(w.lead).get(where).status_code == 200
        assert [client(who).get(where).status_code for who in (None, w.heads[1], w.residents[0])] == [403] * 3
        lead = client(w.lead)
        phones = {"phones": "13800000200，13800000201\n13800000202"}
        assert lead.post(step("contract", one, "begin_acceptance"), phones).status_code == 302
        for nr, row in enumerate(Acceptance.objects.all()):
            link = reverse("purchase:acceptance", args=[row.token])
            for _ in range(2):  # a mail scanner reads it too
                assert client().get(link).status_code == 200
            assert client().post(link, {"agrees": "1"}).status_code == 422
            answer = {"agrees": "1", "grade": "5", "remark": "<b>好</b>", "form_key": "b" * 31 + str(nr)}
            browser = client()
            assert browser.post(link, answer).status_code == 302
            assert browser.post(link, answer).status_code == 302
            assert client().post(link, {**answer, "form_key": "c" * 31 + str(nr)}).status_code == 409
        assert client().get(reverse("purchase:acceptance", args=["nonsense"])).status_code == 404
        assert client(w.heads[0]).post(link, {"agrees": "1", "grade": "5"}).status_code in (403, 409)
        lead.post(step("contract", one, "accept"))
        centre = client(w.centre)
        marks = {f"points_{nr}": str(full) for nr, full in enumerate(cast.SCHEME.values())}
        assert centre.post(step("contract", one, "evaluate"), {**marks, "opinion": "好"}).status_code == 302
        buyer = client(w.buyer)
        again = buyer.post(step("contract", one, "renew"), {"amount": "160000", "form_key": "d" * 32})
        assert again.status_code == 302 and again.url == Contract.objects.latest("pk").get_absolute_url()
        twice = buyer.post(step("contract", one, "renew"), {"amount": "160000", "form_key": "d" * 32})
        assert twice.url == again.url and Contract.objects.count() == 2


# -- bad input ---------------------------------------------------------------------------------------------------------


def test_a_row_that_is_begun_is_asked_for_at_its_cell(w):
    need = cast.need(w)
    wrong = {**PROJECT, "plan_what_0": "", "budget_fen_5": "八千", "budget_item_6": "", "budget_fen_6": "5"}
    page = client(w.lead).post(step("need", need, "take"), wrong)
    said = text(page)
    assert page.status_code == 422 and Project.objects.count() == 0 and Need.objects.get().state == "stated"
    assert "第 1 行还缺「做什么」" in said and "请填数字" in said and "第 7 行还缺「用途」" in said
    assert 'value="八千"' in page.content.decode() and 'value="第2月"' in page.content.decode()


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"rule_weight_0": "70"}, "现在是 90，还差 10 分"), ({"rule_weight_0": "90"}, "现在是 110，多了 10 分"),
        ({"rule_name_0": ""}, "第 1 行还缺「评审项」"), ({"ceiling": "20000.01"}, "不超过项目预算"),
        ({"ceiling": "1e400"}, "金额"), ({"ceiling": "NaN"}, "请填数字"), ({"requirements": "\x00"}, "请填写"),
        ({"rule_is_price_0": "on"}, "只能有一项"),
    ],
)  # fmt: skip
def test_a_call_that_does_not_add_up(w, wrong, said):
    project = cast.approved(w, budget_lines=[{"item": "人员", "fen": 2_000_000}])
    given = {
        "requirements": "供餐", "ceiling": "20000", "rule_name_0": "方案", "rule_weight_0": "80",
        "rule_name_3": "报价", "rule_weight_3": "20", "rule_is_price_3": "on",
    }  # fmt: skip
    page = client(w.buyer).post(step("project", project, "buy"), {**given, **wrong})
    assert page.status_code == 422 and said in text(page), text(page)[:2000]
    assert Call.objects.count() == 0


@pytest.mark.parametrize(
    "query",
    [
        "?state=nonsense", "?field=x&q=%00", "?after=1", "?after=2026-99-99~1", "?after=2020-01-01~1",
        "?after=2020-01-01T00:00:00~1", "?before=9999-12-31T23:59:59+00:00~99999999999999999999", "?q=" + "长" * 300,
        "?q='%3B--&before=~", "?after=0001-01-01T00:00:00%2B08:00~1",
    ],
)  # fmt: skip
def test_lists_bear_any_address(w, query):
    cast.need(w)
    cast.running(w)
    for name in ("needs", "projects", "calls", "contracts"):
        assert client(w.buyer).get(reverse(f"purchase:{name}") + query).status_code == 200, name


def test_what_is_no_sealed_bid_is_refused_in_words(w):
    call = cast.published(w)
    head = client(w.heads[0])
    where = reverse("purchase:call_bid", args=[call.pk])
    for given in ({}, {"sealed": "text"}, {"sealed": SimpleUploadedFile("a.sealed", b"PK\x03\x04")}):
        page = head.post(where, given)
        assert page.status_code == 422 and "没有收下" in text(page)
    blob, _ = cast.sealed(call, w.orgs[0])
    cut = head.post(where, {"sealed": SimpleUploadedFile("a", blob), "sealed_sha256": "0" * 64})
    assert "上传途中文件有损坏" in text(cut) and Bid.objects.count() == 0


def test_paging_walks_through_everything_once(w):
    for nr in range(45):
        with clock.frozen(w.now + timedelta(minutes=nr)):
            projects.state_need(title=f"需求{nr}", area=w.home, source="走访", by=v(w.lead), now=clock.now())
    seen, url = [], reverse("purchase:needs")
    while url:
        page = client().get(url).content.decode()
        seen += re.findall(r">(需求\d+)</a>", page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        url = reverse("purchase:needs") + found[1].replace("&amp;", "&").split("/")[-1] if found else None
    assert seen == [f"需求{nr}" for nr in range(44, -1, -1)]


# -- queries -----------------------------------------------------------------------------------------------------------


def _queries(who, url) -> int:
    browser = client(who)
    browser.get(url)
    with CaptureQueriesContext(connection) as found:
        assert browser.get(url).status_code == 200
    return len(found)


def test_lists_ask_the_same_number_of_queries_for_one_row_and_for_many(w):
    cast.need(w)
    cast.running(w)
    names = ("index", "needs", "projects", "calls", "contracts")
    before = {name: _queries(w.buyer, reverse(f"purchase:{name}")) for name in names}
    for _ in range(3):
        cast.need(w)
        cast.running(w)
    after = {name: _queries(w.buyer, reverse(f"purchase:{name}")) for name in names}
    assert after == before
    assert max(after.values()) <= 30, after


def test_a_page_asks_the_same_number_of_queries_for_three_bids_and_for_four(w):
    three, four = cast.scored(w), cast.scored(w, prices=(1000, 2000, 3000, 4000), points={n: (1, 1) for n in range(4)})
    counts = [_queries(w.buyer, call.get_absolute_url()) for call in (three, four)]
    assert counts[0] == counts[1] and counts[0] <= 45, counts
