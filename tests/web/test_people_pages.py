"""Pages of the person index: who gets which status, the person's own journey, hostile input, merging by hand."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from sanshe.kernel import clock
from sanshe.people import actions
from sanshe.people.models import Finding, Merge, Person, RightsRequest
from tests.people_cast import ADDRESS, HER, HIS, PHONE, make_cast


@pytest.fixture
def cast(now, settings):
    settings.SANSHE_DEMO = True  # no second factor is asked of the demo's accounts
    with clock.frozen(now):
        yield make_cast(now)


def as_(cast, name: str) -> Client:
    """A browser of that person."""
    client = Client()
    if name != "public":
        client.force_login(cast.users[name], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def text_of(answer) -> str:
    """What is read on a page, without marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


# Who: status of (file, ledger, household, duplicates, requests, one request, retention, texts, my requests).
STATUSES = {
    "public": (302, 302, 302, 302, 302, 302, 302, 302, 302),
    "resident": (200, 404, 404, 404, 404, 200, 404, 404, 200),
    "desk": (200, 200, 200, 404, 200, 200, 200, 404, 200),
    "lead": (200, 200, 200, 200, 200, 200, 200, 200, 200),
    "far": (404, 200, 404, 200, 200, 404, 200, 200, 200),
    "street": (200, 200, 200, 200, 404, 404, 200, 404, 200),
    "security": (404, 200, 404, 404, 404, 404, 200, 200, 200),
}


def test_who_gets_what(cast):
    """404 for whom it does not exist, never a word of it; no page shows a number, a phone or a room."""
    cast.link()
    home = cast.home(cast.her)
    asked = actions.ask(person_id=cast.her.pk, kind="copy", by=cast.v("resident"), now=cast.now)
    pages = (
        cast.her.get_absolute_url(), reverse("registers:rows", args=["people"]),
        reverse("people:household", args=[home.pk]), reverse("people:duplicates"), reverse("people:requests"),
        asked.get_absolute_url(), reverse("people:retention"), reverse("people:texts"), reverse("people:my_requests"),
    )  # fmt: skip
    got = {}
    for name in STATUSES:
        client = as_(cast, name)
        answers = [client.get(page) for page in pages]
        got[name] = tuple(answer.status_code for answer in answers)
        for page, answer in zip(pages, answers, strict=True):
            body = answer.content.decode()
            assert not any(clear in body for clear in (HER, PHONE, ADDRESS, "2 单元")), (name, page)
    assert got == STATUSES


def test_a_person_asks_who_looked_at_the_file(cast, now):
    """The desk looks, for a reason; the person signs in, reads who, when, what, why, asks why, gets copy and answer."""
    cast.link()
    desk, worker, me = as_(cast, "desk"), as_(cast, "worker"), as_(cast, "resident")
    file = cast.her.get_absolute_url()
    assert desk.get(file).status_code == 200
    answer = worker.post(reverse("people:unmask", args=[cast.her.pk]), {"reason": "核对高龄津贴材料"})
    assert HER in answer.content.decode() and answer.headers["Cache-Control"] == "no-store"
    assert worker.post(reverse("people:unmask", args=[cast.her.pk]), {"reason": ""}).status_code == 422

    log = text_of(me.get(reverse("people:reads")))
    assert "被查阅过 4 次" in log and "其中 1 次看了完整号码" in log
    assert "worker员" in log and "社区工作者" in log and "核对高龄津贴材料" in log and "desk员" in log
    assert "6月10日 10:00" in log or "今天 10:00" in log

    form = me.get(reverse("people:request_new") + "?kind=explain")
    assert form.status_code == 200 and "正确的内容" not in text_of(form)
    assert "解释说明" in text_of(me.get(reverse("people:request_new")))
    assert me.post(reverse("people:request_new"), {"kind": "bogus"}).status_code == 422
    assert me.post(reverse("people:request_new"), {"kind": "explain"}).status_code == 422
    posted = me.post(reverse("people:request_new"), {"kind": "explain", "words": "6月10日为什么看我的号码？"})
    asked = RightsRequest.objects.get()
    assert posted.status_code == 302 and posted.url == asked.get_absolute_url()
    assert me.get(reverse("people:request_step", args=[asked.pk, "grant"])).status_code == 403

    page = text_of(worker.get(asked.get_absolute_url()))
    assert "为什么看我的号码" in page and "同意并办理" in page
    step = reverse("people:request_step", args=[asked.pk, "grant"])
    assert worker.post(step, {"answer": ""}).status_code == 422
    assert worker.post(step, {"answer": "为您办理高龄津贴，核对了号码。"}).status_code == 302
    assert "核对了号码" in text_of(me.get(asked.get_absolute_url()))

    me.post(reverse("people:request_new"), {"kind": "copy"})
    copy = RightsRequest.objects.get(kind="copy")
    assert "下载" not in text_of(me.get(copy.get_absolute_url()))
    worker.post(reverse("people:request_step", args=[copy.pk, "grant"]), {"answer": ""})
    assert "下载可阅读的副本" in text_of(me.get(copy.get_absolute_url()))
    html = me.get(reverse("people:request_copy", args=[copy.pk, "html"]))
    assert HER in html.content.decode() and "attachment" in html.headers["Content-Disposition"]
    data = json.loads(me.get(reverse("people:request_copy", args=[copy.pk, "json"])).content)
    assert "核对高龄津贴材料" in str(data)
    assert me.get(reverse("people:request_copy", args=[copy.pk, "exe"])).status_code == 404
    assert as_(cast, "far").get(reverse("people:request_copy", args=[copy.pk, "json"])).status_code == 404
    with clock.frozen(now + timedelta(days=40)):
        assert as_(cast, "resident").get(reverse("people:request_copy", args=[copy.pk, "html"])).status_code == 422


def test_the_file_shows_it_all_on_one_page(cast):
    """Households, requests, matters; an erasure that something stands against says what."""
    from sanshe.matters.models import Matter

    home = cast.home(cast.her)
    matter = Matter.objects.create(
        number="M1", token="t1", title="路灯不亮", text="路灯不亮", area=cast.areas["甲"], person=cast.her,
        created_at=cast.now, state="received",
    )  # fmt: skip
    from sanshe.workforce.models import Worker

    Worker.objects.create(
        name="周婉容", person=cast.her, kind="volunteer", area=cast.areas["甲"], valid_from=date(2021, 1, 1)
    )
    asked = actions.ask(person_id=cast.her.pk, kind="erase", by=cast.v("desk"), now=cast.now)
    page = as_(cast, "worker").get(cast.her.get_absolute_url()).content.decode()
    for link in (reverse("people:household", args=[home.pk]), matter.get_absolute_url(), asked.get_absolute_url()):
        assert f'href="{link}"' in page, link
    assert "社工队伍记录" in page and "志愿者" in page
    assert "76 岁" in page and "听澜半岛 ****" in page
    page = text_of(as_(cast, "worker").get(asked.get_absolute_url()))
    assert "1 件反映的事项没有办结" in page and "在岗名册" in page


def test_households_by_hand(cast):
    """Members are added by number and moved out; a slip comes back at its field."""
    cast.person("周念祖", citizen_number=HIS)
    home = cast.home(cast.her)
    worker = as_(cast, "worker")
    add = reverse("people:household_add", args=[home.pk])
    assert worker.post(add, {"number": "123", "relation": "child", "since": "2024-01-01"}).status_code == 422
    assert worker.post(add, {"number": HIS, "relation": "child", "since": "2024-01-01"}).status_code == 302
    page = text_of(worker.get(reverse("people:household", args=[home.pk])))
    assert "周念祖" in page and "子女" in page
    member = home.members.get(person__name="周念祖")
    end = reverse("people:household_end", args=[member.pk])
    assert worker.post(end, {"on": "2023-01-01"}).status_code == 422
    assert worker.post(end, {"on": "2025-01-01"}).status_code == 302
    assert as_(cast, "far").post(end, {"on": "2025-01-01"}).status_code == 404
    unmask = reverse("people:household_unmask", args=[home.pk])
    assert ADDRESS in worker.post(unmask, {"reason": "核对门牌号码"}).content.decode()
    assert worker.post(unmask, {"reason": "看"}).status_code == 422


def test_merged_and_split_by_hand(cast):
    """Listed, compared, merged with a reason, the old address leads to the kept file, split again."""
    twin = Person.objects.create(
        name="周婉蓉", phone=PHONE, phone_masked="138****0001", area=cast.areas["甲"], created_at=cast.now
    )
    lead = as_(cast, "lead")
    page = lead.get(reverse("people:duplicates")).content.decode()
    compare = reverse("people:compare", args=[cast.her.pk, twin.pk])
    assert compare in page
    assert "不同" in text_of(lead.get(compare))
    assert lead.post(compare, {"reason": ""}).status_code == 422
    assert as_(cast, "desk").post(compare, {"reason": "核对了户口簿"}).status_code == 404
    assert lead.post(compare, {"reason": "核对了户口簿"}).status_code == 302
    assert lead.get(twin.get_absolute_url()).headers["Location"] == cast.her.get_absolute_url()
    assert "并入的档案" in text_of(lead.get(cast.her.get_absolute_url()))
    split = reverse("people:split", args=[Merge.objects.get().pk])
    assert lead.get(split).status_code == 200 and lead.post(split, {"reason": "合错了两姐妹"}).status_code == 302
    assert lead.get(twin.get_absolute_url()).status_code == 200
    apart = reverse("people:apart", args=[cast.her.pk, twin.pk])
    assert lead.post(apart, {"reason": ""}).status_code == 422
    assert lead.post(apart, {"reason": "是两姐妹，已核对"}).status_code == 302
    assert "没有疑似重复" in text_of(lead.get(reverse("people:duplicates")))


def test_numbers_in_texts_by_hand(cast):
    """Ticked and masked with one click, put back; another area's is refused; the rules of retention are told."""
    from sanshe.areas.models import Place

    Place.objects.create(name="甲小区", area=cast.areas["甲"], address="门卫 13900000077")
    Place.objects.create(name="乙小区", area=cast.areas["乙"], address="门卫 13900000078")
    actions.scan(cast.now)
    lead, texts = as_(cast, "lead"), reverse("people:texts")
    page = lead.get(texts).content.decode()
    assert "139****0077" in page and "13900000077" not in page and "0078" not in page
    mine, other = (Finding.objects.get(masked__endswith=tail) for tail in ("77", "78"))
    assert lead.post(texts, {"what": "mask"}).status_code == 422
    assert lead.post(texts, {"what": "mask", "chosen": [other.pk]}).status_code == 404
    assert lead.post(texts, {"what": "mask", "chosen": [mine.pk]}).status_code == 302
    assert Place.objects.get(name="甲小区").address == "门卫 139****0077"
    assert lead.post(reverse("people:text_back", args=[mine.pk])).status_code == 302
    assert Place.objects.get(name="甲小区").address == "门卫 13900000077"
    assert as_(cast, "security").post(texts, {"what": "keep", "chosen": [other.pk]}).status_code == 302
    actions.run_retention(cast.now)
    page = text_of(lead.get(reverse("people:retention")))
    assert "政府采购法第四十二条" in page and "15 年" in page and "本系统默认" in page and "0 条" in page
