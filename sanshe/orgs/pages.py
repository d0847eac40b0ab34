"""Pages of social organisations: the public list, the one file, the registration triage, the "1+X" picture."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from sanshe.areas.public import AreaLevel, area_by_code, descendants, home_area
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible
from sanshe.kernel.http import once, put_errors

from . import actions, queries
from .access import OrganisationAccess, TriageAnswerAccess
from .file import sections
from .forms import EnterForm, TriageForm
from .models import Organisation
from .picture import picture
from .triage import Answer, triage
from .words import LEADS_TO, Road, Standing


def index(request: HttpRequest) -> HttpResponse:
    """The public list of social organisations."""
    text, kind = request.GET.get("q", "").replace("\0", "").strip()[:60], request.GET.get("kind", "")
    agency, x_kind = request.GET.get("agency") == "1", request.GET.get("x_kind", "")
    rows = queries.organisations(request.viewer, clock.now().date(), text=text, kind=kind, agency=agency)
    if x_kind:
        rows = rows.filter(x_kind="" if x_kind == "—" else x_kind)
    area = _area(request)
    if area is not None:
        rows = rows.filter(area__lo__gte=area.lo, area__lo__lt=area.hi)
    page = Paginator(rows, 24).get_page(request.GET.get("page"))
    context = {
        "page": page, "q": text, "kind": kind, "kinds": params.get("orgs.kinds").value, "agency": agency,
        "x_kind": x_kind, "x_kinds": params.get("orgs.x_kinds").value, "area": area,
    }  # fmt: skip
    return render(request, "orgs/index.html", context)


def _area(request: HttpRequest) -> Any:
    """The area whose code the address names; None without one. Raises NotVisible for a code that is none."""
    code = request.GET.get("area", "").strip()[:12]
    if not code:
        return None
    home = home_area()
    try:
        area = area_by_code(code)
    except type(home).DoesNotExist:
        raise NotVisible() from None
    if not home.lo <= area.lo < home.hi:
        raise NotVisible()
    return area


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The one file of an organisation: all that the viewer may see, of every module."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    organisation = OrganisationAccess.get(
        viewer, pk, rows=Organisation.objects.select_related("area", "area__parent", "body")
    )
    verbs = OrganisationAccess.verbs(viewer, organisation, {"keep", "tell"})
    today = clock.today()
    context = {
        "organisation": organisation, "verbs": verbs, "file": queries.file_of(organisation, today),
        "sections": sections(viewer, organisation), "days": params.get("orgs.active_days").value,
        "triages": TriageAnswerAccess.rows(viewer).filter(organisation=organisation)[:5] if verbs else [],
        "graded": organisation.graded_until is not None and organisation.graded_until > today,
    }  # fmt: skip
    return render(request, "orgs/detail.html", context)


@once
def triage_page(request: HttpRequest) -> HttpResponse:
    """Which way an organisation goes. For everybody, and nothing is kept; officers may keep the answer."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    asked = request.POST if request.method == "POST" else request.GET
    of = _organisation(viewer, asked.get("organisation", ""))
    if request.method != "POST" and "form" not in asked:
        first = {"individuals": of.members, "units": of.unit_members} if of is not None else {}
        return _triage(request, TriageForm(initial=first), None, of)
    form = TriageForm(asked)
    if not form.is_valid():
        return _triage(request, form, None, of, status=422)
    answer = triage(form.facts(), clock.today())
    if request.method != "POST":
        return _triage(request, form, answer, of)
    if of is not None:
        actions.keep_triage(organisation_id=of.pk, facts=form.facts(), by=viewer, now=clock.now())
        messages.success(request, f"测算结果已保存到「{of}」。")
        return HttpResponseRedirect(of.get_absolute_url())
    return _enter(request, form, answer)


def _enter(request: HttpRequest, form: TriageForm, answer: Answer) -> HttpResponse:
    """Enter the organisation into the register, with the answer."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not _may_enter(viewer):
        raise NotAllowed("社会组织由所在街道或新区的工作人员登记为台账。")
    enter = EnterForm(request.POST)
    if not enter.is_valid():
        return _triage(request, form, answer, None, enter, status=422)
    facts, given = form.facts(), enter.cleaned_data
    # Whoever is on the way to registration is kept by the street until the certificate with its code is there.
    standing = Standing.FILED if answer.road == Road.REGISTER else LEADS_TO[answer.road]
    try:
        made = actions.register_triaged(
            facts=facts, standing=standing, is_loose=answer.road == Road.GUIDE, by=viewer, now=clock.now(), **given
        )
    except Invalid as error:
        put_errors(enter, error)
        return _triage(request, form, answer, None, enter, status=422)
    messages.success(request, f"「{made}」已登记为台账，测算结果一并保存。")
    return HttpResponseRedirect(made.get_absolute_url())


def _organisation(viewer: Viewer, text: str) -> Organisation | None:
    """The organisation that the answer is to be kept with, if the viewer keeps it."""
    return OrganisationAccess.get(viewer, int(text), "keep") if text.isascii() and text.isdigit() else None


def _may_enter(viewer: Viewer) -> bool:
    return OrganisationAccess.q(viewer, "add") is not False


def _triage(
    request: HttpRequest, form: TriageForm, answer: Answer | None, of: Organisation | None,
    enter: EnterForm | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    may_enter = of is None and answer is not None and _may_enter(viewer)
    if may_enter and enter is None:
        enter = EnterForm(initial={"since": clock.today()})
    told = [(name, value) for name, value in form.data.items() if name in form.fields] if answer else []
    context = {
        "form": form, "answer": answer, "of": of, "enter": enter if may_enter else None, "told": told,
        "register": Road.REGISTER, "registrar": params.get("orgs.registrar").value,
    }  # fmt: skip
    return render(request, "orgs/triage.html", context, status=status)


def picture_page(request: HttpRequest) -> HttpResponse:
    """The "1+X" picture of the New Area or of a street."""
    home = home_area()
    area = _area(request) or home
    if area.level == AreaLevel.COMMUNITY and area.parent is not None:
        area = area.parent
    found = picture(area, clock.today())
    context = {
        "picture": found, "area": area, "home": home, "streets": descendants(home, AreaLevel.STREET),
        "staff": request.viewer.is_staff,  # type: ignore[attr-defined]
        "by_street": area.level != AreaLevel.STREET, "chart_title": found.sentence,
        "table_title": "各社区" if area.level == AreaLevel.STREET else "各街道",
    }  # fmt: skip
    return render(request, "orgs/picture.html", context)
