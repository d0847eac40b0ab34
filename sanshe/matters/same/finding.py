"""Likely duplicates of a text among the open matters that the viewer may see.

Candidates are taken by the index of the search (`candidates.py`): those of the community that share most of the words,
and those of the neighbouring ones that name the same place; then they are compared exactly, a hundred or so whatever
the number of matters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log
from typing import Any

from sanshe.areas.public import Area, managed_by
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer

from ..access import MatterAccess
from ..models import Matter
from .candidates import candidates
from .traces import Trace, alike, places, shared_words, trace


@dataclass(frozen=True)
class Same:
    """A matter that may be about the same thing: how sure (0 to 1), why in words, the words that both share.

    `matter` is a PublicMatter where the viewer is not staff and did not report it: only released words were compared.
    """

    matter: Matter
    sure: float
    why: str
    words: tuple[str, ...]

    @property
    def percent(self) -> int:
        """How sure, in per cent, never quite a hundred."""
        return min(99, round(self.sure * 100))

    @property
    def label(self) -> str:
        """How sure, in words."""
        return "很可能是同一件事" if self.sure >= _share("same_likely") else "可能是同一件事"


def _figure(name: str) -> Any:
    return params.get(f"hot.{name}", on=clock.today()).value


def _share(name: str) -> float:
    return float(_figure(name)) / 100


def similar(
    viewer: Viewer, text: str, area_id: int | None, place_text: str, now: datetime, limit: int = 5
) -> list[Same]:
    """Open matters that are likely the same thing as a text being typed, the surest first.

    Staff are shown what they may see; everybody else what was released on the board, and their own. Two or three
    characters say nothing: the answer is empty.
    """
    return _best(viewer, trace(text, place_text), _community(area_id), place_text, None, now, limit)


def similar_to(viewer: Viewer, matter: Matter, now: datetime, limit: int = 5) -> list[Same]:
    """The same for a matter that is filed; neither itself nor what it is already merged with."""
    seen = trace(matter.text, matter.place_text, matter.title)
    return _best(viewer, seen, matter.area_id, matter.place_text, matter, now, limit)


def merged_with(viewer: Viewer, matter: Matter, limit: int = 50) -> list[Matter]:
    """What is merged into a matter or was answered with it, as far as the viewer may see it."""
    rows = MatterAccess.rows(viewer).filter(merged_into=matter).select_related("area")
    return list(rows.only("number", "title", "state", "created_at", "area__short_name").order_by("pk")[:limit])


def _community(area_id: int | None) -> int | None:
    """The community whose matters are compared: where none stands yet, that of who looks after the area."""
    if area_id is None:
        return None
    area = Area.objects.filter(pk=area_id).only("pk", "level").first()
    if area is None:
        return None
    managed = managed_by(area.pk) if area.level == "group" else None
    return managed.manager.pk if managed is not None and managed.manager is not None else area.pk


def _best(
    viewer: Viewer, seen: Trace, area: int | None, place: str, own: Matter | None, now: datetime, limit: int
) -> list[Same]:
    if len(seen.pairs) < 2:
        return []
    rows = candidates(viewer, seen, area, place, own, now)
    traces = [_trace_of(row) for row in rows]
    weigh = weights([seen, *traces])
    least, days = _share("same_least"), float(_figure("same_days"))
    found = []
    for row, other in zip(rows, traces, strict=True):
        words = alike(seen, other, weigh)
        if words < 0.15:
            continue
        where = _where(seen, other, place, row)
        apart = abs((now if own is None else own.created_at) - row.created_at).days
        sure = likeness(seen, other, weigh, place, row, area) * (1 - 0.25 * min(1.0, apart / days))
        if sure >= least:
            shared = shared_words(seen, other)
            found.append(Same(row, sure, _why(where, row, area, shared, words, apart), tuple(shared)))
    return sorted(found, key=lambda s: (-s.sure, -s.matter.created_at.timestamp()))[:limit]


def likeness(seen: Trace, other: Trace, weigh: Mapping[str, float], place: str, row: Matter, area: int | None) -> float:
    """How sure it is that both are the same thing by words and place, between 0 and 0.99; time is left out."""
    words = alike(seen, other, weigh)
    where = _where(seen, other, place, row)
    near = 1.25 if where else 1.0 if area is None or row.area_id == area else 0.8
    return min(0.99, words * near * (1.0 if where else _elsewhere(seen, other)))


def _trace_of(row: Matter) -> Trace:
    if type(row) is Matter:
        return trace(row.text, row.place_text, row.title)
    return trace(row.public_text, "", row.shown_title)


def weights(traces: Sequence[Trace]) -> dict[str, float]:
    """What each pair counts: the rarer among those compared, the more; with few to compare, all nearly the same."""
    counts: Counter[str] = Counter()
    for one in traces:
        counts.update(one.pairs)
    many = len(traces) + 20
    return {pair: log(many / (count + 4)) + 0.3 for pair, count in counts.items()}


def _where(seen: Trace, other: Trace, place: str, row: Matter) -> str:
    """What both say about the place, "" when nothing in common."""
    if seen.house and other.house and not seen.house & other.house:
        return ""
    theirs = row.place_text.strip() if type(row) is Matter else ""
    if place.strip() and theirs and (place.strip() in theirs or theirs in place.strip()):
        return min(place.strip(), theirs, key=len)[:20]
    shared = seen.places & other.places
    return max(shared, key=len) if shared else ""


def _elsewhere(seen: Trace, other: Trace) -> float:
    """What remains of a likeness when both name a building and not the same, or both places and none the same."""
    if seen.house and other.house and not seen.house & other.house:
        return 0.55
    return 0.8 if seen.places and other.places and not seen.places & other.places else 1.0


def _why(where: str, row: Matter, area: int | None, shared: Sequence[str], words: float, apart: int) -> str:
    parts = []
    if where:
        parts.append(f"同一地点“{where}”")
    elif area is not None and row.area_id == area:
        parts.append("同一社区")
    if shared:
        parts.append("文字几乎一样" if words >= 0.95 else f"都提到“{'、'.join(shared)}”")
    parts.append("当天反映" if apart == 0 else f"相隔 {apart} 天")
    return "，".join(parts)


__all__ = ["Same", "likeness", "merged_with", "places", "similar", "similar_to", "weights"]
