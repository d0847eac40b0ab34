"""What is done with a whole topic at once: triaged as 小事 together, merged, overseen by one order."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from ..access import HotTopicAccess, MatterAccess
from ..models import HotTopic, Matter, OversightOrder
from ..words import OPEN, MatterState
from .handling import oversee
from .merging import merge
from .telling import clean
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
