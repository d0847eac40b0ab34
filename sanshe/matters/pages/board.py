"""The public board and the public page of a matter."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sanshe.kernel import clock

from ..forms.filters import BoardFilter
from ..mine import follows, supports_of, with_supports
from ..models import Matter
from ..paging import page_by_key
from ..queries import board as board_rows
from ..queries import public_matter
from ..words import HelpState


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """What is being done, for everyone: class, community, who has it, the promised date, the result."""
    now = clock.now()
    form = BoardFilter(request.GET or None)
    chosen: dict[str, Any] = form.chosen()
    rows = with_supports(board_rows(request.viewer, chosen, now))  # type: ignore[attr-defined]
    page = page_by_key(rows, request.GET.get("after", ""), request.GET.get("before", ""))
    context = {"page": page, "form": form, "now": now, "chosen": chosen, "narrowed": any(chosen.values())}
    return render(request, "matters/board.html", context)


def _too(viewer: Any, matter: Any) -> dict[str, Any]:
    """How many met with the same, and what the viewer may do about it."""
    count = supports_of([matter.pk]).get(matter.pk, 0)
    mine = follows(viewer, matter.pk)
    reporter = viewer.signed_in and matter.reporter_id == viewer.user_id
    free = matter.is_open and not mine and not reporter
    return {
        "supported": count > int(mine),
        "others": count - int(mine),
        "follows": mine and matter.is_open,
        "may_support": free and viewer.signed_in,
        "sign_in_to_support": free and not viewer.signed_in,
    }


@require_GET
def public_page(request: HttpRequest, number: str) -> HttpResponse:
    """One matter as the public may read it."""
    viewer = request.viewer  # type: ignore[attr-defined]
    matter = public_matter(viewer, number)
    asks = matter.help_wanted and matter.state == "guided"
    offer = None
    if asks and viewer.signed_in:
        offer = (
            matter.helpoffers.filter(helper=viewer.user_id)
            .exclude(state=HelpState.WITHDRAWN)
            .only("pk", "state")
            .first()
        )
    context = {
        "matter": matter,
        # The chain hangs on the matter itself; what of it the public may know is told by each module.
        "chain": Matter(pk=matter.pk),
        "asks": asks,
        **_too(viewer, matter),
        "own": viewer.signed_in and matter.reporter_id == viewer.user_id,
        "offer": offer,
        "now": clock.now(),
    }
    return render(request, "matters/public.html", context)
