"""Who holds which post where, in the form that the kernel's rules take."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db.models import Q

from sanshe.kernel import clock
from sanshe.kernel.access import LITERALS, Deputy, Grants, Scope, provide_grants

if TYPE_CHECKING:
    from .models import Post, User


def register() -> None:
    """Make this module the kernel's provider of grants."""
    provide_grants(grants_of)


def grants_of(user: User) -> Grants:
    """Return what a user holds today: two queries, or one when no post stands in an area.

    A post in an area covers all below it. Small scopes become literal ids, a scope of more than LITERALS areas a
    range of the stored tree order, and the root of the whole tree no clause at all (engineering note 5).
    Posts of those for whom the user stands in today come with them, apart from the user's own (see `Deputy`).
    """
    from .models import Post, StandIn

    today = clock.today()
    lent = StandIn.objects.filter(
        substitute=user.pk, ended_at__isnull=True, first_day__lte=today, last_day__gte=today, absent__is_active=True
    )
    posts = list(
        Post.objects.filter(Q(user_id=user.pk) | Q(pk__in=lent.values("posts")))
        .in_force(today).select_related("area", "body", "user").order_by("id")
    )  # fmt: skip
    if not posts:
        return Grants()
    own = [post for post in posts if post.user_id == user.pk]
    if len(own) == len(posts):
        return _resolved(posts)
    absent: dict[int, list[Post]] = defaultdict(list)
    for post in posts:
        if post.user_id != user.pk:
            absent[post.user_id].append(post)
    deputies = tuple(Deputy(pk, held[0].user.name, _resolved(held)) for pk, held in absent.items())
    mine = _resolved(own) if own else Grants()
    for_others = tuple(f"{label}（代{one.name}）" for one in deputies for label in one.grants.posts)
    every = _resolved(posts)
    return Grants(every.areas, every.bodies, (*mine.posts, *for_others), mine, deputies)


def _resolved(posts: list[Post]) -> Grants:
    """The grants that posts give."""
    from sanshe.areas.public import area_tree

    from .words import Role

    spans: dict[str, set[tuple[int, int]]] = defaultdict(set)
    bodies: dict[str, set[int]] = defaultdict(set)
    labels: list[str] = []
    for post in posts:
        if post.area is not None:
            spans[post.role].add((post.area.lo, post.area.hi))
        elif post.body_id is not None:
            bodies[post.role].add(post.body_id)
        labels.append(f"{Role(post.role).label}（{post.area or post.body}）")
    wanted = {span for held in spans.values() for span in held}
    below, whole = area_tree(wanted, limit=LITERALS) if wanted else ({}, None)
    areas: dict[str, Scope] = {}
    for role, held in spans.items():
        if whole is not None and any(lo <= whole[0] and hi >= whole[1] for lo, hi in held):
            areas[role] = Scope(everywhere=True)
            continue
        ids: set[int] = set()
        ranges: list[tuple[int, int]] = []
        for span in held:
            found = below.get(span)
            if found is None or len(ids) + len(found) > LITERALS:
                ranges.append(span)
            else:
                ids.update(found)
        areas[role] = Scope(ids=frozenset(ids), ranges=tuple(sorted(ranges)))
    return Grants(
        areas=areas,
        bodies={role: frozenset(ids) for role, ids in bodies.items()},
        posts=tuple(dict.fromkeys(labels)),
    )
