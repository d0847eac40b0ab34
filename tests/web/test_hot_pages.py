"""Pages of the same thing twice and of hot topics: who gets which status, and a topic turned into one deliberation."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sanshe.deliberation.models import Deliberation, Topic
from sanshe.kernel import clock
from sanshe.matters.actions.heating import join_topic
from sanshe.matters.models import HotTopic, Matter, OversightOrder
from tests.matters_cast import assigned, make_cast, report
from tests.web.test_matters_pages import as_

NOISE = (
    "梧桐苑院内车位不够，外来车占着",
    "梧桐苑停车太乱，车位不够还占消防通道",
    "梧桐苑晚上找不到车位，停车要商量个办法",
)


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def moment(now, settings):
    settings.SANSHE_DEMO = True
    with clock.frozen(now):
        yield now


@pytest.fixture
def topic(cast, moment):
    people = ("resident", "neighbour", "handler_resident")
    for k, text in enumerate(NOISE):
        matter = report(cast, moment - timedelta(days=2 - k), text=text, who=people[k], contact_phone=f"1390000020{k}")
        join_topic(matter.pk, moment)
    return HotTopic.objects.get()


# Who: status of (list, topic, triage of all, merging of all, order for all, one deliberation, same as a matter).
STATUSES = {
    "public": (302, 302, 302, 302, 302, 302, 302),
    "resident": (404, 404, 404, 404, 404, 404, 403),
    "neighbour": (404, 404, 404, 404, 404, 404, 404),
    "desk": (200, 200, 200, 200, 403, 403, 200),
    "desk_far": (200, 404, 404, 404, 404, 404, 404),
    "worker": (200, 200, 403, 403, 403, 403, 403),
    "lead": (200, 200, 403, 200, 403, 403, 200),
    "street": (200, 200, 403, 200, 200, 403, 200),
    "district": (200, 200, 403, 403, 200, 403, 403),
    "handler": (404, 404, 404, 404, 404, 404, 404),
    "auditor": (404, 404, 404, 404, 404, 404, 404),
}


@pytest.mark.parametrize("who", STATUSES)
def test_status_table(cast, moment, topic, who):
    browser, first = as_(cast, who), Matter.objects.order_by("pk")[0]
    base = f"/matters/hot/{topic.pk}/"
    addresses = ("/matters/hot/", base, f"{base}do/triage/", f"{base}do/merge/", f"{base}do/oversee/",
                 f"/deliberation/hot/{topic.pk}/", f"/matters/{first.pk}/same/")  # fmt: skip
    assert tuple(browser.get(address).status_code for address in addresses) == STATUSES[who]


def test_a_topic_becomes_one_deliberation(cast, moment, topic):
    desk, worker = as_(cast, "desk"), as_(cast, "worker")
    base = topic.get_absolute_url()
    page = worker.get(base).content.decode()
    assert "请综合窗口先分流为小事" in page and "<b>3 人</b>" in page
    given = {"criterion": cast.criteria["parking"].pk, "reason": "涉及多数住户，要一起商量。"}
    assert desk.post(f"{base}do/triage/", {**given, "reason": ""}).status_code == 422
    assert desk.post(f"{base}do/triage/", given)["Location"] == base
    assert Topic.objects.filter(state="waiting").count() == 3
    assert "为整组发起一次协商" in worker.get(base).content.decode()
    plan = {"title": "梧桐苑停车怎么安排", "question": "院内车位怎样分配？", "scope": "some", "form": "council",
            "group_text": "梧桐苑住户", "public": "on"}  # fmt: skip
    answer = worker.post(f"/deliberation/hot/{topic.pk}/", plan)
    assert answer.status_code == 302, answer.content.decode()
    one = Deliberation.objects.get()
    assert answer["Location"] == one.get_absolute_url() and one.topics.filter(state="taken").count() == 3


def test_one_order_and_one_merging_by_the_pages(cast, moment, topic):
    first, second, third = Matter.objects.order_by("pk")
    assigned(cast, moment, matter=first)
    street, base = as_(cast, "street"), topic.get_absolute_url()
    late = (moment.date() - timedelta(days=1)).isoformat()
    given = {"requirement": "三日内拿出办法", "until": late}
    assert "回复期限不能早于今天" in street.post(f"{base}do/oversee/", given).content.decode()
    assert street.post(f"{base}do/oversee/", {**given, "until": "2026-06-20"}).status_code == 302
    assert OversightOrder.objects.get().matter == first
    desk = as_(cast, "desk")
    fragment = desk.get(f"/matters/{second.pk}/same/", headers={"HX-Request": "true"}).content.decode()
    assert third.number in fragment and "并入其中一件" in fragment and "都提到" in fragment
    choice = {"choice": "", "into": first.number, "reason": "同一个院子"}
    assert desk.post(f"/matters/{second.pk}/do/merge/", choice).status_code == 302
    assert first.number in desk.get(f"/matters/{second.pk}/").content.decode()
    assert second.number in desk.get(f"/matters/{first.pk}/").content.decode()
    progress = as_(cast, "public").get(f"/matters/t/{second.token}/").content.decode()
    assert first.number in progress and "合并办理" in progress
    assert first.text not in as_(cast, "neighbour").get(f"/matters/t/{second.token}/").content.decode()
    assert desk.post(f"/matters/{second.pk}/do/unmerge/", {"reason": "不是一回事"}).status_code == 302


def test_what_is_typed_never_stands_in_an_address(cast, moment, topic):
    desk = as_(cast, "desk")
    given = {"text": "梧桐苑停车位不够", "area": cast.areas["home"].pk, "place_text": ""}
    assert desk.get("/matters/similar/", given).status_code == 405
    assert "可能是同一件事" in desk.post("/matters/similar/", given).content.decode()
    for hostile in ({"text": "\x00" * 9}, {"text": "停" * 60000, "area": "x"}, {}):
        assert desk.post("/matters/similar/", hostile).status_code == 200
    assert NOISE[0] not in as_(cast, "public").post("/matters/similar/", given).content.decode()


def test_the_unit_answers_the_order_for_all_and_late_joiners_stand_under_it(cast, moment, topic):
    first, second, third = Matter.objects.order_by("pk")
    assigned(cast, moment, matter=first)
    assigned(cast, moment, matter=second)
    street, unit = as_(cast, "street"), as_(cast, "handler")
    given = {"requirement": "三日内拿出办法", "until": "2026-06-20"}
    assert street.post(f"{topic.get_absolute_url()}do/oversee/", given).status_code == 302
    order = OversightOrder.objects.get()
    later = moment + timedelta(minutes=5)
    with clock.frozen(later):
        late = report(cast, later, text=NOISE[0] + "，又来反映", who="handler_resident")
        assert join_topic(late.pk, later) == topic
        group = f"/matters/oversight/{order.pk}/group/"
        for who, status in (("resident", 404), ("handler_far", 404), ("desk", 403), ("handler", 200)):
            assert as_(cast, who).get(group).status_code == status, who
        assert "督办后又来的" in street.get(topic.get_absolute_url()).content.decode()
        assert "又有一件" in "".join(cast.users["handler"].notices.values_list("text", flat=True))
        for matter, who in ((second, "handler"), (third, "desk"), (late, "desk")):
            assert "已整组督办" in as_(cast, who).get(f"/matters/{matter.pk}/").content.decode(), matter
        assert group in unit.get(f"/matters/{first.pk}/").content.decode()
        page = unit.get(group).content.decode()
        assert "接收并办结" in page and first.number in page and second.number in page
        body = {"answer": "车位已经重新划分", "result": "六月十日起按号停车，已在院内公示。"}
        wrong = unit.post(group, {**body, "chosen": [first.pk, third.pk]})
        assert wrong.status_code == 422 and "车位已经重新划分" in wrong.content.decode()
        assert unit.post(group, {**body, "result": "", "chosen": [first.pk]}).status_code == 422
        assert unit.post(group, {**body, "chosen": [first.pk, second.pk]}).status_code == 302
    states = list(Matter.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["done", "done", "received", "received"]
    order.refresh_from_db()
    assert order.state == "answered"
    assert Matter.objects.get(pk=second.pk).result == "六月十日起按号停车，已在院内公示。"
