"""Files that are likely to be of one person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

from django.db.models import Count, QuerySet

from sanshe.kernel.access import Viewer

from .access import MergeAccess, PersonAccess
from .models import Distinct, Merge, Person

#: Groups looked at for a page; the rest follows when these are settled.
GROUPS = 300
#: A phone shared by more files than this is a switchboard or a placeholder.
SHARED = 8


@dataclass(frozen=True)
class Pair:
    """Two files, the one to keep first, and why they are shown."""

    kept: Person
    gone: Person
    why: str


def similar(one: str, other: str) -> bool:
    """Whether two names may be spellings of one: equal, or alike but for one character, with the same surname."""
    if one == other:
        return True
    return bool(one and other) and one[0] == other[0] and SequenceMatcher(None, one, other).ratio() >= 0.6


def likely(viewer: Viewer, limit: int = 100) -> list[Pair]:
    """Return likely duplicates among the files that the viewer may merge, without those said to be two people."""
    rows = PersonAccess.rows(viewer, "merge").filter(anonymised_at__isnull=True)
    apart = set(Distinct.objects.values_list("one", "other"))
    found: dict[tuple[int, int], Pair] = {}
    for one, other, why in _candidates(rows):
        key = (min(one.pk, other.pk), max(one.pk, other.pk))
        if key in found or key in apart or (one.user_id and other.user_id):
            continue
        kept, gone = sorted((one, other), key=lambda p: (not p.citizen_hash, not p.user_id, p.pk))
        found[key] = Pair(kept, gone, why)
        if len(found) == limit:
            break
    return list(found.values())


def _candidates(rows: QuerySet[Person]) -> Iterator[tuple[Person, Person, str]]:
    for people in _groups(rows.exclude(phone_hash=""), "phone_hash"):
        if len(people) <= SHARED:
            for one, other in combinations(people, 2):
                # Two numbers of their own under one phone are a family, whatever the names.
                if similar(one.name, other.name) and not (one.citizen_hash and other.citizen_hash):
                    yield one, other, "电话相同，姓名相同或相近"
    for people in _groups(rows.filter(born_on__isnull=False), "name", "born_on"):
        for one, other in combinations(people[:SHARED], 2):
            if not (one.citizen_hash and other.citizen_hash) or (one.house_hash and one.house_hash == other.house_hash):
                yield one, other, "姓名和出生日期相同"
    for people in _groups(rows.exclude(house_hash=""), "name", "house_hash", "area"):
        for one, other in combinations(people[:SHARED], 2):
            if not (one.citizen_hash and other.citizen_hash):
                yield one, other, "姓名和楼栋房号相同"


def _groups(rows: QuerySet[Person], *columns: str) -> Iterator[list[Person]]:
    shared = rows.order_by().values(*columns).annotate(n=Count("pk")).filter(n__gt=1).order_by("-n")[:GROUPS]
    for group in shared:
        group.pop("n")
        yield list(rows.filter(**group).select_related("area").order_by("pk")[: SHARED + 1])


def merges_here(viewer: Viewer, limit: int = 100) -> QuerySet[Merge]:
    """Return the mergings that the viewer may undo or has seen undone, newest first."""
    return MergeAccess.rows(viewer).select_related("kept", "gone", "by").order_by("-id")[:limit]
