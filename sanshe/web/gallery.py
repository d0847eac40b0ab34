"""Component gallery: each component with samples (invented people and places)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sanshe.kernel.http import posts_only

from .samples import samples


@posts_only
def show(request: HttpRequest) -> HttpResponse:
    """All components on one page."""
    return render(request, "web/gallery/index.html", samples())


@posts_only
def cockpit(request: HttpRequest) -> HttpResponse:
    """The wall screen with sample tiles."""
    return render(request, "web/gallery/cockpit.html", samples())
