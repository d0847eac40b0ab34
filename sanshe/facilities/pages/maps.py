"""The map, and who reaches a facility on foot. Everything on it stands in a table below as well."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sanshe.areas.public import AreaLevel
from sanshe.kernel import clock, params
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.http import CSP, once, put_errors

from .. import actions, norms, queries
from ..access import AreaBorderAccess, AreaPointAccess
from ..forms import BorderForm, PointForm
from ..geometry import tiles_origin
from ..reach import reach
from .common import asked

#: Places shown in the table of reach at once.
MOST = 200


def with_tiles(response: HttpResponse) -> HttpResponse:
    """Let the browser load the tiles that the settings name, and nothing else from there."""
    origin = tiles_origin(settings.SANSHE_TILES)
    if origin:
        response.headers["Content-Security-Policy"] = CSP.replace("img-src 'self'", f"img-src 'self' {origin}")
    return response


def tiles() -> dict[str, str]:
    """The address of the tiles and whom they are owed to."""
    return {"url": settings.SANSHE_TILES, "by": settings.SANSHE_TILES_BY}


def show(request: HttpRequest) -> HttpResponse:
    """Facilities on a map with the circles of their reach; for the administration also who is outside of it."""
    viewer = request.viewer  # type: ignore[attr-defined]
    area, on, said = asked(request)
    kind = request.GET.get("kind", "")
    kind = kind if kind in norms.kinds(on) else ""
    data = queries.map_data(viewer, area, on, kind)
    found = reach(area, on, kind)
    near = [row for row in found.rows if row.inside]
    drawn = {
        "borders": data.borders, "facilities": data.facilities, "places": data.places, "sites": data.sites,
        "centre": data.centre, "metres": round(found.metres), "tiles": tiles(),
    }  # fmt: skip
    context = {
        "area": area, "on": on, "said": said, "kind": kind, "kinds": norms.kinds(on).items(), "data": data,
        "drawn": drawn, "reach": found, "outside": found.outside[:MOST], "more": max(0, len(found.outside) - MOST),
        "inside": near[:MOST], "inside_title": f"走得到的 {len(near)} 处住地",
        "areas": queries.areas_to_choose(), "reads": queries.reads_gaps(viewer), "today": clock.today(),
        "minutes": params.get("facilities.reach_minutes", on=on),
        "speed": params.get("facilities.walking_speed", on=on),
        "detour": params.get("facilities.detour_factor", on=on),
        "may_border": queries.may_add(AreaBorderAccess, viewer, area),
        "may_point": area.level == AreaLevel.COMMUNITY and queries.may_add(AreaPointAccess, viewer, area),
    }  # fmt: skip
    return with_tiles(render(request, "facilities/map.html", context))


@once
def point(request: HttpRequest, pk: int) -> HttpResponse:
    """Say where something of a community lies: typed, or by a click on the map."""
    viewer = request.viewer  # type: ignore[attr-defined]
    area = queries.community_of(pk)
    if not queries.may_add(AreaPointAccess, viewer, area):
        raise NotVisible()
    back = reverse("facilities:community", args=[area.pk])
    form = PointForm(request.POST or None, area=area, viewer=viewer, initial={"what": request.GET.get("what", "area")})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given: dict[str, Any] = {**form.cleaned_data, "households": form.cleaned_data["households"]}
            lat, lng = Decimal(given.pop("lat")), Decimal(given.pop("lng"))
            try:
                actions.put_point(area=area, lat=lat, lng=lng, **given, by=viewer, now=clock.now())
            except Invalid as error:
                put_errors(form, error)
            else:
                messages.success(request, "坐标已保存，地图和步行覆盖随之更新。")
                return HttpResponseRedirect(back)
    street = area.parent or area
    data = queries.map_data(viewer, street, clock.today())
    drawn = {
        "borders": data.borders, "facilities": data.facilities, "places": data.places, "sites": data.sites,
        "centre": data.centre, "metres": 0, "tiles": tiles(), "pick": True,
    }  # fmt: skip
    context = {"area": area, "form": form, "back": back, "drawn": drawn, "has_map": data.has_position or tiles()["url"]}
    return with_tiles(render(request, "facilities/point.html", context, status=status))


@once
def border(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter the border of an area."""
    viewer = request.viewer  # type: ignore[attr-defined]
    area = queries.area_asked(viewer, str(pk))
    if not queries.may_add(AreaBorderAccess, viewer, area):
        raise NotVisible()
    back = f"{reverse('facilities:map')}?area={area.pk}"
    form = BorderForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.draw_border(area=area, **form.cleaned_data, by=viewer, now=clock.now())
            except Invalid as error:
                put_errors(form, error)
            else:
                messages.success(request, f"{area}的边界已保存。")
                return HttpResponseRedirect(back)
    return render(request, "facilities/border.html", {"area": area, "form": form, "back": back}, status=status)
