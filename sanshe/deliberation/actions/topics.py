"""Topics: made from matters, taken up, given back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from sanshe.accounts.public import Role, on_duty
from sanshe.kernel import thread
from sanshe.kernel.access import Viewer
from sanshe.matters.public import hand_back, joint_waits

from ..flow import TOPIC_FLOW
from ..models import Deliberation, Topic
from ..words import ENDED, TopicState
from .telling import tell, words


@transaction.atomic
def topic_of(*, matter: Any, by: Viewer, now: datetime) -> Topic:
    """The topic of a matter that was triaged as 小事; made, and told to the community, when there is none yet."""
    for found in (
        Topic.objects.filter(matter_id=matter.pk).exclude(state=TopicState.DROPPED).select_related("deliberation")
    ):
        if found.deliberation is None or found.deliberation.state not in ENDED:
            return found
    topic = Topic(
        title=str(matter)[:80],
        area_id=matter.area_id,
        matter_id=matter.pk,
        created_at=now,
        due_at=matter.due_at,
    )
    TOPIC_FLOW.begin(topic, by, now, sentence="{actor}把事项分流为小事，待安排协商")
    thread.link(matter, topic)
    leads = on_duty(Role.COMMUNITY_LEAD, Role.COMMUNITY_WORKER, area=matter.area, exactly=True)
    text = "有一件小事待安排协商，请发起协商或并入已有协商。"
    tell([u.pk for u in leads if u.pk != by.user_id], text, topic.get_absolute_url(), now)
    return topic


@transaction.atomic
def drop_topic(*, matter: Any, by: Viewer, now: datetime) -> None:
    """A matter goes another way: its topic is dropped, unless its deliberation has ended. A hook: nobody is asked."""
    rows = Topic.objects.select_for_update(of=("self",)).filter(matter_id=matter.pk).exclude(state=TopicState.DROPPED)
    for topic in rows.exclude(deliberation__state__in=ENDED):
        TOPIC_FLOW.move(topic, "drop", by, now)


@transaction.atomic
def hand_topic_back(*, topic_id: int, reason: str, by: Viewer, now: datetime) -> Topic:
    """What can not be settled together goes back to triage, with the reason."""
    topic = TOPIC_FLOW.take(topic_id, "hand_back", by)
    reason = words("reason", reason, "退回的理由", 500)
    TOPIC_FLOW.move(topic, "hand_back", by, now, note=reason)
    hand_back(matter_id=topic.matter_id or 0, reason=reason, by=by, now=now)
    return topic


def release_topics(*, deliberation: Deliberation, by: Viewer, now: datetime) -> int:
    """Give the topics of a deliberation without result back to the community. Returns how many."""
    taken = list(Topic.objects.select_for_update().filter(deliberation=deliberation, state=TopicState.TAKEN))
    for topic in taken:
        topic.deliberation = None
        TOPIC_FLOW.move(topic, "release", by, now)
        if topic.matter_id is not None:
            joint_waits(matter_id=topic.matter_id, now=now)
    return len(taken)
