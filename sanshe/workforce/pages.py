"""Pages of the workforce."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sanshe.areas.public import Area, communities_of, home_area
from sanshe.kernel import clock

from . import queries


def rooms(request: HttpRequest) -> HttpResponse:
    """Every community's social work room, by street: where it is, when it opens, who is in charge."""
    today = clock.now().date()
    found = {room.area_id: room for room in queries.rooms(request.viewer, today)}
    streets: dict[Area, list[tuple[Area, object]]] = {}
    for community in communities_of(home_area().pk).select_related("parent"):
        streets.setdefault(community.parent, []).append((community, found.get(community.pk)))
    context = {"streets": streets.items(), "open": len(found), "all": sum(len(v) for v in streets.values())}
    return render(request, "workforce/rooms.html", context)
