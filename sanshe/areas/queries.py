"""Readers of the tree, the bodies and the places. All of it is public, so no viewer is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Case, Exists, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from sanshe.kernel import clock, params

from .models import Area, AreaVersion, Body, Place
from .timeline import ancestor_ids_then, descendants, in_force, inside
from .words import AreaLevel


def area_by_code(code: str, on: date | None = None) -> Area:
    """Return the area of a code. Raises Area.DoesNotExist.

    Without a day a code of today is looked for first, then one of earlier forms (the latest). With a day only the
    code that was in force on it counts.
    """
    if on is None or on >= clock.today():
        found = Area.objects.filter(code=code).first()
        if found is not None:
            return found
        earlier = AreaVersion.objects.filter(code=code).select_related("area").order_by("-valid_from").first()
    else:
        earlier = AreaVersion.objects.filter(in_force(on), code=code).select_related("area").first()
        if earlier is None:
            then = AreaVersion.objects.filter(in_force(on), area=OuterRef("pk"))
            return Area.objects.get(~Exists(then), code=code)
    if earlier is None or (on is not None and earlier.valid_to is not None and earlier.valid_to <= on):
        raise Area.DoesNotExist(f"没有代码为 {code} 的区域")
    return earlier.area


def descendant_ids(area_id: int) -> list[int]:
    """Return the ids of an area and of all below it, in tree order."""
    area = Area.objects.only("lo", "hi").get(pk=area_id)
    return list(Area.objects.filter(lo__gte=area.lo, lo__lt=area.hi).order_by("lo").values_list("id", flat=True))


def communities_of(area_id: int, on: date | None = None) -> QuerySet[Area]:
    """Return the communities in an area (or the area itself, if it is one) in force on a day."""
    return descendants(Area.objects.get(pk=area_id), AreaLevel.COMMUNITY, on)


def ancestors(area: Area, on: date | None = None) -> QuerySet[Area]:
    """Return the areas above this one and itself, from the top, as they stood on a day.

    Climbs by the parents: a filter on lo and hi would read half of a large tree.
    """
    if on is not None and on < clock.today():
        ids = ancestor_ids_then(area, on)
        depth = Case(*(When(pk=pk, then=Value(n)) for n, pk in enumerate(ids)), output_field=IntegerField())
        return Area.objects.filter(pk__in=ids).order_by(depth)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE up AS (SELECT id, parent_id FROM areas_area WHERE id = %s "
            "UNION ALL SELECT a.id, a.parent_id FROM areas_area a JOIN up ON a.id = up.parent_id) SELECT id FROM up",
            [area.pk],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return Area.objects.filter(pk__in=ids).order_by("lo")


def ancestor_at(area: Area, level: str, on: date | None = None) -> Area | None:
    """Return the area of that level that contains this one (or is it), None when there is none."""
    return ancestors(area, on).filter(level=level).first()


def home_area() -> Area:
    """Return the area that this installation serves: the New Area of the notice if loaded, else the first root.

    Raises Area.DoesNotExist when no area was loaded.
    """
    code = str(params.get("areas.root_code", on=clock.today()).value)
    # The code may be one of earlier days: the area is the same. Still one query, by index.
    now_so = Area.objects.filter(code=code).values("pk")[:1]
    once_so = AreaVersion.objects.filter(code=code).order_by("-valid_from").values("area_id")[:1]
    found = Area.objects.filter(pk=Coalesce(Subquery(now_so), Subquery(once_so))).first()
    found = found or Area.objects.order_by("lo").first()
    if found is None:
        raise Area.DoesNotExist("还没有载入区域，请先运行 sanshe areas load")
    return found


def area_tree(spans: Iterable[tuple[int, int]], limit: int) -> tuple[dict[tuple[int, int], list[int]], tuple[int, int]]:
    """Return the ids inside each span [lo, hi) of at most `limit` areas, and the span of the whole forest.

    The tree order has no gaps, so `hi - lo` is the number of areas. One query. Used to resolve a viewer's posts.
    """
    small = {span for span in spans if span[1] - span[0] <= limit}
    with connection.cursor() as cursor:
        clause = " OR ".join(["(lo >= %s AND lo < %s)"] * len(small)) or "FALSE"
        cursor.execute(
            f"SELECT id, lo, false FROM areas_area WHERE {clause} "
            "UNION ALL SELECT coalesce(min(lo), 0), coalesce(max(lo), 0) + 1, true FROM areas_area",
            [bound for span in small for bound in span],
        )
        rows = cursor.fetchall()
    whole = next(((first, last) for first, last, is_span in rows if is_span), (0, 1))
    below: dict[tuple[int, int], list[int]] = {span: [] for span in small}
    for pk, lo, is_span in rows:
        if not is_span:
            for span in small:
                if span[0] <= lo < span[1]:
                    below[span].append(pk)
    return below, whole


@dataclass(frozen=True)
class PlaceMatch:
    """A community found for a typed place: the area, the kept place that led there (None when the community's own
    name did), and a score from 0 to 100."""

    area: Area
    place: Place | None
    score: int

    @property
    def label(self) -> str:
        """The match as one line of a list of choices."""
        where = f"{self.area.short_name}"
        return f"{self.place.name}（{where}）" if self.place else where


_LIKE_PLACES = """
SELECT p.id, p.area_id, max(
         CASE WHEN n.name = %(text)s THEN 100
              WHEN position(n.name in %(text)s) > 0 THEN 70 + least(length(n.name), 20)
              WHEN position(%(text)s in n.name) = 1 THEN 60
              WHEN position(%(text)s in n.name) > 0 THEN 50
              ELSE 0 END - n.alias) AS score
FROM areas_place p
JOIN areas_area a ON a.id = p.area_id AND a.lo >= %(lo)s AND a.lo < %(hi)s
CROSS JOIN LATERAL (
    SELECT p.name, 0 AS alias
    UNION ALL SELECT value, 1 FROM jsonb_array_elements_text(p.aliases)) n
WHERE length(n.name) > 1 AND (position(n.name in %(text)s) > 0 OR position(%(text)s in n.name) > 0)
GROUP BY p.id, p.area_id ORDER BY score DESC, p.id LIMIT %(limit)s
"""

_LIKE_COMMUNITIES = """
SELECT a.id, CASE WHEN a.short_name = %(text)s THEN 99
                  WHEN position(a.short_name in %(text)s) > 0 THEN 69 + least(length(a.short_name), 20)
                  ELSE 45 END AS score
FROM areas_area a
WHERE a.level = 'community' AND a.lo >= %(lo)s AND a.lo < %(hi)s
  AND (position(a.short_name in %(text)s) > 0 OR (position(%(text)s in a.short_name) > 0))
ORDER BY score DESC, a.lo LIMIT %(limit)s
"""


def places_like(text: str, within: Area | int | None = None, limit: int = 8) -> list[PlaceMatch]:
    """Return the communities that a typed place may mean, best first: by kept place, alias, or community name.

    The text may be a name («悦澜») or a sentence that holds one («悦澜 3 栋电梯坏了»). Fewer than two characters find
    nothing. `within` narrows to an area and all below it.
    """
    typed = "".join(text.split())[:200].replace("\x00", "")
    if len(typed) < 2:
        return []
    area = Area.objects.get(pk=within) if isinstance(within, int) else within
    if area is None:
        span = Area.objects.aggregate(lo=Min("lo"), hi=Max("hi"))
        lo, hi = span["lo"] or 0, span["hi"] or 0
    else:
        lo, hi = area.lo, area.hi
    values = {"text": typed, "lo": lo, "hi": hi, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_LIKE_PLACES, values)
        by_place = cursor.fetchall()
        cursor.execute(_LIKE_COMMUNITIES, values)
        by_name = cursor.fetchall()
    places = Place.objects.select_related("area").in_bulk([row[0] for row in by_place])
    areas = Area.objects.in_bulk([row[0] for row in by_name])
    found = [PlaceMatch(places[pk].area, places[pk], score) for pk, _, score in by_place]
    found += [PlaceMatch(areas[pk], None, score) for pk, score in by_name]
    return sorted(found, key=lambda m: -m.score)[:limit]


def bodies_in(area: Area, kinds: Iterable[str] = (), on: date | None = None) -> QuerySet[Body]:
    """Return the bodies that stand in an area or below it on a day, of the kinds given (default all)."""
    rows = Body.objects.filter(in_force(on), inside(area, on, "area")).select_related("area")
    wanted = [str(kind) for kind in kinds]
    return rows.filter(kind__in=wanted) if wanted else rows


def handling_units_for(area: Area, on: date | None = None) -> QuerySet[Body]:
    """Return the handling units (承办单位) that may take a matter of this area.

    They are those of the area itself, of the areas above it, and of the areas below it.
    """
    rows = Body.objects.filter(in_force(on), handles_matters=True).select_related("area")
    return rows.filter(Q(area__lo__lte=area.lo, area__hi__gt=area.lo) | Q(area__lo__gte=area.lo, area__lo__lt=area.hi))


def body_of(area: Area, kind: str, on: date | None = None) -> Body | None:
    """Return the body of a kind that stands in exactly this area, None when there is none."""
    return Body.objects.filter(in_force(on), area=area, kind=kind).order_by("id").first()
