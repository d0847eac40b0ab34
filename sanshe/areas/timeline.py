"""The tree as it stood on a day.

Rows of areas hold today's tree, numbered by `lo` and `hi`. For an earlier day the few areas that stood elsewhere then
are cut out of that numbering and put where they stood: what is left are ranges of the stored order, however large the
tree is. A day on which nothing stood elsewhere costs one short query; today costs none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet

from sanshe.kernel import clock

from .models import Area, AreaSuccession, AreaVersion, ManagedBy

Span = tuple[int, int]


@dataclass(frozen=True)
class _Then:
    """An area that had another place or level on the day: today's span, the order of its parent then, its levels."""

    pk: int
    lo: int
    hi: int
    parent_lo: int | None
    moved: bool
    level: str
    level_now: str


def in_force(on: date | None = None) -> Q:
    """Return the condition that a row with validity dates is in force on a day (default today)."""
    day = on or clock.today()
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def _differing(on: date | None) -> list[_Then]:
    """The areas whose place or level on the day is not today's. No query for today."""
    if on is None or on >= clock.today():
        return []
    rows = AreaVersion.objects.filter(valid_from__lte=on, valid_to__gt=on).values_list(
        "area_id", "area__lo", "area__hi", "parent__lo", "parent_id", "area__parent_id", "level", "area__level"
    )
    found = [_Then(pk, lo, hi, p_lo, was != is_now, level, now) for pk, lo, hi, p_lo, was, is_now, level, now in rows]
    return [one for one in found if one.moved or one.level != one.level_now]


def spans(area: Area, on: date | None = None) -> list[Span]:
    """Return the ranges [lo, hi) of today's order in which everything lies that stood in the area on a day."""
    return _spans(area, [one for one in _differing(on) if one.moved])


def _spans(area: Area, moved: Sequence[_Then]) -> list[Span]:
    if not moved:
        return [(area.lo, area.hi)]
    todo: list[Span] = [(area.lo, area.hi)]
    taken = {(area.lo, area.hi)}
    out: list[Span] = []
    while todo:
        lo, hi = todo.pop()
        left = lo
        pieces: list[Span] = []
        for one in sorted((m for m in moved if lo < m.lo < hi), key=lambda m: m.lo):
            if one.lo >= left:
                pieces.append((left, one.lo))
                left = one.hi
        pieces.append((left, hi))
        pieces = [piece for piece in pieces if piece[0] < piece[1]]
        out += pieces
        for one in moved:
            inside = one.parent_lo is not None and any(a <= one.parent_lo < b for a, b in pieces)
            if inside and (one.lo, one.hi) not in taken:
                taken.add((one.lo, one.hi))
                todo.append((one.lo, one.hi))
    joined: list[Span] = []
    for lo, hi in sorted(out):
        if joined and joined[-1][1] == lo:
            joined[-1] = (joined[-1][0], hi)
        else:
            joined.append((lo, hi))
    return joined


def inside(area: Area, on: date | None = None, path: str = "") -> Q:
    """Return the condition that a row's area lies in an area as that stood on a day.

    `path` names the row's foreign key to its area; "" says that the rows are areas themselves.
    """
    return _any_of(spans(area, on), path)


def _any_of(ranges: Iterable[Span], path: str) -> Q:
    order = f"{path}__lo" if path else "lo"
    out = Q()
    for lo, hi in ranges:
        out |= Q(**{f"{order}__gte": lo, f"{order}__lt": hi})
    return out


def descendants(area: Area, level: str = "", on: date | None = None) -> QuerySet[Area]:
    """Return an area and all below it as they stood on a day, in tree order; of one level if given.

    The rows carry today's names and codes: `as_of` gives them those of the day.
    """
    then = _differing(on)
    rows = Area.objects.filter(in_force(on), _any_of(_spans(area, [t for t in then if t.moved]), "")).order_by("lo")
    if not level:
        return rows
    was = [t.pk for t in then if t.level == level != t.level_now]
    was_not = [t.pk for t in then if t.level_now == level != t.level]
    of_level = Q(level=level)
    if was_not:
        of_level &= ~Q(pk__in=was_not)
    return rows.filter(of_level | Q(pk__in=was)) if was else rows.filter(of_level)


_UP = """
WITH RECURSIVE up(id, depth) AS (
    SELECT %s::bigint, 0
    UNION ALL
    SELECT p.parent_id, up.depth + 1 FROM up CROSS JOIN LATERAL (
        SELECT CASE WHEN v.id IS NULL THEN a.parent_id ELSE v.parent_id END AS parent_id
        FROM areas_area a LEFT JOIN areas_areaversion v
          ON v.area_id = a.id AND v.valid_from <= %s AND (v.valid_to IS NULL OR v.valid_to > %s)
        WHERE a.id = up.id) p
    WHERE p.parent_id IS NOT NULL AND up.depth < 20)
SELECT id FROM up ORDER BY depth DESC
"""


def ancestor_ids_then(area: Area, on: date) -> list[int]:
    """Return the ids of the areas above this one on a day and its own, from the top."""
    with connection.cursor() as cursor:
        cursor.execute(_UP, [area.pk, on, on])
        return [row[0] for row in cursor.fetchall()]


def as_of(areas: Iterable[Area], on: date | None = None) -> list[Area]:
    """Return the areas with the code, name, level and parent that they had on a day. For showing, never for saving."""
    rows = list(areas)
    if on is None or on >= clock.today():
        return rows
    then = {
        v.area_id: v
        for v in AreaVersion.objects.filter(area__in=[a.pk for a in rows], valid_from__lte=on, valid_to__gt=on)
    }
    for area in rows:
        version = then.get(area.pk)
        if version is not None:
            area.code, area.name, area.short_name = version.code, version.name, version.short_name
            area.level, area.parent_id = version.level, version.parent_id
    return rows


def absorbed_by(area_ids: Iterable[int] | None = None, on: date | None = None) -> dict[int, int]:
    """Return old area → the area that stands for it on a day, for those of `area_ids` (None: all) that were merged,
    abolished or split by then. Areas that stand for themselves are not in the answer: use `.get(i, i)`."""
    day = on or clock.today()
    step = dict(AreaSuccession.objects.filter(main=True, on__lte=day).values_list("old_id", "new_id"))
    wanted = step.keys() if area_ids is None else step.keys() & set(area_ids)
    out: dict[int, int] = {}
    for old in wanted:
        at, seen = step[old], {old}
        while at in step and at not in seen:
            seen.add(at)
            at = step[at]
        out[old] = at
    return out


def code_history(code: str) -> list[AreaVersion]:
    """Return all forms of the area that has, or had, a code (9 digits are padded), oldest first.

    An area that never changed has one form, made up from its own row and not stored.
    """
    padded = "".join(code.split()).upper()[:12].ljust(12, "0")
    area = Area.objects.filter(code=padded).first()
    if area is None:
        version = AreaVersion.objects.filter(code=padded).select_related("area").order_by("-valid_from").first()
        area = version.area if version is not None else None
    return history_of(area) if area is not None else []


def history_of(area: Area) -> list[AreaVersion]:
    """Return all forms of an area, oldest first; the one form of an area that never changed is not stored."""
    found = list(AreaVersion.objects.filter(area=area).select_related("parent", "area").order_by("valid_from"))
    if found:
        return found
    row = AreaVersion(
        area=area, code=area.code, name=area.name, short_name=area.short_name, level=area.level,
        parent_id=area.parent_id, valid_from=area.valid_from, valid_to=area.valid_to,
    )  # fmt: skip
    return [row]


def managed_by(area_id: int, on: date | None = None) -> ManagedBy | None:
    """Return who looks after an area that has no community of its own yet, None when nobody was named."""
    rows = ManagedBy.objects.filter(in_force(on), area_id=area_id).select_related("area", "manager")
    return rows.order_by("-valid_from", "-id").first()


def managing_area(area: Area | int, on: date | None = None) -> Area:
    """Return the area that takes what is raised in an area: the managing community, else the area itself."""
    key = area if isinstance(area, int) else area.pk
    found = managed_by(key, on)
    if found is not None:
        return found.manager
    return Area.objects.get(pk=area) if isinstance(area, int) else area
