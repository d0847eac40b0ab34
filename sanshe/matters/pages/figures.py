"""Pages of figures: the rates of service rating, the numbers of the window, the rows behind, what the public sees."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from sanshe.accounts.public import Role
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import NotVisible
from sanshe.kernel.http import posts_only

from ..access import ABOVE, LOCAL, UNIT
from ..figures.counting import DIMENSIONS, Asking, behind, counted, months_between
from ..figures.open import satisfaction, street_of
from ..figures.said import figure, inquiries, ratings, window
from ..figures.sheet import xlsx
from ..forms.figures import FiguresFilter

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SIZE = 30
PAGES = {
    "ratings": ("服务评价", ["month", "street", "area", "unit", "criterion", "service"], ratings),
    "window": ("窗口数字", ["month", "street", "area", "unit", "desk", "service"], window),
}


def _viewer(request: HttpRequest) -> Viewer:
    """Whoever has to do with matters; for other posts the page does not exist."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.holds(*LOCAL, *ABOVE, *UNIT):
        raise NotVisible()
    return viewer


def _asked(request: HttpRequest, viewer: Viewer, kind: str) -> tuple[Asking, FiguresFilter]:
    form = FiguresFilter(request.GET, dimensions=_dimensions(viewer, kind))
    months = months_between(form.month("first"), form.month("last"), clock.today())
    return Asking(kind, viewer, months, form.area_chosen, form.by_what), form


def _dimensions(viewer: Viewer, kind: str) -> list[str]:
    """Line by line of what: one community has no streets; who filed is for the community's lead and above."""
    names = PAGES[kind][1]
    if not viewer.holds(*ABOVE):
        names = [name for name in names if name != "street"]
    if not viewer.holds(Role.COMMUNITY_LEAD, *ABOVE):
        names = [name for name in names if name != "desk"]
    return names


def _show(request: HttpRequest, kind: str) -> HttpResponse:
    viewer, now = _viewer(request), clock.now()
    title, _, told = PAGES[kind]
    asking, form = _asked(request, viewer, kind)
    figures = told(now)
    lines = counted(asking, figures)
    if request.GET.get("as") == "xlsx":
        where = asking.area.short_name if asking.area is not None else "岗位范围内"
        data = xlsx(
            f"{title}（{where}，{asking.months}）", f"{clock.say_moment(now)}导出", asking.by.label, figures, lines
        )
        response = HttpResponse(data, content_type=EXCEL)
        name = f"{title}-{asking.months.first:%Y%m}-{asking.months.last:%Y%m}.xlsx"
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        return response
    context: dict[str, Any] = {
        "title": title, "kind": kind, "form": form, "asking": asking, "figures": figures, "whole": lines[0],
        "lines": lines[1:], "named": asking.by,
    }  # fmt: skip
    if kind == "ratings":
        context["asked"] = counted(Asking("inquiries", viewer, asking.months, asking.area, DIMENSIONS["month"]),
                                   inquiries(now))[0]  # fmt: skip
    return render(request, "matters/figures.html", context)


@require_GET
@posts_only
def rating_figures(request: HttpRequest) -> HttpResponse:
    """The named rates of service rating (好差评), `?as=xlsx` as a sheet."""
    return _show(request, "ratings")


@require_GET
@posts_only
def window_figures(request: HttpRequest) -> HttpResponse:
    """The numbers of the window, `?as=xlsx` as a sheet."""
    return _show(request, "window")


@require_GET
@posts_only
def figure_rows(request: HttpRequest, kind: str) -> HttpResponse:
    """The rows behind one figure of one line."""
    viewer = _viewer(request)
    if kind not in (*PAGES, "inquiries"):
        raise NotVisible()
    page = "window" if kind == "window" else "ratings"
    asking, _ = _asked(request, viewer, page)
    one = figure(kind, request.GET.get("figure", ""), clock.now())
    if one is None:
        raise NotVisible("这个地址里没有说明看哪个数字，请从数字上点进来。")
    key = request.GET.get("key", "")
    part = "all" if request.GET.get("part") == "all" else "good"
    rows = behind(asking, one, int(key) if key.isascii() and key.isdigit() and len(key) < 18 else 0, part)
    # Counted off, not walked by key: the order is that of the figure's own moment.
    found = Paginator(rows, SIZE).get_page(request.GET.get("page"))
    context = {
        "page": found, "figure": one, "part": part, "asking": asking, "title": PAGES[page][0],
        "back": f"matters:{'window_figures' if kind == 'window' else 'rating_figures'}",
    }  # fmt: skip
    return render(request, "matters/figure_rows.html", context)


@require_GET
def public_satisfaction(request: HttpRequest) -> HttpResponse:
    """How satisfied residents are, for everyone: by street, and by community within one."""
    now = clock.now()
    street = street_of(request.GET.get("area", ""), clock.today())
    whole, places, months = satisfaction(street, now)
    context = {"whole": whole, "places": [p for p in places if p.good is not None],
               "small": [p for p in places if p.good is None], "months": months, "street": street,
               "least": params.get("rating.least_shown"), "figures": ratings(now)[:3]}  # fmt: skip
    return render(request, "matters/satisfaction.html", context)
