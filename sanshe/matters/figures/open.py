"""What the public may know of how satisfied residents are: by area alone, and nothing that would show who rated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.cache import cache
from django.db.models import Q

from sanshe.areas.public import Area, AreaLevel, descendant_ids, descendants, home_area
from sanshe.kernel import clock, params
from sanshe.kernel.measures import NOTHING, Asked, Share, Tally, Unit, tallies

from ..models import Handling
from .counting import MOMENT, Months, last_months
from .said import ratings

YEAR = 12  # months that the public page looks back
KEPT = 900  # seconds that its figures are kept: everybody may ask for it


@dataclass(frozen=True)
class Place:
    """One area: `good` and `unrated`, each hidden (None) where too few rated to keep them unknown."""

    area: Area
    good: Tally | None
    unrated: Tally | None


def satisfaction(street: Area | None, now: datetime) -> tuple[Place, list[Place], Months]:
    """The whole (of the New Area or of a street), and each area in it; the twelve months up to the present one."""
    today = clock.local(now).date()
    months = last_months(today, YEAR)
    root = street if street is not None else home_area()
    level = AreaLevel.COMMUNITY if street is not None else AreaLevel.STREET
    areas = list(descendants(root, level).order_by("lo"))
    key = f"matters:satisfaction:{root.pk}:{today.isoformat()}"
    found: dict[str, dict[int, Tally]] | None = cache.get(key)
    if found is None:
        found = _counted(root, areas, level, months, now)
        cache.set(key, found, KEPT)
    least = int(params.get("rating.least_shown", on=today).value)
    total = {name: sum(each.values(), NOTHING) for name, each in found.items()}
    hidden = _hidden({area.pk: found["good"].get(area.pk, NOTHING).denominator for area in areas}, least)
    whole_hidden = total["good"].denominator < least
    places = [_place(area, found, area.pk in hidden) for area in areas]
    whole = Place(root, None if whole_hidden else total["good"], None if whole_hidden else total["unrated"])
    return whole, places, months


def _place(area: Area, found: Mapping[str, Mapping[int, Tally]], hide: bool) -> Place:
    if hide:
        return Place(area, None, None)
    return Place(area, found["good"].get(area.pk, NOTHING), found["unrated"].get(area.pk, NOTHING))


def _hidden(counts: Mapping[int, int], least: int) -> set[int]:
    """The areas too small to be shown; one that would follow from the whole less the others takes the next along."""
    hidden = {pk for pk, n in counts.items() if n < least}
    some = [pk for pk in hidden if counts[pk]]
    shown = sorted((n, pk) for pk, n in counts.items() if pk not in hidden)
    if len(some) == 1 and shown:
        hidden.add(shown[0][1])
    return hidden


def _counted(root: Area, areas: list[Area], level: str, months: Months, now: datetime) -> dict[str, Any]:
    within = Q(area__in=descendant_ids(root.pk))
    moment = MOMENT["handlings"]
    rows = Handling.objects.filter(within, **{f"{moment}__gte": months.begins, f"{moment}__lt": months.ends})
    per = "area" if level == AreaLevel.COMMUNITY else "area__parent"
    figures = [f for f in ratings(now) if f.name in ("good", "unrated")]
    return tallies([Asked(f.name, Share(rows, f.good, f.among, per=per)) for f in figures], [Unit(a.pk) for a in areas])


def street_of(code: str, day: date) -> Area | None:
    """The street of a code, if it is one of ours on the day."""
    if not code:
        return None
    return descendants(home_area(), AreaLevel.STREET).filter(code=code).first()
