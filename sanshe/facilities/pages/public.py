"""What there is, when it opens and where: for everybody. Who holds a post sees the gap beside it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sanshe.areas.public import Area, area_text, communities_of, home_area
from sanshe.kernel import clock, params

from .. import norms, queries
from ..access import AreaPointAccess, DeveloperDutyAccess, FacilityAccess, FacilityPlanAccess, RoomAccess
from .common import day


def communities(request: HttpRequest) -> HttpResponse:
    """Every community by street, with how many facilities it has; found by name."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:40]
    home, today = home_area(), clock.today()
    have = queries.counted_by_community(request.viewer, home, today)  # type: ignore[attr-defined]
    streets: dict[Area, list[tuple[Area, int]]] = {}
    for one in communities_of(home.pk, today).select_related("parent"):
        if text and text not in one.short_name and text not in getattr(one.parent, "short_name", ""):
            continue
        streets.setdefault(one.parent or home, []).append((one, have.get(one.pk, 0)))
    context = {"streets": streets.items(), "q": text, "all": sum(have.values()), "home": home}
    return render(request, "facilities/communities.html", context)


def community(request: HttpRequest, pk: int) -> HttpResponse:
    """The facilities of one community."""
    viewer = request.viewer  # type: ignore[attr-defined]
    area = queries.community_of(pk)
    on, said = day(request.GET.get("on", ""))
    found = list(queries.facilities_of(viewer, area, on))
    rooms = queries.rooms_by_facility(viewer, area, on)
    used = [(f, rooms.get(f.pk, [])) for f in found if f.state in norms.counting_states(on)]
    other = [f for f in found if f.state not in norms.counting_states(on)]
    context: dict[str, Any] = {
        "area": area, "on": on, "said": said, "facilities": used, "other": other,
        "building": queries.building_in(viewer, area, on), "reads": queries.reads_gaps(viewer), "today": clock.today(),
        "area_key": area_text(area),
    }  # fmt: skip
    if context["reads"]:
        line = queries.one_line(area, on)
        context |= {
            "line": line,
            "gap": line.gap,
            "plans": queries.plans_of(viewer, area, open_only=True),
            "duties": queries.duties_of(viewer, area, open_only=True),
            "bases": queries.bases_of(viewer, area, on)[:5],
            "may_plan": _may(FacilityPlanAccess, viewer, area),
            "may_duty": _may(DeveloperDutyAccess, viewer, area),
            "may_point": _may(AreaPointAccess, viewer, area),
            "may_add": _may(FacilityAccess, viewer, area),
            "parts": [(name, code in line.gap.kinds) for code, name in norms.parts(on).items()],
            "ledger_share": params.get("facilities.household_ledger_share", on=on),
        }
    return render(request, "facilities/community.html", context)


def _may(access: Any, viewer: Any, area: Area) -> bool:
    """Whether the viewer may add such a row in this area, by the scope of the posts: for its buttons.

    The action asks the rule again with the row itself.
    """
    return queries.may_add(access, viewer, area)


def facility(request: HttpRequest, pk: int) -> HttpResponse:
    """One facility with its rooms."""
    viewer = request.viewer  # type: ignore[attr-defined]
    found = queries.facility_of(viewer, pk)
    context = {
        "facility": found,
        "rooms": queries.rooms_of(viewer, found, clock.today()),
        "may_keep": FacilityAccess.may(viewer, "keep", found),
        "may_rooms": RoomAccess.q(viewer, "add") is not False and FacilityAccess.may(viewer, "keep", found),
        "staff": queries.reads_gaps(viewer),
        "facility_key": queries.facility_text(found),
    }
    return render(request, "facilities/facility.html", context)
