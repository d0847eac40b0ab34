"""What may be the same thing: under a form while one is typing, and on the page of a matter."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from sanshe.kernel import clock
from sanshe.kernel.http import sign_in_first

from ..access import MatterAccess
from ..same.finding import similar as find_similar
from ..same.finding import similar_to


@require_POST
def similar(request: HttpRequest) -> HttpResponse:
    """Open matters that are likely the same, as a fragment. By POST: what is typed must not stand in an address."""
    viewer = request.viewer  # type: ignore[attr-defined]
    typed = request.POST.get("area", "")
    area = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 12 else None
    text, place = (request.POST.get(name, "").replace("\x00", "") for name in ("text", "place_text"))
    found = find_similar(viewer, text[:5000], area, place[:200], clock.now())
    return render(request, "matters/_similar.html", {"similar": found, "staff": viewer.is_staff})


@require_GET
@sign_in_first
def same_as(request: HttpRequest, pk: int) -> HttpResponse:
    """What may be the same as a matter that is filed, for those who may merge it: a part of its page."""
    viewer = request.viewer  # type: ignore[attr-defined]
    matter = MatterAccess.get(viewer, pk, "merge")
    context = {"similar": similar_to(viewer, matter, clock.now()), "staff": True, "matter": matter}
    part = request.headers.get("HX-Request") == "true"
    return render(request, "matters/_similar.html" if part else "matters/same.html", context)
