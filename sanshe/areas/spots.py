"""Communities to be filled with invented records, and how well off each of them is to look.

How well off a community is follows from the seed and its code alone, so that every module draws the same picture: one
that is short of workers is often, though not always, short of organisations too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from sanshe.kernel import mass

from .models import Area
from .queries import home_area
from .timeline import descendants
from .words import AreaLevel

#: Share of subjects in which a community stands otherwise than in general.
APART = 0.3


class Look(IntEnum):
    """How a community looks in one subject, held against the targets of 2025."""

    MET = 0
    NEARLY = 1
    SHORT = 2
    NO_DATA = 3


#: Of ten communities, how many look how.
MIX = (4, 3, 2, 1)


@dataclass(frozen=True, slots=True)
class Spot:
    """One community: `street` and `district` are ids; `home`: it lies in the area that this installation serves."""

    id: int
    code: str
    name: str
    street: int
    district: int
    home: bool


def spots(area: Area | None, limit: int | None = None, on: date | None = None) -> list[Spot]:
    """The communities of an area (None: all that are loaded) in tree order, the first `limit` of them."""
    of_level = AreaLevel.COMMUNITY
    rows = descendants(area, of_level, on) if area is not None else Area.objects.filter(level=of_level, valid_to=None)
    home = Area.objects.filter(pk=home_area().pk).values_list("lo", "hi").first() or (0, 0)
    values = rows.order_by("lo").values_list("id", "code", "short_name", "parent_id", "parent__parent_id", "lo")
    found = values[:limit] if limit is not None else values
    return [
        Spot(pk, code, name, street or 0, district or 0, home[0] <= lo < home[1])
        for pk, code, name, street, district, lo in found.iterator(chunk_size=50_000)
    ]


def look(seed: int, code: str, subject: str, mix: Sequence[int] = MIX) -> Look:
    """How the area of a code looks in a subject ("orgs"): as in general, or for some subjects otherwise."""
    general = mass.share(seed, code)
    own = mass.share(seed, code, subject)
    drawn = own / APART if own < APART else general
    drawn *= sum(mix)
    for kind, weight in zip(Look, mix, strict=True):
        if drawn < weight:
            return kind
        drawn -= weight
    return Look.NO_DATA
