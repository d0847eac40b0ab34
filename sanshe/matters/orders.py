"""An oversight order for a whole topic: which matters it means, and what its unit can do with each of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer

from .access import HotTopicAccess, MatterAccess, OversightAccess
from .beside import Beside, beside_matter
from .models import HotTopic, Matter, OversightOrder, TopicMember
from .words import MatterKind, MatterState, OversightState

#: Matters of a topic that a page lists.
SHOWN = 200


@dataclass(frozen=True)
class Member:
    """A matter under the order. `does`: what the bulk answer would do with it; `why`: why nothing. `late`: came after
    the order was issued."""

    matter: Matter
    does: str
    why: str
    late: bool


def topic_of_order(order: OversightOrder) -> HotTopic | None:
    """The topic that an order was issued for, None for an order for one matter."""
    return HotTopic.objects.filter(order=order).order_by("-pk").first()


def order_of(matter: Matter) -> tuple[HotTopic, OversightOrder] | None:
    """The order that the topic of a matter is under and that is not closed yet, with the topic."""
    rows = TopicMember.objects.filter(matter=matter, topic__over_at=None, topic__order__isnull=False)
    rows = rows.exclude(topic__order__state=OversightState.CLOSED)
    for row in rows.select_related("topic__order__unit", "topic__order__by").order_by("-run")[:2]:
        order = row.topic.order
        if row.run == row.topic.run and order is not None:
            return row.topic, order
    return None


def members_of(viewer: Viewer, order: OversightOrder) -> tuple[list[Member], int]:
    """The matters under an order as far as the viewer may see them, oldest first, and how many more there are."""
    topic = topic_of_order(order)
    if topic is None:
        return [], 0
    rows = MatterAccess.rows(viewer, "work").filter(hot__topic=topic, hot__run=topic.run)
    rows = rows.select_related("area", "host_unit").order_by("created_at", "pk")
    mine = set(MatterAccess.rows(viewer, "handle").filter(hot__topic=topic, hot__run=topic.run).values_list("pk"))
    found = []
    for matter in rows[:SHOWN]:
        does, why = _fate(matter, order, (matter.pk,) in mine)
        found.append(Member(matter, does, why, matter.created_at > order.issued_at))
    return found, max(0, topic.members.filter(run=topic.run).count() - len(found))


def _fate(matter: Matter, order: OversightOrder, mine: bool) -> tuple[str, str]:
    state = matter.state
    if state == MatterState.MERGED:
        return "", "已并案，随并入的事项一起办结"
    if not matter.is_open:
        return "", "已经结束"
    if state == MatterState.RECEIVED:
        return "", "还没有分流，由综合窗口处理"
    if matter.host_unit_id != order.unit_id or matter.kind != MatterKind.MATTER:
        return "", "不由本单位办理"
    if not mine:
        return "", "不由您经办"
    if state == MatterState.HANDLING:
        return "办结", ""
    if state == MatterState.ASSIGNED:
        return "接收并办结", ""
    return "", "在等反映人补充，补充后另行办结"


def _lines(viewer: Viewer, matter: Matter) -> Iterable[Beside]:
    """On the page of every matter of the topic: under which order it stands, who answers it and until when."""
    if matter.kind != MatterKind.MATTER or not matter.is_open:
        return []
    found = order_of(matter)
    if found is None or found[1].matter_id == matter.pk:
        return []
    topic, order = found
    by = order.by.name if order.by is not None else "系统"
    until = clock.say_day(order.due_at)
    answered = "已回复，等销号" if order.state == OversightState.ANSWERED else f"{order.unit}在{until}前统一回复"
    more = topic.messages - 1
    text = f"此事项与另外 {more} 件反映同一件事，{by}已整组督办，{answered}。"
    if HotTopicAccess.may(viewer, "see", topic):
        return [Beside(text, topic.get_absolute_url(), "看整组")]
    if OversightAccess.may(viewer, "answer", order):
        return [Beside(text, reverse("matters:oversight_group", kwargs={"pk": order.pk}), "看整组")]
    return [Beside(text)]


beside_matter(_lines)
