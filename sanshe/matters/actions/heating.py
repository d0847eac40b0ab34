"""Hot topics are kept up: a new matter joins its topic at once, all are formed anew every night.

Only the worker and commands do this; a page reads what they left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from sanshe.areas.public import Area, AreaLevel, Place, descendant_ids
from sanshe.kernel import params
from sanshe.kernel.search import nearest, searchable

from ..models import HotTopic, Matter, TopicMember
from ..same.candidates import MATTERS, street_of
from ..same.finding import likeness, weights
from ..same.ranking import heat_of, who_of
from ..same.traces import Trace, trace
from ..words import MatterKind, MatterState

_READ = (
    "number", "title", "text", "place_text", "area_id", "created_at", "reporter_id", "person_id", "contact_phone_hash",
    "state",
)  # fmt: skip
#: What was refused or taken back speaks of no topic.
_OUT = (MatterState.DECLINED, MatterState.WITHDRAWN)
#: Matters of one street that are sorted at once, the newest.
AT_ONCE = 4000
#: The first half of the advisory locks under which the topics of a street are formed.
_LOCK = 6_015_002


def _figure(name: str) -> float:
    return float(params.get(f"hot.{name}").value)


def ask_for_topics(matter_id: int) -> None:
    """Have the worker look to which topic a matter belongs, once this transaction stands."""

    def defer() -> None:
        from ..jobs import join_topic

        join_topic.defer(matter_id=matter_id)

    transaction.on_commit(defer)


def _who(matter: Matter) -> str:
    return who_of(matter.reporter_id, matter.person_id, matter.contact_phone_hash or "", matter.text)


def _recent(now: datetime, areas: Sequence[int]) -> QuerySet[Matter]:
    since = now - timedelta(days=_figure("window_days"))
    rows = Matter.objects.filter(area__in=areas, created_at__gte=since, kind=MatterKind.MATTER)
    return rows.exclude(state__in=_OUT).only(*_READ).order_by("-created_at", "-pk")


@transaction.atomic
def join_topic(matter_id: int, now: datetime) -> HotTopic | None:
    """Put a new matter to the topic of the matter that it is most like; two that are alike begin one.

    Returns the topic, None when it is like nothing of the window. Run again, it does nothing twice.
    """
    since = now - timedelta(days=_figure("window_days"))
    matter = Matter.objects.select_related("area").filter(pk=matter_id, created_at__gte=since).first()
    if matter is None or matter.state in _OUT or matter.kind != MatterKind.MATTER:
        return None
    _alone(matter.area.parent_id or matter.area_id)
    held = _topic_of([matter.pk]).get(matter.pk)
    if held is not None:
        return held
    seen = trace(matter.text, matter.place_text, matter.title)
    rows = _beside(matter, seen, now)
    best = _nearest(matter, seen, list(rows.values()))
    if not best:
        return None
    topics = _topic_of(best)
    topic = next((topics[pk] for pk in best if pk in topics), None)
    if topic is None:
        run = HotTopic.objects.aggregate(last=Max("run"))["last"] or 1
        topic = _begin([matter, rows[best[0]]], "", [], run, now)
    else:
        topic = HotTopic.objects.select_for_update().get(pk=topic.pk)
        _add(topic, [matter], now)
    _measure(topic, now)
    if topic.order_id is not None:
        from .grouped import tell_of_late_joiner

        tell_of_late_joiner(matter, now)
    return topic


def _alone(street: int) -> None:
    """Be the only one who forms topics of a street until this transaction ends; other streets go on meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, street % 2**31])


def _beside(matter: Matter, seen: Trace, now: datetime) -> dict[int, Matter]:
    """The matters of the window that a new one is compared with: of its street those that share most words, and the
    newest of its community, which the index may not have yet."""
    most, street = int(_figure("joined_with")), street_of(matter.area)
    others = _recent(now, street).exclude(pk=matter.pk)
    rows = {m.pk: m for m in others.filter(area=matter.area_id)[: int(_figure("same_fresh"))]}
    among = int(_figure("same_looked"))
    ids = nearest(searchable(MATTERS), others, seen.pairs, among=among, limit=most - len(rows))
    missing = [pk for pk in ids if pk not in rows]
    return rows | {m.pk: m for m in others.filter(pk__in=missing)}


def _nearest(matter: Matter, seen: Trace, others: Sequence[Matter]) -> list[int]:
    """The ids of those that are at least so alike that they are one topic, the nearest first."""
    traces = [trace(m.text, m.place_text, m.title) for m in others]
    weigh = weights([seen, *traces])
    least = _figure("join_least") / 100
    found = []
    for other, left in zip(others, traces, strict=True):
        sure = likeness(seen, left, weigh, matter.place_text, other, matter.area_id)
        if sure >= least:
            found.append((sure, other.created_at, other.pk))
    return [pk for _, _, pk in sorted(found, reverse=True)[:20]]


def _topic_of(ids: Iterable[int]) -> dict[int, HotTopic]:
    """The present topic of each matter that has one."""
    rows = TopicMember.objects.filter(matter__in=list(ids), topic__over_at=None).select_related("topic")
    return {row.matter_id: row.topic for row in rows.order_by("run") if row.run == row.topic.run}


def _add(topic: HotTopic, matters: Iterable[Matter], now: datetime) -> None:
    TopicMember.objects.bulk_create(
        [
            TopicMember(topic=topic, matter=m, run=topic.run, who=_who(m)[:40], at=m.created_at, joined_at=now)
            for m in matters
        ],
        ignore_conflicts=True,
    )


def _begin(matters: Sequence[Matter], name: str, words: list[str], run: int, now: datetime) -> HotTopic:
    topic = HotTopic(run=run, formed_at=now, name=name, words=words, people=0, messages=0, days=0, heat=0)
    _fill(topic, matters, now)
    return topic


def _fill(topic: HotTopic, matters: Sequence[Matter], now: datetime) -> None:
    topic.area = _common_area({m.area_id for m in matters})
    if not topic.name:
        topic.name = str(matters[0].title)[:40]
    topic.name = topic.name[:60]
    topic.first_at, topic.last_at = min(m.created_at for m in matters), max(m.created_at for m in matters)
    topic.save()
    _add(topic, matters, now)


def _common_area(ids: set[int]) -> Area:
    areas = list(Area.objects.filter(pk__in=ids).select_related("parent"))
    if len(areas) == 1:
        return areas[0]
    parents = {a.parent_id: a.parent for a in areas if a.parent is not None}
    return next(iter(parents.values())) or areas[0] if parents else areas[0]


def _measure(topic: HotTopic, now: datetime) -> None:
    """Count people, days and rise anew."""
    spoken = list(topic.members.filter(run=topic.run).values_list("who", "at"))
    heat = heat_of(spoken, now)
    topic.people, topic.messages, topic.days, topic.rise = heat.people, heat.messages, heat.days, heat.rise
    topic.heat, topic.first_at, topic.last_at = heat.heat, heat.first, heat.last
    topic.save()


# -- every night -------------------------------------------------------------------------------------------------------


def form_topics(now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Sort the matters of the window into topics anew, street by street. Returns how many topics there are.

    A topic that is found again keeps its row, its address and its order; one that is not is over. Each street is one
    transaction; run again, the same topics come out.
    """
    run = (HotTopic.objects.aggregate(last=Max("run"))["last"] or 0) + 1
    streets = Area.objects.filter(level=AreaLevel.COMMUNITY).order_by().values_list("parent_id", flat=True).distinct()
    count = 0
    for street in streets:
        if stop():
            break
        if street is not None:
            count += _form_street(street, run, now)
    old = now - timedelta(days=_figure("runs_kept"))
    TopicMember.objects.filter(joined_at__lt=old, run__lt=run).delete()
    return count


@transaction.atomic
def _form_street(street: int, run: int, now: datetime) -> int:
    from ..same.grouping import Item, group
    from ..same.naming import background, name_of

    _alone(street)
    areas = descendant_ids(street)
    matters = list(_recent(now, areas)[:AT_ONCE])
    items = [Item(str(m.pk), m.title, m.text, m.created_at, _who(m), m.place_text, area=m.area_id) for m in matters]
    held = list(HotTopic.objects.select_for_update().filter(area__in=[street, *areas], over_at=None))
    before: dict[int, int] = {
        row.matter_id: row.topic_id
        for row in TopicMember.objects.filter(topic__in=held).order_by("run")
    }  # fmt: skip
    free = {topic.pk: topic for topic in held}
    common = background(items)
    known = Place.objects.filter(area__in=areas).values_list("name", flat=True)
    groups = group(items, _figure("together") / 100, _figure("gap_days"), known)
    for one in sorted(groups, key=lambda g: -len(g.members)):
        name, words = name_of(items, one.members, common)
        mine = [matters[k] for k in one.members]
        earlier = Counter(before[m.pk] for m in mine if m.pk in before)
        same = next((pk for pk, _ in earlier.most_common() if pk in free), None)
        if same is None:
            topic = _begin(mine, name, words, run, now)
        else:
            topic = free.pop(same)
            topic.run, topic.formed_at, topic.name, topic.words = run, now, name, words
            _fill(topic, mine, now)
        _measure(topic, now)
    for topic in free.values():
        topic.over_at = now
        topic.save(update_fields=["over_at"])
    return len(groups)


__all__ = ["ask_for_topics", "form_topics", "join_topic"]
