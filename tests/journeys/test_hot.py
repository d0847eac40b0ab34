"""What many speak of becomes one deliberation: seen while typing, grouped, triaged and taken up as one."""

from __future__ import annotations

from sanshe.deliberation.models import Deliberation
from sanshe.matters.actions.heating import join_topic
from sanshe.matters.models import HotTopic, Matter

SAID = (
    ("resident", "龙寿苑院内车位不够，外来车占着，回家没有地方停车。"),
    ("neighbour", "龙寿苑停车太乱，消防通道上都停满了车。"),
    ("elder", "龙寿苑车位怎么分，请大家商量一个停车的办法。"),
)


def test_a_hot_topic_turned_into_a_deliberation(world, someone, turned):
    for who, text in SAID:
        turned.on(days=1)
        resident = someone(who, phone=True).go("/matters/new/")
        resident.fill(text=text, place_text="龙寿苑")
        resident.page.locator("[name='area']").first.select_option(str(world.areas["community"].pk))
        resident.send()
        join_topic(Matter.objects.latest("pk").pk, turned())
    topic = HotTopic.objects.get()
    assert (topic.people, topic.messages) == (3, 3)

    desk = someone("desk")
    desk.go("/matters/desk/").fill(text="龙寿苑没有地方停车，车位都被外来车占了")
    desk.page.locator("[name='area']").first.select_option(str(world.areas["community"].pk))
    desk.sees("可能是同一件事", "都提到", "停车")
    desk.go("/matters/list/").press("热点").sees(topic.name).check()
    desk.open(topic.name).sees("3 人", "这一组的事项").check()
    desk.press("整组分流为小事").fill(reason="涉及多数住户的停车秩序，要大家一起商量办法。").check()
    desk.send().sees("已分流为小事")

    lead = someone("lead").go(topic.get_absolute_url())
    lead.press("为整组发起一次协商").sees("3 件小事一并纳入")
    lead.fill(title="龙寿苑停车怎么安排", question="院内车位怎样分，外来车怎样管？", scope="some", form="council",
              group_text="龙寿苑住户").check()  # fmt: skip
    lead.send().sees("3 件事项一并纳入", "龙寿苑停车怎么安排").check()
    one = Deliberation.objects.get()
    assert one.topics.count() == 3 and set(Matter.objects.values_list("state", flat=True)) == {"together"}

    resident = someone("elder", phone=True).go(Matter.objects.latest("pk").progress_url)
    resident.sees("正在组织协商").check()
