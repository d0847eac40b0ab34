"""What may be the same thing: under a form while one is typing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from sanshe.kernel import clock

from ..same.finding import similar as find_similar


@require_POST
def similar(request: HttpRequest) -> HttpResponse:
    """Open matters that are likely the same, as a fragment. By POST: what is typed must not stand in an address."""
    viewer = request.viewer  # type: ignore[attr-defined]
    typed = request.POST.get("area", "")
    area = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 12 else None
    text, place = (request.POST.get(name, "").replace("\x00", "") for name in ("text", "place_text"))
    found = find_similar(viewer, text[:5000], area, place[:200], clock.now())
    return render(request, "matters/_similar.html", {"similar": found, "staff": viewer.is_staff})
