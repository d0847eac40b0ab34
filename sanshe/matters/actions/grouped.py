"""What is done with a whole topic at once: triaged as 小事 together, merged, overseen by one order, answered by it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.kernel.notices import notify

from ..access import HotTopicAccess, MatterAccess, OversightAccess
from ..models import HotTopic, Matter, OversightOrder
from ..orders import members_of, order_of
from ..words import OPEN, MatterState
from .handling import accept, finish, oversee
from .merging import merge
from .parts import answer_oversight
from .telling import KIND, clean, tell_unit
from .triage import triage_joint

#: Numbers that an order for a whole topic spells out.
SPELLED = 10


def _locked(topic_id: int, verb: str, by: Viewer) -> HotTopic:
    HotTopicAccess.get(by, topic_id, verb)
    return HotTopic.objects.select_for_update().get(pk=topic_id)


def _members(topic: HotTopic, by: Viewer, verb: str, states: tuple[str, ...]) -> list[Matter]:
    rows = MatterAccess.rows(by, verb).filter(hot__topic=topic, hot__run=topic.run, state__in=states)
    return list(rows.order_by("created_at", "pk"))


@transaction.atomic
def triage_topic(*, topic_id: int, criterion: int | None, reason: str, by: Viewer, now: datetime) -> HotTopic:
    """Triage as 小事 all matters of a topic that wait for triage: then they can be deliberated as one."""
    topic = _locked(topic_id, "triage", by)
    waiting = _members(topic, by, "triage", (MatterState.RECEIVED,))
    if not waiting:
        raise Invalid("这一组里没有待分流的事项。")
    for matter in waiting:
        triage_joint(matter_id=matter.pk, criterion=criterion, reason=reason, by=by, now=now)
    return topic


@transaction.atomic
def merge_topic(*, topic_id: int, into: int | None, reason: str, by: Viewer, now: datetime) -> HotTopic:
    """Merge all open matters of a topic that the viewer covers into one of them; those in deliberation stay."""
    topic = _locked(topic_id, "merge", by)
    found = _members(topic, by, "merge", tuple(OPEN))
    lead = next((m for m in found if m.pk == into), None)
    if lead is None:
        raise Invalid({"into": "请从列出的事项中选择一件，其他的并入它。"})
    others = [m for m in found if m.pk != lead.pk and not (m.state == MatterState.TOGETHER and m.due_at is None)]
    others = [m for m in others if m.kind == lead.kind]
    if not others:
        raise Invalid("这一组里没有别的可以并入的事项。")
    for matter in others:
        merge(matter_id=matter.pk, into=lead.pk, reason=reason, by=by, now=now)
    return topic


@transaction.atomic
def oversee_topic(*, topic_id: int, requirement: str, until: date, by: Viewer, now: datetime) -> HotTopic:
    """Issue one oversight order for the whole topic: on its oldest matter that a unit has, naming all the others."""
    topic = _locked(topic_id, "oversee", by)
    if topic.order is not None and topic.order.state != "closed":
        raise Invalid("这一组已经发出督办，还没有销号。")
    held = _members(topic, by, "oversee", (MatterState.HANDLING, MatterState.ASSIGNED, MatterState.WAITING))
    if not held:
        raise Invalid("这一组还没有事项交给承办单位，请先分流。")
    requirement = clean(requirement, "requirement", 300, "请写明督办要求。", 2)
    lead = held[0]
    numbers = list(
        topic.members.filter(run=topic.run).exclude(matter=lead).order_by("at").values_list("matter__number", flat=True)
    )
    more = f"等 {len(numbers)} 件" if len(numbers) > SPELLED else f"共 {len(numbers)} 件"
    named = f"（对同一件事的整组事项一并督办，另含 {'、'.join(numbers[:SPELLED])}{more}）" if numbers else ""
    oversee(matter_id=lead.pk, requirement=f"{requirement}{named}", until=until, by=by, now=now)
    topic.order = OversightOrder.objects.filter(matter=lead).order_by("-pk").first()
    topic.save(update_fields=["order"])
    return topic


@transaction.atomic
def answer_group(
    *,
    order_id: int,
    answer: str,
    result: str,
    chosen: Collection[int],
    by: Viewer,
    now: datetime,
    public_result: str = "",
) -> list[Matter]:
    """The unit answers the order for a whole topic and finishes the chosen matters of it, each by its own steps.

    Whatever is not its own or can not be finished now stays as it is. Raises Invalid when one that was chosen has
    changed meanwhile: then nothing is done, and the page shows how it stands.
    """
    order = OversightAccess.get(by, order_id, "answer")
    members, _ = members_of(by, order)
    able = {m.matter.pk: m for m in members if m.does}
    wanted = [pk for pk in dict.fromkeys(chosen)]
    if any(pk not in able for pk in wanted):
        raise Invalid({"chosen": "选中的事项里有的刚刚变化，现在不能由这里办结，请重新核对。"})
    if wanted:
        clean(result, "result", 2000, "请写明办理结果：做了什么、什么时候、现在怎样。", 5)
    answer_oversight(order_id=order_id, answer=answer, by=by, now=now)
    done = []
    for pk in wanted:
        if able[pk].matter.state == MatterState.ASSIGNED:
            accept(matter_id=pk, by=by, now=now)
        done.append(finish(matter_id=pk, result=result, public_result=public_result, by=by, now=now))
    return done


def tell_of_late_joiner(matter: Matter, now: datetime) -> None:
    """A matter joined a topic that is under an order: the unit that answers it and the one who issued it are told."""
    found = order_of(matter)
    if found is None:
        return
    topic, order = found
    text = f"整组督办的同一件事又有一件：{matter.number}，现共 {topic.messages} 件"
    tell_unit(order.matter, order.unit_id, text, now)
    if order.by_id is not None:
        notify([order.by_id], text, topic.get_absolute_url(), now, KIND)
