"""The mediator's and the head's pages: the list, one dispute, the agreement as a document, ties; and the counts."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sanshe.accounts.public import Role
from sanshe.kernel import clock, params
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.http import once, posts_only, put_errors, sign_in_first

from .. import actions, documents, forms, queries, sentences
from ..access import DisputeAccess, may_count, may_enter
from ..words import ENDED, DisputeState
from .entry import viewer_of

SHOWN = 200


@require_GET
@posts_only
def index(request: HttpRequest) -> HttpResponse:
    """The disputes that the viewer mediates or heads. A list of numbers: reading one is what is logged."""
    viewer = viewer_of(request)
    if not viewer.holds(Role.MEDIATOR, Role.COMMUNITY_LEAD):
        raise NotVisible()
    form = forms.ListFilter(request.GET or None)
    given = form.cleaned_data if form.is_valid() else {}
    rows = list(queries.worklist(viewer, given.get("state", ""), given.get("kind", ""))[:SHOWN])
    context = {
        "rows": rows,
        "form": form,
        "open": sum(1 for r in rows if r.state not in ENDED),
        "mediator": viewer.holds(Role.MEDIATOR),
        "may_enter": may_enter(viewer),
        "may_count": may_count(viewer),
        "ended": ENDED,
    }
    return render(request, "disputes/list.html", context)


@require_GET
@sign_in_first
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One dispute, for those who may read it; the reading is written down."""
    viewer = viewer_of(request)
    one = actions.open_dispute(dispute_id=pk, by=viewer, now=clock.now())
    may = DisputeAccess.verbs(viewer, one, ["party", "work", "mediate", "head"])
    context = {
        "one": one,
        "may": may,
        "lead": sentences.lead(one, clock.now()),
        "parties": queries.parties_of(viewer, one),
        "sittings": queries.sittings_of(viewer, one),
        "terms": queries.terms_of(viewer, one),
        "readings": queries.readings_of(one),
        "events": queries.steps_of(one),
        "confirm_until": actions.confirm_until(one) if one.effect_on else None,
        "confirm_days": params.get("mediation.confirm_days"),
        "principles": params.get("mediation.principles").value if one.state == DisputeState.RECEIVED else [],
        "written": bool(one.terms_text),
    }
    response = render(request, "disputes/show.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_GET
@sign_in_first
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """The agreement as a Word document; written down like a reading."""
    viewer = viewer_of(request)
    one = actions.note_print(dispute_id=pk, by=viewer, now=clock.now())
    if not one.terms_text:
        raise NotVisible()
    response = HttpResponse(documents.agreement(viewer, one), content_type=documents.DOCX)
    name = quote(f"人民调解协议书-{one.number}.docx")
    response["Content-Disposition"] = f"attachment; filename=\"agreement.docx\"; filename*=UTF-8''{name}"
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
@posts_only
@once
def ties(request: HttpRequest) -> HttpResponse:
    """Whom a mediator is related to, as declared."""
    viewer = viewer_of(request)
    if not viewer.holds(Role.MEDIATOR):
        raise NotVisible()
    form = forms.TieForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.declare_tie(**form.cleaned_data, by=viewer, now=clock.now())
            except Invalid as error:
                put_errors(form, error)
            else:
                messages.success(request, "已声明。与这个人有关的纠纷不会指定给您。")
                return HttpResponseRedirect(request.path)
    return render(request, "disputes/ties.html", {"form": form, "ties": queries.ties_of(viewer)}, status=status)


@require_POST
@posts_only
@once
def end_tie(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a declaration back."""
    actions.end_tie(tie_id=pk, by=viewer_of(request), now=clock.now())
    messages.success(request, "声明已撤销。")
    return HttpResponseRedirect(reverse("disputes:ties"))


@require_GET
@posts_only
def figures(request: HttpRequest) -> HttpResponse:
    """Counts by kind, outcome and community; small numbers hidden."""
    viewer = viewer_of(request)
    if not may_count(viewer):
        raise NotVisible()
    this = clock.today().year
    years = [this, this - 1, this - 2]
    form = forms.FiguresFilter(request.GET or None, years=years, initial={"year": this})
    year = (form.cleaned_data.get("year") or this) if form.is_valid() else this
    found = queries.figures(viewer, date(year, 1, 1), date(year + 1, 1, 1))
    return render(request, "disputes/figures.html", {"form": form, "year": year, **found})
