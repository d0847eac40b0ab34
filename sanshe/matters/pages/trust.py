"""建议准不准: how right the suggestions for triage have been, and the rows behind."""

from __future__ import annotations

from datetime import date, datetime

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sanshe.accounts.public import Role
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.http import posts_only

from .. import trust
from ..words import Route

SIZE = 30


@require_GET
@posts_only
def suggestions(request: HttpRequest) -> HttpResponse:
    """The last twelve months by way, what was overruled most, and where the suggestions come from."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    today = clock.today()
    lines = trust.judged(viewer, today)
    said = sum(line.counts["said"] for line in lines if not line.route)
    context = {
        "lines": lines,
        "said": said,
        "followed": sum(line.counts["followed"] for line in lines if not line.route),
        "unsure": sum(line.counts["unsure"] for line in lines if not line.route),
        "heads": [label for _, label in trust.OUTCOMES.values()],
        "overruled": trust.overruled(viewer, today),
        "ways": trust.by_route(lines),
        "desk": viewer.holds(Role.FRONT_DESK),
        "about": _told(),
        "enough": params.get("suggest.sure", on=today),
    }
    context["share"] = context["followed"] / said if said else None
    return render(request, "matters/suggestions.html", context)


def _told() -> dict[str, object]:
    about = trust.learned_from()
    for name in ("learned_at", "put_aside_at"):
        if about.get(name):
            about[name] = datetime.fromisoformat(str(about[name]))
    return about


@require_GET
@posts_only
def suggestion_rows(request: HttpRequest) -> HttpResponse:
    """The triages behind a number."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    month = _month(request.GET.get("month", ""))
    route = request.GET.get("route", "") if request.GET.get("route", "") in Route.values else ""
    what = request.GET.get("what", "") if request.GET.get("what", "") in trust.OUTCOMES else ""
    pair = _pair(request.GET.get("was", ""), request.GET.get("became", ""))
    rows = trust.behind(viewer, {"month": month, "route": route, "what": what, "pair": pair})
    # Counted off, not walked by key: a month of one area is some hundreds of rows.
    page = Paginator(rows, SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page, "month": month, "route": Route(route).label if route else "",
        "what": trust.OUTCOMES[what][1] if what else "", "pair": trust.named(pair) if pair else None,
    }  # fmt: skip
    return render(request, "matters/suggestion_rows.html", context)


def _pair(was: str, became: str) -> tuple[str, str] | None:
    """The codes of a suggestion and of the decision that replaced it, as an address gives them."""
    return (was[:20], became[:20]) if was and "\x00" not in was + became else None


def _month(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        return None
