"""Who holds which post where, in the form that the kernel's rules take."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sanshe.kernel import clock
from sanshe.kernel.access import LITERALS, Grants, Scope, provide_grants

if TYPE_CHECKING:
    from .models import User


def register() -> None:
    """Make this module the kernel's provider of grants."""
    provide_grants(grants_of)


def grants_of(user: User) -> Grants:
    """Return what a user holds today: two queries, or one when no post stands in an area.

    A post in an area covers all below it. Small scopes become literal ids, a scope of more than LITERALS areas a
    range of the stored tree order, and the root of the whole tree no clause at all (engineering note 5).
    """
    from sanshe.areas.public import area_tree

    from .models import Post
    from .words import Role

    posts = list(
        Post.objects.filter(user_id=user.pk).in_force(clock.today()).select_related("area", "body").order_by("id")
    )
    if not posts:
        return Grants()
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
