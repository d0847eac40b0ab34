"""Public pages of evaluation: brands and features, demonstration sites."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sanshe.kernel import clock

from . import queries
from .words import BrandKind


def brands(request: HttpRequest) -> HttpResponse:
    """一街一品, 一社一特: every brand and feature in force."""
    found = list(queries.brands_on(clock.today()).select_related("area", "area__parent", "body").order_by("area__lo"))
    streets = [b for b in found if b.kind == BrandKind.STREET]
    features = [b for b in found if b.kind == BrandKind.COMMUNITY]
    return render(request, "evaluation/brands.html", {"streets": streets, "features": features})


def sites(request: HttpRequest) -> HttpResponse:
    """Demonstration sites with the communities they cover."""
    today = clock.today()
    found = list(queries.sites_on(today).order_by("area__lo"))
    covered = queries.covered_by([s.pk for s in found], today)
    return render(request, "evaluation/sites.html", {"sites": [(s, covered.get(s.pk, [])) for s in found]})
