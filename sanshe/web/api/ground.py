"""Areas, places, social organisations, social work rooms: the ground on which everything stands."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest

from sanshe.areas.public import Area, Place, in_force
from sanshe.orgs.public import Organisation, organisations
from sanshe.workforce.public import SocialWorkRoom, rooms_on

from .reading import (
    AfterKey,
    AreaCode,
    Day,
    Key,
    Limit,
    Read,
    Text,
    area_of,
    codes,
    day_of,
    page_by,
    rules,
    viewer_of,
    within,
)
from .shapes import PAGE, pages, shape

AreaShape = shape("Area", Area, "code name short_name level parent valid_from valid_to", "An area of the tree.")
PlaceShape = shape("Place", Place, "id name kind aliases area address hours", "A kept place of a community.")
OrganisationShape = shape(
    "Organisation", Organisation,
    "id name area credit_code kind x_kind standing is_agency party_organisation members profile brand valid_from "
    "valid_to",
    "A social organisation.", page=PAGE,
)  # fmt: skip
RoomShape = shape(
    "SocialWorkRoom", SocialWorkRoom, "id area name hours floor_area valid_from valid_to",
    "A social work room of a community.",
)  # fmt: skip


def areas(
    request: HttpRequest,
    below: AreaCode | None = None,
    level: codes(Area, "level") | None = None,  # type: ignore[valid-type]
    on: Day | None = None,
    after: AfterKey | None = None,
    limit: Limit = 50,
):
    """The tree in its order. `below` keeps an area and all below it, `on` those in force that day."""
    rows = Area.objects.filter(in_force(day_of(on))).select_related("parent")
    if below is not None:
        top = area_of(below)
        rows = rows.filter(lo__gte=top.lo, lo__lt=top.hi)
    if level is not None:
        rows = rows.filter(level=level)
    return page_by(rows, after, limit, "lo")


def area(request: HttpRequest, code: AreaCode):
    """One area by its code, in force or not."""
    area_of(code)
    return Area.objects.select_related("parent").get(code=code)


def places(
    request: HttpRequest,
    area: AreaCode | None = None,
    text: Text = "",
    after: AfterKey | None = None,
    limit: Limit = 50,
):
    """Estates, parks and other places by which people say where something is. `text` is part of a name."""
    rows = within(Place.objects.select_related("area"), area)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(address__icontains=text))
    return page_by(rows, after, limit, "pk")


def social_organisations(
    request: HttpRequest,
    area: AreaCode | None = None,
    text: Text = "",
    on: Day | None = None,
    after: AfterKey | None = None,
    limit: Limit = 50,
):
    """Social organisations in existence on a day (today without one). `text` is part of name, brand or profile."""
    rows = within(organisations(viewer_of(request), day_of(on), text), area)
    return page_by(rows, after, limit, "pk")


def social_organisation(request: HttpRequest, pk: Key):
    """One social organisation."""
    return rules(Organisation).get(viewer_of(request), pk, rows=Organisation.objects.select_related("area"))


def social_work_rooms(
    request: HttpRequest,
    area: AreaCode | None = None,
    on: Day | None = None,
    after: AfterKey | None = None,
    limit: Limit = 50,
):
    """Social work rooms in use on a day (today without one): what the indicator counts."""
    seen = rules(SocialWorkRoom).rows(viewer_of(request)).filter(pk__in=rooms_on(day_of(on)))
    return page_by(within(seen.select_related("area"), area), after, limit, "pk")


READS = [
    Read("/areas", pages(AreaShape), areas, "List areas"),
    Read("/areas/{code}", AreaShape, area, "Read an area"),
    Read("/places", pages(PlaceShape), places, "List places"),
    Read("/organisations", pages(OrganisationShape), social_organisations, "List social organisations"),
    Read("/organisations/{pk}", OrganisationShape, social_organisation, "Read a social organisation"),
    Read("/social-work-rooms", pages(RoomShape), social_work_rooms, "List social work rooms"),
]
