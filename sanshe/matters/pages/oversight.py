"""督办: the list of oversight orders with its figures."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import NotVisible
from sanshe.kernel.http import posts_only

from .. import overseen
from ..access import OversightAccess
from ..forms.oversight import OversightFilter
from ..words import OversightState

SIZE = 30


@require_GET
@posts_only
def oversight(request: HttpRequest) -> HttpResponse:
    """The orders that the viewer's posts cover, newest first."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if OversightAccess.q(viewer) is False:
        raise NotVisible()
    now = clock.now()
    form = OversightFilter(request.GET or None, units=overseen.units_overseen(viewer))
    chosen = form.chosen()
    # Counted off, not walked by key: orders are few beside matters.
    page = Paginator(overseen.orders(viewer, chosen, now), SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "narrowed": any(chosen.values()), "figures": overseen.figures(viewer, now),
               "closed": OversightState.CLOSED, "issued": OversightState.ISSUED}  # fmt: skip
    return render(request, "matters/oversight.html", context)
