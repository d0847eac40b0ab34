"""Readers of hot topics, and what modules above offer on the page of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from sanshe.areas.public import Area, AreaLevel, descendant_ids
from sanshe.kernel import params
from sanshe.kernel.access import Viewer

from .access import HotTopicAccess, MatterAccess
from .models import HotTopic, Matter
from .same.ranking import said_days


@dataclass(frozen=True)
class TopicOffer:
    """A way on from a topic: a button, or the sentence why there is none now."""

    label: str
    url: str = ""
    why: str = ""


_offers: list[Callable[[Viewer, HotTopic], list[TopicOffer]]] = []


def on_hot_topic(offers: Callable[[Viewer, HotTopic], list[TopicOffer]]) -> None:
    """Register what a module above offers on the page of a topic, to those whom it concerns."""
    if offers not in _offers:
        _offers.append(offers)


def offers_on(viewer: Viewer, topic: HotTopic) -> list[TopicOffer]:
    """What the modules above offer."""
    return [one for show in _offers for one in show(viewer, topic)]


def hot_topics(viewer: Viewer, chosen: Mapping[str, Any]) -> QuerySet[HotTopic]:
    """The topics of enough people that the viewer's posts cover, hottest first; narrowed by `area` (Area)."""
    least = int(params.get("hot.people_least").value)
    rows = HotTopicAccess.rows(viewer).filter(over_at=None, people__gte=least).select_related("area", "order")
    area: Area | None = chosen.get("area")
    if area is not None:
        rows = rows.filter(area__in=[area.pk] if area.level == AreaLevel.COMMUNITY else descendant_ids(area.pk))
    return rows.order_by("-heat", "-pk")


def rising_topics(viewer: Viewer, limit: int = 3) -> list[HotTopic]:
    """The topics of which more people speak than before, those that rise most first; for the home of a post."""
    if HotTopicAccess.q(viewer) is False:
        return []
    least = int(params.get("hot.people_least").value)
    rows = HotTopicAccess.rows(viewer).filter(over_at=None, people__gte=least, rise__gt=0).select_related("area")
    return list(rows.order_by("-rise", "-heat", "-pk")[:limit])


def hot_topic(viewer: Viewer, pk: int, verb: str = "see") -> HotTopic:
    """One topic. Raises NotVisible."""
    return HotTopicAccess.get(viewer, pk, verb, rows=HotTopic.objects.select_related("area", "order__unit"))


def topic_matters(viewer: Viewer, topic: HotTopic) -> QuerySet[Matter]:
    """The matters of a topic as far as the viewer may see them, newest first."""
    rows = MatterAccess.rows(viewer, "work").filter(hot__topic=topic, hot__run=topic.run)
    rows = rows.select_related("area", "host_unit").defer("text", "result", "contact_name", "contact_phone")
    return rows.order_by("-created_at", "-pk")


def topic_days(topic: HotTopic) -> list[tuple[date, int]]:
    """How many matters on each day, oldest first."""
    return said_days(list(topic.members.filter(run=topic.run).values_list("who", "at")))
