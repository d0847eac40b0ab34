"""Hot topics in the database: a new matter joins at once, the night forms them anew, one deed for the whole group."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sanshe.kernel import clock
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible
from sanshe.matters.actions import grouped, triage_government
from sanshe.matters.actions.heating import form_topics, join_topic
from sanshe.matters.hot import hot_topic, hot_topics, topic_matters
from sanshe.matters.models import HotTopic, Matter, OversightOrder
from tests.matters_cast import make_cast, report

NOISE = (
    "梧桐苑东侧工地凌晨还在打桩，噪音大得睡不着", "梧桐苑旁边工地半夜打桩，噪音扰民",
    "梧桐苑工地夜间打桩，孩子被噪音吵醒",
    "梧桐苑东边工地晚上打桩噪音严重",
)  # fmt: skip
OTHER = ("办老年卡要带什么材料", "楼上厨房漏水到我家", "流浪狗在绿地追小孩", "健身器材螺丝松了")


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def moment(now):
    with clock.frozen(now):
        yield now


def file(cast, moment, texts=NOISE, **more):
    people = ("resident", "neighbour", "desk_resident", "handler_resident")
    return [
        report(cast, moment - timedelta(hours=9 - k), text=text, who=people[k % 4], contact_phone=f"1390000010{k % 4}",
               **more)
        for k, text in enumerate(texts)
    ]  # fmt: skip


def test_a_new_matter_joins_and_strangers_do_not(cast, moment):
    noise, others = file(cast, moment), file(cast, moment, OTHER)
    for matter in (*noise, *others):
        join_topic(matter.pk, moment)
    topic = HotTopic.objects.get()
    assert set(topic.members.values_list("matter", flat=True)) == {m.pk for m in noise}
    assert (topic.people, topic.messages, topic.area) == (4, 4, cast.areas["home"])
    join_topic(noise[0].pk, moment)
    assert topic.members.count() == 4, "twice is once"


def test_the_night_forms_them_anew_and_keeps_the_address(cast, moment):
    noise = file(cast, moment)
    file(cast, moment, OTHER)
    for matter in noise[:2]:
        join_topic(matter.pk, moment)
    first = HotTopic.objects.get()
    assert form_topics(moment) == 1
    topic = HotTopic.objects.get()
    assert topic.pk == first.pk and topic.run == first.run + 1
    assert topic.members.filter(run=topic.run).count() == 4 and "梧桐苑" in topic.name
    (joined,) = file(cast, moment, ("梧桐苑工地又在夜间打桩，噪音太大",))
    assert join_topic(joined.pk, moment) == topic and HotTopic.objects.get().messages == 5
    form_topics(moment + timedelta(days=200))
    assert HotTopic.objects.get().over_at is not None, "nothing in the window any more"


def test_one_person_500_times_counts_once(cast, moment):
    made = [report(cast, moment, text=NOISE[0]) for _ in range(30)]
    for matter in made:
        join_topic(matter.pk, moment)
    topic = HotTopic.objects.get()
    assert (topic.messages, topic.people) == (30, 1)


def test_who_sees_which(cast, moment):
    for matter in file(cast, moment):
        join_topic(matter.pk, moment)
    topic = HotTopic.objects.get()
    for who in ("desk", "lead", "street", "district"):
        assert list(hot_topics(cast.viewer(who), {})) == [topic], who
        assert topic_matters(cast.viewer(who), topic).count() == 4
    for who in ("resident", "handler", "desk_far", "street_far", "auditor"):
        assert not hot_topics(cast.viewer(who), {}).exists(), who
        with pytest.raises(NotVisible):
            hot_topic(cast.viewer(who), topic.pk)


def test_one_deed_for_the_whole_group(cast, moment):
    noise = file(cast, moment)
    for matter in noise:
        join_topic(matter.pk, moment)
    topic = HotTopic.objects.get()
    order = {"topic_id": topic.pk, "requirement": "三日内停止夜间施工", "until": moment.date() + timedelta(days=5)}
    with pytest.raises(Invalid, match="还没有事项交给承办单位"):
        grouped.oversee_topic(**order, by=cast.street, now=moment)
    with pytest.raises(NotAllowed):
        grouped.oversee_topic(**order, by=cast.desk, now=moment)
    triage_government(
        matter_id=noise[0].pk, criterion=cast.criteria["complex"].pk, reason="属于执法事项。",
        host_unit=cast.bodies["unit"].pk, by=cast.desk, now=moment,
    )  # fmt: skip
    grouped.oversee_topic(**order, by=cast.street, now=moment)
    issued = OversightOrder.objects.get()
    assert issued.matter == noise[0] and all(m.number in issued.requirement for m in noise[1:])
    with pytest.raises(Invalid, match="还没有销号"):
        grouped.oversee_topic(**order, by=cast.street, now=moment)
    grouped.triage_topic(
        topic_id=topic.pk, criterion=cast.criteria["parking"].pk, reason="要一起商量", by=cast.desk2, now=moment
    )
    states = sorted(Matter.objects.values_list("state", flat=True))
    assert states == ["assigned", "together", "together", "together"]


def test_the_whole_group_is_merged(cast, moment):
    noise = file(cast, moment)
    for matter in noise:
        join_topic(matter.pk, moment)
    topic = HotTopic.objects.get()
    grouped.merge_topic(topic_id=topic.pk, into=noise[0].pk, reason="同一个工地", by=cast.street, now=moment)
    assert Matter.objects.filter(merged_into=noise[0], state="merged").count() == 3
