"""Which matters a text is compared with closely: those that share most of its words, wherever they stand in time.

The index of pairs that the search keeps tells which of the open matters of a community say most of the same, so that
an old one is found as well as a new one, and a hundred texts are compared whatever the number there is. What was
written within the last seconds is not in the index yet: the newest few are compared in any case.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from sanshe.areas.public import Area, AreaLevel, descendant_ids
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.search import nearest, searchable

from ..access import MatterAccess, PublicMatterAccess
from ..models import Matter
from ..words import OPEN
from .traces import Trace

_FIELDS = (
    "number", "title", "text", "place_text", "place_id", "state", "area_id", "created_at", "due_at", "paused_at",
    "area__short_name", "host_unit__name", "calendar_version",
)  # fmt: skip
_PUBLIC = ("number", "public_title", "public_text", "state", "area_id", "created_at", "promised_at", "area__short_name",
           "host_unit__name", "criterion__name")  # fmt: skip
#: How the two kinds are called in the index of the search.
MATTERS, RELEASED = "matters", "public-matters"


def _figure(name: str) -> int:
    return int(params.get(f"hot.{name}", on=clock.today()).value)


def street_of(area: Area) -> list[int]:
    """The areas of the street that an area belongs to."""
    top = area.parent_id if area.level in (AreaLevel.COMMUNITY, AreaLevel.GROUP) and area.parent_id else area.pk
    return descendant_ids(top)


def places_of(seen: Trace, place: str) -> list[str]:
    """The names by which a place is looked for in the neighbouring communities; a house number is no name."""
    typed = place.strip()
    return [*seen.places, *([typed] if 2 < len(typed) <= 12 else [])]


def candidates(
    viewer: Viewer, seen: Trace, area: int | None, place: str, own: Matter | None, now: datetime
) -> list[Matter]:
    """The open matters that a text is compared with: of the community, and of its street where the place is the same.

    Staff are given what they may see, and what was released; everybody else what was released, and their own.
    """
    found: dict[int, Matter] = {}

    def add(rows: QuerySet[Any], fields: Sequence[str], kind: str) -> None:
        since = now - timedelta(days=_figure("same_days"))
        rows = rows.filter(created_at__gte=since, state__in=OPEN)
        if own is not None:
            rows = rows.exclude(pk=own.pk)
        related = ["area", "host_unit", *(["criterion"] if kind == RELEASED else [])]
        shown = rows.select_related(*related).only(*fields)
        newest = shown if area is None else shown.filter(area=area)
        many = _figure("same_compared" if area is None else "same_fresh")
        for row in newest.order_by("-created_at", "-pk")[:many]:
            found.setdefault(row.pk, row)
        if area is not None:
            ids = [pk for pk in _nearest(rows, kind, seen, area, place) if pk not in found]
            for row in shown.filter(pk__in=ids) if ids else ():
                found.setdefault(row.pk, row)

    if viewer.is_staff:
        add(MatterAccess.rows(viewer, "work"), _FIELDS, MATTERS)
    elif viewer.signed_in:
        add(MatterAccess.rows(viewer).filter(reporter=viewer.user_id), _FIELDS, MATTERS)
    if area is not None or not viewer.is_staff:
        add(PublicMatterAccess.rows(viewer), _PUBLIC, RELEASED)
    return list(found.values())


def _nearest(rows: QuerySet[Any], kind: str, seen: Trace, area: int, place: str) -> list[int]:
    thing, among, most = searchable(kind), _figure("same_looked"), _figure("same_compared")
    found = nearest(thing, rows.filter(area=area), seen.pairs, among=among, limit=most // 3)
    names = places_of(seen, place)
    at = Area.objects.filter(pk=area).only("pk", "level", "parent_id").first() if names else None
    beside = [pk for pk in street_of(at) if pk != area] if at is not None else []
    if beside:
        around = rows.filter(area__in=beside)
        found += nearest(thing, around, seen.pairs, within=names, among=among, limit=most // 6)
    return found
