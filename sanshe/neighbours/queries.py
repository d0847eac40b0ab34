"""Readers of mutual help: what neighbours offer and ask, who fits whom, hours, and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from sanshe.areas.public import Area, AreaLevel
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import NotVisible
from sanshe.people.public import FileRow, Person

from .access import COUNTS, BarAccess, BlockAccess, PairAccess, PostAccess, ReportAccess, apart_from, may_watch
from .actions.pairing import other_side
from .models import Bar, Block, Pair, Post, Report, kind_choices
from .words import PairState, PostState, ReportState, Side

#: Two are in touch: nothing is suggested to them again.
IN_TOUCH = (PairState.PROPOSED, PairState.AGREED, PairState.REPORTED, PairState.DIFFER)
SHOWN = 100


def around(viewer: Viewer, area: Area, side: str = "", kind: str = "") -> QuerySet[Post]:
    """What neighbours in a community offer and ask, newest first, without one's own."""
    rows = PostAccess.rows(viewer).filter(area=area, state=PostState.OPEN).exclude(user=viewer.user_id or 0)
    if side:
        rows = rows.filter(side=side)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.select_related("area").order_by("-pk")


def mine(viewer: Viewer) -> QuerySet[Post]:
    """One's own posts, newest first."""
    return PostAccess.rows(viewer).filter(user=viewer.user_id or 0).select_related("area").order_by("-pk")


def posts_here(viewer: Viewer, state: str = "", side: str = "") -> QuerySet[Post]:
    """All posts of the communities that the viewer watches over, newest first. Raises NotVisible for others."""
    if not may_watch(viewer):
        raise NotVisible()
    rows = PostAccess.rows(viewer, "see").select_related("area")
    if state:
        rows = rows.filter(state=state)
    if side:
        rows = rows.filter(side=side)
    return rows.order_by("-pk")


def pairs_of(viewer: Viewer) -> QuerySet[Pair]:
    """The pairs in which the viewer is one of the two, newest first."""
    me = viewer.user_id or 0
    rows = PairAccess.rows(viewer).filter(Q(helper=me) | Q(seeker=me))
    return rows.select_related("area", "offer", "request").order_by("-pk")


def pairs_asking(viewer: Viewer, limit: int) -> list[Pair]:
    """The same as a list, each with what it asks of the viewer now, in words (`asks_me`); those that ask come first."""
    rows = list(pairs_of(viewer)[:limit])
    for pair in rows:
        helps = pair.helper_id == viewer.user_id
        by_other = Side.REQUEST if helps else Side.OFFER
        asks = ""
        if pair.state == PairState.PROPOSED and pair.proposed_by == by_other:
            asks = "等您答复"
        elif pair.state == PairState.REPORTED and pair.reported_by == by_other:
            asks = "等您确认时间"
        pair.asks_me = asks  # type: ignore[attr-defined]
    return sorted(rows, key=lambda pair: not pair.asks_me)  # type: ignore[attr-defined]


def pairs_at_desk(viewer: Viewer) -> QuerySet[Pair]:
    """Pairs for which the desk acts, since one has no account, and those whose hours wait for the lead."""
    rows = PairAccess.rows(viewer, "take_part") | PairAccess.rows(viewer, "correct").filter(state=PairState.DIFFER)
    rows = rows.filter(Q(helper__isnull=True) | Q(seeker__isnull=True) | Q(state=PairState.DIFFER))
    return rows.distinct().select_related("area", "offer", "request").order_by("-pk")


def fitting(viewer: Viewer, made: Post, limit: int = 5) -> list[Post]:
    """Posts of the other side that fit: same community and kind, a time in common, not in touch, not kept apart."""
    if made.state != PostState.OPEN:
        return []
    rows = Post.objects.filter(
        area=made.area_id, kind=made.kind, side=other_side(made.side), state=PostState.OPEN, until__gt=clock.now()
    )
    if made.user_id is not None:
        rows = rows.exclude(user=made.user_id)
        column = "helper" if made.side == Side.REQUEST else "seeker"
        other = "request" if made.side == Side.REQUEST else "offer"
        met = Pair.objects.filter(**{other: made.pk, "state__in": IN_TOUCH}).values(column)
        rows = rows.exclude(user__in=met)
    rows = PostAccess.rows(viewer).filter(pk__in=rows.values("pk")).exclude(user__in=apart_from(viewer))
    found = [p for p in rows.select_related("area").order_by("-pk")[:SHOWN] if _times_meet(made, p)]
    return sorted(found, key=lambda p: -len(set(made.times) & set(p.times)))[:limit]


def _times_meet(one: Post, other: Post) -> bool:
    """A time in common; who named none can come at any."""
    return not one.times or not other.times or bool(set(one.times) & set(other.times))


def fitting_mine(viewer: Viewer) -> list[tuple[Post, list[Post]]]:
    """One's own open posts, each with what fits; those without are left out."""
    rows = mine(viewer).filter(state=PostState.OPEN)[:10]
    return [(made, found) for made in rows if (found := fitting(viewer, made))]


def counters(viewer: Viewer, found: Post) -> list[Post]:
    """Posts of the other side that the viewer may answer with: their own, or at the desk those entered for others."""
    rows = PostAccess.rows(viewer, "own").filter(
        side=other_side(found.side), area=found.area_id, kind=found.kind, state=PostState.OPEN
    )
    return list(rows.order_by("-pk")[:20])


def confirmed(user_id: int) -> QuerySet[Pair]:
    """The confirmed help that an account gave, by its day."""
    rows = Pair.objects.filter(helper=user_id, state=PairState.CONFIRMED).select_related("area")
    return rows.order_by("done_on", "pk")


def minutes_of(user_id: int) -> int:
    """The confirmed minutes of an account."""
    return int(confirmed(user_id).aggregate(n=Sum("minutes"))["n"] or 0)


def hours_by_kind(rows: list[Pair]) -> list[tuple[str, int, float]]:
    """Of confirmed help: what, how often, how many hours."""
    times: Counter[str] = Counter()
    minutes: Counter[str] = Counter()
    for pair in rows:
        times[pair.kind_said] += 1
        minutes[pair.kind_said] += pair.minutes or 0
    return [(kind, n, minutes[kind] / 60) for kind, n in times.most_common()]


def blocks_of(viewer: Viewer) -> list[Block]:
    """Whom one does not want to see."""
    return list(BlockAccess.rows(viewer).select_related("whom").order_by("-pk"))


def reports_here(viewer: Viewer, state: str = ReportState.RAISED) -> QuerySet[Report]:
    """Reports that wait, or were decided, those with the nearest date first."""
    rows = ReportAccess.rows(viewer).filter(state=state).select_related("area", "post", "pair")
    return rows.defer("text").order_by("due_at", "pk")


def bars_here(viewer: Viewer, now: datetime) -> list[Bar]:
    """Who may not take part at present."""
    rows = BarAccess.rows(viewer).filter(until__gt=now, ended_at__isnull=True).exclude(user=viewer.user_id)
    return list(rows.select_related("user", "area").order_by("-pk")[:SHOWN])


def posted_from(viewer: Viewer, matter_id: int) -> Post | None:
    """The open post that a matter led to, if the viewer may see it."""
    rows = PostAccess.rows(viewer).filter(matter=matter_id, state__in=[PostState.OPEN, PostState.TAKEN])
    return rows.order_by("-pk").first()


# -- counts --------------------------------------------------------------------------------------------------------


def counts_shown(since: date) -> dict[str, int]:
    """For everybody: how many asked, offered, were helped, and hours since a day. Counts of the New Area alone."""
    begun = clock.start_of(since)
    sides = dict(Post.objects.filter(created_at__gte=begun).values_list("side").annotate(n=Count("pk")))
    done = Pair.objects.filter(state=PairState.CONFIRMED, confirmed_at__gte=begun)
    found = done.aggregate(n=Count("pk"), minutes=Sum("minutes"))
    return {
        "requests": sides.get(Side.REQUEST, 0),
        "offers": sides.get(Side.OFFER, 0),
        "done": found["n"],
        "hours": round((found["minutes"] or 0) / 60),
    }


def communities_counted(viewer: Viewer) -> QuerySet[Area]:
    """The communities whose counts the viewer may read. Raises NotVisible for others."""
    scopes = [s for role in COUNTS if (s := viewer.grants.areas.get(str(role)))]
    if not scopes:
        raise NotVisible()
    rows = Area.objects.filter(level=AreaLevel.COMMUNITY)
    if any(s.everywhere for s in scopes):
        return rows
    inside = Q(pk__in=[pk for s in scopes for pk in s.ids])
    for lo, hi in (r for s in scopes for r in s.ranges):
        inside |= Q(lo__gte=lo, lo__lt=hi)
    return rows.filter(inside)


def figures(viewer: Viewer, since: date, until: date) -> dict[str, Any]:
    """Requests, offers, pairs and confirmed hours by community, by month and by kind. Counts, no people."""
    areas = communities_counted(viewer)
    begun, end = clock.start_of(since), clock.start_of(until)
    posts = Post.objects.filter(area__in=areas.values("pk"), created_at__gte=begun, created_at__lt=end)
    pairs = Pair.objects.filter(area__in=areas.values("pk"))
    met = pairs.filter(answered_at__gte=begun, answered_at__lt=end).exclude(
        state__in=[PairState.DECLINED, PairState.PROPOSED]
    )
    done = pairs.filter(state=PairState.CONFIRMED, done_on__gte=since, done_on__lt=until)
    names = {a.pk: a.short_name for a in areas}
    places = _merged(posts.values_list("area", "side"), met.values_list("area"), done.values_list("area"))
    months = _merged(
        posts.annotate(m=TruncMonth("created_at", tzinfo=clock.TZ)).values_list("m", "side"),
        met.annotate(m=TruncMonth("answered_at", tzinfo=clock.TZ)).values_list("m"),
        done.annotate(m=TruncMonth("done_on")).values_list("m"),
    )
    kinds = _merged(posts.values_list("kind", "side"), met.values_list("kind"), done.values_list("kind"))
    called = dict(kind_choices())
    return {
        "places": [(names[k], v) for k, v in sorted(places.items(), key=lambda i: -i[1]["hours"]) if k in names],
        "months": [(f"{k.year}年{k.month}月", v) for k, v in sorted(_by_month(months).items(), reverse=True)],
        "kinds": [(called.get(k, k), v) for k, v in sorted(kinds.items(), key=lambda i: -i[1]["request"])],
        "total": _sum(list(places.values())),
    }


def _empty() -> dict[str, Any]:
    return {Side.REQUEST.value: 0, Side.OFFER.value: 0, "pairs": 0, "hours": 0.0}


def _merged(posts: Any, met: Any, done: Any) -> dict[Any, dict[str, Any]]:
    """Counts of posts by side, of pairs and of hours, under one key each."""
    found: dict[Any, dict[str, Any]] = {}
    for key, side, n in posts.annotate(n=Count("pk")).order_by():
        found.setdefault(key, _empty())[side] += n
    for key, n in met.annotate(n=Count("pk")).order_by():
        found.setdefault(key, _empty())["pairs"] += n
    for key, minutes in done.annotate(n=Sum("minutes")).order_by():
        found.setdefault(key, _empty())["hours"] += minutes / 60
    return found


def _by_month(found: dict[Any, dict[str, Any]]) -> dict[date, dict[str, Any]]:
    """Moments and days of the same month under one day."""
    months: dict[date, dict[str, Any]] = {}
    for key, line in found.items():
        day = clock.local(key).date() if isinstance(key, datetime) else key
        held = months.setdefault(day.replace(day=1), _empty())
        for name, n in line.items():
            held[name] += n
    return months


def _sum(lines: list[dict[str, Any]]) -> dict[str, Any]:
    total = _empty()
    for line in lines:
        for name, n in line.items():
            total[name] += n
    return total


# -- a person's file -------------------------------------------------------------------------------------------------


def _of(person: Person) -> Q:
    return Q(person=person) | Q(user=person.user_id) if person.user_id else Q(person=person)


def file_rows(viewer: Viewer, person: Person) -> Iterator[FileRow]:
    """The person's offers and requests, for those who may see them."""
    for made in PostAccess.rows(viewer).filter(_of(person)).select_related("area").order_by("-pk")[:50]:
        yield FileRow(
            title=str(made),
            url=made.get_absolute_url(),
            state=str(made.get_state_display()),
            meta=(str(made.area), f"{clock.local(made.created_at):%Y-%m-%d}"),
        )


def against_erasure(person: Person, on: date) -> Iterator[str]:
    """What is agreed and not yet done."""
    if person.user_id is None:
        return
    rows = Pair.objects.filter(Q(helper=person.user_id) | Q(seeker=person.user_id))
    waiting = rows.filter(state__in=[PairState.AGREED, PairState.REPORTED, PairState.DIFFER]).count()
    if waiting:
        yield f"还有 {waiting} 次邻里互助没有办完。"
