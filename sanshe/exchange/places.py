"""Which channel and community a message belongs to: by area code, by a place we know, else where the rest goes."""

from __future__ import annotations

from datetime import datetime

from sanshe.areas.public import Area, AreaLevel, area_by_code, home_area, in_force, places_like
from sanshe.facilities.public import Position, nearest_area
from sanshe.kernel import clock, params
from sanshe.matters.public import Channel

from .models import Source
from .words import SourceKind

#: The channel that a matter from such a system has.
CHANNEL = {
    SourceKind.CHAT: Channel.CHAT,
    SourceKind.MASS: Channel.MASS,
    SourceKind.OTHER: Channel.IMPORT,
    SourceKind.OPEN311: Channel.WEB,
}


def community(source: Source, code: str, place: str, text: str = "") -> int:
    """The community's key. What can not be placed goes to the system's own community, never nowhere."""
    if code.strip():
        found = community_of(code)
        if found is not None:
            return int(found.pk)
    for said in (place, text[:200]):
        by_name = placed(said)
        if by_name is not None:
            return by_name
    return int(source.area_id)


def community_of(code: str) -> Area | None:
    """The community, or group, of a code; None for any other code."""
    try:
        found = area_by_code(code.strip())
    except Area.DoesNotExist:
        return None
    return found if found.level in (AreaLevel.COMMUNITY, AreaLevel.GROUP) else None


def placed(said: str) -> int | None:
    """The community that words name; None when none or more than one fits."""
    said = "".join(said.split())
    if len(said) < 2:
        return None
    exact = Area.objects.filter(in_force(clock.today()), level=AreaLevel.COMMUNITY, short_name=said)[:2]
    if len(exact) == 1:
        return int(exact[0].pk)
    try:
        found = places_like(said, home_area())
    except Area.DoesNotExist:
        return None
    areas = {match.area.pk for match in found}
    # Two that fit equally well are none.
    if not found or (len(areas) > 1 and found[0].score <= found[1].score):
        return None
    best = found[0].area
    return int(best.pk) if best.level in (AreaLevel.COMMUNITY, AreaLevel.GROUP) else None


def nearest_community(at: Position, now: datetime) -> Area | None:
    """The community whose known points lie nearest; None when none lies near enough to be meant.

    No community's border is known for certain, so this is an estimate; the position stays with the matter as words.
    """
    most = int(params.get("forwarding.nearest_metres", on=clock.local(now).date()).value)
    found = nearest_area(at, most)
    return found if found is not None and found.level in (AreaLevel.COMMUNITY, AreaLevel.GROUP) else None
