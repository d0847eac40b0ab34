"""One deliberation for a whole hot topic: all of its matters that wait to be settled together are taken up at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from ..access import TopicAccess
from ..models import Deliberation, Topic
from ..words import TopicState
from .prepare import begin_topic, join_topic


def waiting_of(viewer: Viewer, matters: Any) -> list[Topic]:
    """The topics of some matters that wait and that the viewer may begin, oldest first, of one community.

    A deliberation is one community's: of several, that with most of them.
    """
    rows = TopicAccess.rows(viewer, "arrange").filter(matter__in=matters, state=TopicState.WAITING)
    found = list(rows.select_related("area").order_by("created_at", "pk"))
    if not found:
        return []
    areas = [topic.area_id for topic in found]
    most = max(dict.fromkeys(areas), key=areas.count)
    return [topic for topic in found if topic.area_id == most]


@transaction.atomic
def begin_together(*, matters: Any, by: Viewer, now: datetime, **plan: Any) -> Deliberation:
    """Begin one deliberation for all waiting topics of some matters. Raises Invalid when none waits."""
    topics = waiting_of(by, matters)
    if not topics:
        raise Invalid("这一组没有待安排协商的小事，请综合窗口先分流为小事。")
    one = begin_topic(topic_id=topics[0].pk, by=by, now=now, **plan)
    for topic in topics[1:]:
        join_topic(topic_id=topic.pk, deliberation=one, by=by, now=now)
    return one
