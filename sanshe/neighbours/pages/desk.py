"""The community's pages: posting for others, the list, reports, bars, counts."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sanshe.accounts.public import Role
from sanshe.kernel import clock, params
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.http import once, posts_only, put_errors, sign_in_first
from sanshe.matters.public import MatterAccess

from .. import actions, forms, queries
from ..access import ReportAccess, may_count, may_enter, may_watch
from ..models import Report
from ..words import Side
from .residents import number_in, viewer_of


@require_GET
@posts_only
def index(request: HttpRequest) -> HttpResponse:
    """All offers and requests of the communities one serves, what waits, who is barred."""
    viewer = viewer_of(request)
    if not may_watch(viewer):
        raise NotVisible()
    form = forms.DeskFilter(request.GET or None)
    given = form.cleaned_data if form.is_valid() else {}
    context = {
        "rows": list(queries.posts_here(viewer, given.get("state", ""), given.get("side", ""))[: queries.SHOWN]),
        "form": form,
        "reports": list(queries.reports_here(viewer)[: queries.SHOWN]),
        "pairs": list(queries.pairs_at_desk(viewer)[:20]),
        "bars": queries.bars_here(viewer, clock.now()),
        "enter": may_enter(viewer),
        "count": may_count(viewer),
        "lead": viewer.holds(Role.COMMUNITY_LEAD),
    }
    return render(request, "neighbours/list.html", context)


@require_http_methods(["GET", "POST"])
@posts_only
@once
def new(request: HttpRequest) -> HttpResponse:
    """The desk posts for somebody without an account."""
    viewer = viewer_of(request)
    if not may_enter(viewer):
        raise NotVisible()
    key = number_in(request, "matter")
    matter = MatterAccess.get(viewer, key, "relay") if key is not None else None
    initial = {"side": Side.REQUEST}
    if matter is not None:
        initial |= {"area": matter.area_id, "name": matter.contact_name, "text": matter.text}
    form = forms.DeskForm(request.POST or None, viewer=viewer, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = dict(form.cleaned_data)
            area = given.pop("area")
            try:
                made = actions.post(
                    **given, area_id=area.pk, on_behalf=True, matter_id=matter.pk if matter else None, by=viewer,
                    now=clock.now(),
                )  # fmt: skip
            except Invalid as error:
                put_errors(form, error)
            else:
                messages.success(request, "已代为发布。有邻居回应时，会提醒您。")
                return HttpResponseRedirect(made.get_absolute_url())
    context = {"form": form, "matter": matter, "forbidden": params.get("mutual.forbidden").value}
    return render(request, "neighbours/desk.html", context, status=status)


@require_GET
@sign_in_first
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """One report, for the reporter and those who decide; who reported is not shown to the desk's screen at large."""
    viewer = viewer_of(request)
    rows = Report.objects.select_related("area", "post", "pair", "about")
    found = ReportAccess.get(viewer, pk, rows=rows)
    return render(request, "neighbours/report.html", {"report": found, "watch": may_watch(viewer)})


@require_POST
@posts_only
@once
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """End a bar before its time."""
    actions.lift(bar_id=pk, by=viewer_of(request), now=clock.now())
    messages.success(request, "已恢复，已告知本人。")
    return HttpResponseRedirect(reverse("neighbours:list"))


@require_GET
@posts_only
def figures(request: HttpRequest) -> HttpResponse:
    """Requests, offers, pairs and hours by community, month and kind."""
    viewer = viewer_of(request)
    if not may_count(viewer):
        raise NotVisible()
    this = clock.today().year
    form = forms.YearFilter(request.GET or None, years=[this, this - 1, this - 2], initial={"year": this})
    year = (form.cleaned_data.get("year") or this) if form.is_valid() else this
    found = queries.figures(viewer, date(year, 1, 1), date(year + 1, 1, 1))
    return render(request, "neighbours/figures.html", {"form": form, "year": year, **found})
