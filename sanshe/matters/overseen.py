"""The list of oversight orders: narrowed, counted, each figure with its rows. The viewer first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.http import urlencode

from sanshe.areas.public import Body, descendant_ids
from sanshe.kernel.access import Viewer

from .access import OversightAccess
from .models import OversightOrder
from .words import OversightRule, OversightState

#: What the list may be narrowed to beside a state.
OVERDUE, OPEN, BY_HAND = "overdue", "open", "hand"
COUNT_TO = 1000


def orders(viewer: Viewer, chosen: Mapping[str, Any], now: datetime) -> QuerySet[OversightOrder]:
    """The orders that the viewer may see, newest first, narrowed by `state` (a state, `open`, `overdue`), `rule` (a
    rule or `hand`), `area` (Area), `unit` (id)."""
    rows = OversightAccess.rows(viewer)
    area = chosen.get("area")
    if area is not None:
        rows = rows.filter(area__in=descendant_ids(area.pk))
    if chosen.get("unit"):
        rows = rows.filter(unit=chosen["unit"])
    rule = chosen.get("rule") or ""
    if rule == BY_HAND:
        rows = rows.filter(rule="")
    elif rule in OversightRule.values:
        rows = rows.filter(rule=rule)
    state = chosen.get("state") or ""
    if state == OPEN:
        rows = rows.exclude(state=OversightState.CLOSED)
    elif state == OVERDUE:
        rows = rows.filter(state=OversightState.ISSUED, due_at__lt=now)
    elif state in OversightState.values:
        rows = rows.filter(state=state)
    return rows.select_related("matter", "area", "unit", "by").order_by("-issued_at", "-pk")


@dataclass(frozen=True)
class Figure:
    """A number of the head of the list, with the address of its rows."""

    label: str
    value: str
    query: str
    tone: str = ""


def figures(viewer: Viewer, now: datetime) -> list[Figure]:
    """How many wait for the unit, are overdue, wait to be closed, and how many of the open ones by each rule."""
    rows = OversightAccess.rows(viewer).order_by()
    still = ~Q(state=OversightState.CLOSED)
    wanted: list[tuple[str, Q, dict[str, str], str]] = [
        ("待单位回复", Q(state=OversightState.ISSUED), {"state": OversightState.ISSUED}, ""),
        ("回复已逾期", Q(state=OversightState.ISSUED, due_at__lt=now), {"state": OVERDUE}, "bad"),
        ("待督办人销号", Q(state=OversightState.ANSWERED), {"state": OversightState.ANSWERED}, ""),
        *(
            (f"{rule.label}（未销号）", still & Q(rule=rule), {"state": OPEN, "rule": rule}, "")
            for rule in OversightRule
        ),
        ("人工督办（未销号）", still & Q(rule=""), {"state": OPEN, "rule": BY_HAND}, ""),
    ]
    found = []
    for label, condition, query, tone in wanted:
        count = rows.filter(condition)[: COUNT_TO + 1].count()
        words = f"{COUNT_TO}+" if count > COUNT_TO else str(count)
        found.append(Figure(label, words, urlencode(query), tone if count else ""))
    return found


def units_overseen(viewer: Viewer, limit: int = 200) -> list[tuple[str, str]]:
    """The units that the viewer's orders went to, for the filter."""
    ids = OversightAccess.rows(viewer).order_by().values("unit")
    rows = Body.objects.filter(pk__in=ids).order_by("name").values_list("pk", "name")[:limit]
    return [(str(pk), name) for pk, name in rows]
