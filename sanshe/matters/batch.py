"""Triage one after another: which matter comes next for a desk, who has it before them, and what is proposed for it.

A matter that somebody has open is passed over for others for a while, so that two people do not work on the same one;
what really decides is the lock of the step itself. Nothing here applies a suggestion.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import F, QuerySet

from sanshe.areas.public import Body
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer

from .access import MatterAccess
from .models import Criterion, Matter, Suggestion
from .proposal import criteria_in_force
from .words import ROUTE_SAYS, MatterState, Route

#: For how long an opened matter is kept for the one who opened it, in seconds. A technical figure: after a break
#: nothing is lost, the matter is only offered to others again.
HELD_FOR = 600
#: So many are looked through for one that nobody else has open.
LOOKED_AT = 100


def waiting(viewer: Viewer) -> QuerySet[Matter]:
    """The matters that wait for this viewer's triage, most urgent first."""
    rows = MatterAccess.rows(viewer, "triage").filter(state=MatterState.RECEIVED)
    return rows.order_by("-urgent", F("due_at").asc(nulls_last=True), "pk")


@dataclass(frozen=True)
class Next:
    """The matter to be triaged now (None: nothing left), how many wait in all, how many of them others have open."""

    matter: Matter | None
    left: int
    held: int


def next_for(viewer: Viewer, skipped: Collection[int], wanted: int | None = None) -> Next:
    """The next matter for this viewer, kept for them from now on. `wanted`: one that was opened by its number."""
    rows = waiting(viewer).select_related("area", "place", "service")
    left = rows.count()
    if wanted is not None:
        found = rows.filter(pk=wanted).first()
        if found is not None and _keep(found.pk, viewer):
            return Next(found, left, 0)
    held = 0
    for pk in rows.exclude(pk__in=list(skipped)).values_list("pk", flat=True)[:LOOKED_AT]:
        if _keep(pk, viewer):
            return Next(rows.filter(pk=pk).first(), left, held)
        held += 1
    return Next(None, left, held)


def _key(pk: int) -> str:
    return f"matters:batch:{pk}"


def _keep(pk: int, viewer: Viewer) -> bool:
    """Keep a matter for the viewer; False when somebody else has it open."""
    mine = viewer.account_id
    if cache.add(_key(pk), mine, HELD_FOR):
        return True
    if cache.get(_key(pk)) != mine:
        return False
    cache.touch(_key(pk), HELD_FOR)
    return True


def let_go(pk: int, viewer: Viewer) -> None:
    """Offer a matter to others again."""
    if cache.get(_key(pk)) == viewer.account_id:
        cache.delete(_key(pk))


def reason_for(criterion: Criterion, words: Iterable[str] = ()) -> str:
    """A reason to begin from, to be read and put right by whoever decides."""
    said = "".join(f"「{word}」" for word in words)
    because = f"反映中提到{said}，" if said else ""
    return f"{because}属于“{criterion.name}”，{ROUTE_SAYS[Route(criterion.route)]}。"


def likely_unit(criterion: Criterion, units: Sequence[Body]) -> int | None:
    """The unit whose name shares most with the hint of a criterion, nearest first; None when none does."""
    hint = criterion.unit_hint
    if criterion.route != Route.GOVERNMENT or not hint:
        return None
    pairs = {hint[i : i + 2] for i in range(len(hint) - 1)} or {hint}
    best = max(units, key=lambda u: (sum(pair in u.name for pair in pairs), u.area.lo), default=None)
    return best.pk if best is not None and any(pair in best.name for pair in pairs) else None


def choices(now: datetime) -> list[Criterion]:
    """The criteria that may be chosen now."""
    return list(criteria_in_force(clock.local(now).date()))


def about(criteria: Sequence[Criterion], units: Sequence[Body]) -> dict[str, dict[str, Any]]:
    """What the page needs to know of each criterion when another one is chosen: way, unit, guidance, first reason."""
    return {
        str(c.pk): {
            "route": c.route,
            "unit": str(likely_unit(c, units) or ""),
            "guidance": c.guidance if c.route == Route.SELF else "",
            "reason": reason_for(c),
            "urgent": f"紧急事项，{c.hours} 小时内办理" if c.urgent else "",
        }
        for c in criteria
    }


def marked(text: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """The text in pieces, those that decided marked."""
    wanted = sorted({word for word in words if word}, key=len, reverse=True)
    if not wanted:
        return [(text, False)]
    pieces = re.split(f"({'|'.join(re.escape(word) for word in wanted)})", text)
    return [(piece, piece in wanted) for piece in pieces if piece]


def first_reason(suggestion: Suggestion) -> str:
    """The reason that stands in the form at first: that of the suggestion, nothing when it is not sure."""
    if not suggestion.certain or suggestion.criterion is None:
        return ""
    return reason_for(suggestion.criterion, suggestion.words)
