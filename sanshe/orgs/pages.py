"""Pages of the register of social organisations."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sanshe.kernel import clock

from . import queries
from .access import OrganisationAccess
from .models import Organisation


def index(request: HttpRequest) -> HttpResponse:
    """The public list of social organisations."""
    text, kind = request.GET.get("q", "").replace("\0", "").strip()[:60], request.GET.get("kind", "")
    rows = queries.organisations(
        request.viewer, clock.now().date(), text=text, kind=kind, agency=request.GET.get("agency") == "1"
    )
    kinds = queries.kinds(request.viewer)
    page = Paginator(rows, 24).get_page(request.GET.get("page"))
    return render(
        request, "orgs/index.html",
        {"page": page, "q": text, "kind": kind, "kinds": kinds, "agency": request.GET.get("agency") == "1"},
    )  # fmt: skip


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One organisation, with what it does."""
    organisation = OrganisationAccess.get(
        request.viewer, pk, rows=Organisation.objects.select_related("area", "area__parent", "body")
    )
    return render(request, "orgs/detail.html", {"organisation": organisation})
