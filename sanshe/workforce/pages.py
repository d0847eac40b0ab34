"""Pages of the workforce."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sanshe.areas.public import Area, AreaLevel, area_by_code, descendants, home_area
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.http import once, posts_only, put_errors
from sanshe.kernel.steps import StepPage, step_view

from . import actions, queries
from .access import AllowanceSheetAccess, SocialWorkRoomAccess, WorkerAccess
from .allowance import changes
from .flow import SHEET_FLOW
from .forms import MonthForm, ReasonForm
from .sheet import rule_lines, xlsx

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: How many communities a table of gaps lists at most; a street shows all of its own.
SHOWN = 80

sheet_step = step_view(
    SHEET_FLOW,
    key="sheet_id",
    pages={
        "submit": StepPage(actions.submit, done="月表已报送，等待新区核准。"),
        "approve": StepPage(actions.approve, done="月表已核准并封存。"),
        "send_back": StepPage(actions.send_back, ReasonForm, done="月表已退回街道。"),
    },
)


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def _within(request: HttpRequest) -> Area:
    """The area that the address names, else the home area. Raises NotVisible for one outside of it."""
    home = home_area()
    code = request.GET.get("area", "").strip()[:12]
    if not code:
        return home
    try:
        area = area_by_code(code)
    except Area.DoesNotExist:
        raise NotVisible() from None
    if not home.lo <= area.lo < home.hi:
        raise NotVisible()
    return area


def _staff(request: HttpRequest) -> Viewer:
    """The viewer, if the register of talent is theirs to see at all. Raises NotVisible."""
    viewer = _viewer(request)
    if WorkerAccess.q(viewer) is False:
        raise NotVisible()
    return viewer


def _choice(area: Area) -> dict[str, Any]:
    home = home_area()
    return {"area": area, "home": home, "streets": descendants(home, AreaLevel.STREET)}


def rooms(request: HttpRequest) -> HttpResponse:
    """Every community's social work room, by street: where it is, when it opens, who is in charge, what is missing."""
    viewer, missing = _viewer(request), request.GET.get("missing") == "1"
    lines = queries.room_lines(viewer, home_area(), clock.today())
    streets: dict[Area | None, list[Any]] = {}
    for line in lines:
        if line.missing or not missing:
            streets.setdefault(line.area.parent, []).append(line)
    context = {
        "streets": streets.items(), "open": sum(1 for line in lines if line.room is not None), "all": len(lines),
        "short": sum(1 for line in lines if line.room is not None and line.short), "missing": missing,
        "folded": len(streets) > 10 and not missing,
        "rule": params.get("workforce.room_professionals"),
    }  # fmt: skip
    return render(request, "workforce/rooms.html", context)


def room(request: HttpRequest, pk: int) -> HttpResponse:
    """One social work room: opening times, who is in charge, what it did."""
    viewer, today = _viewer(request), clock.today()
    found = queries.room_of(viewer, pk)
    lately = int(params.get("workforce.room_recent_days").value)
    log, times, people = queries.log_of(found, today, lately)
    professionals = {one.pk for one in queries.professionals(found, today)}
    context = {
        "room": found, "staff": [(one, one.pk in professionals) for one in queries.staff_of(found, today)],
        "names": found.in_charge, "short": max(queries.needed(today) - len(professionals), 0), "log": log,
        "times": times, "people": people, "lately": lately, "rule": params.get("workforce.room_professionals"),
        "verbs": SocialWorkRoomAccess.verbs(viewer, found, {"keep", "tell"}),
    }  # fmt: skip
    return render(request, "workforce/room.html", context)


@posts_only
def index(request: HttpRequest) -> HttpResponse:
    """The workforce at a glance: what lapses, what is vacant, which rooms lack people, the three teams."""
    if WorkerAccess.q(_viewer(request)) is False:
        # The rail leads some here who have no part in the register: what is public of it is the rooms.
        return HttpResponseRedirect(reverse("workforce:rooms"))
    viewer, today, area = _staff(request), clock.today(), _within(request)
    lines = queries.staffing(area, today)
    lapses = queries.lapses(viewer, today, area.lo, area.hi)
    room_lines = queries.room_lines(viewer, area, today)
    workers, held = sum(line.workers for line in lines), sum(line.certified for line in lines)
    context = {
        **_choice(area), "lines": lines, "lapses": len([one for one in lapses if one.days > 0]),
        "lapsed": len([one for one in lapses if one.days <= 0]), "vacant": sum(line.vacant for line in lines),
        "short": sum(line.short for line in lines), "short_in": sum(1 for line in lines if line.short),
        "workers": workers, "held": held, "percent": round(100 * held / workers, 1) if workers else None,
        "professionals": sum(line.professionals for line in lines),
        "rooms_missing": sum(1 for line in room_lines if line.room is None),
        "rooms_short": sum(1 for line in room_lines if line.room is not None and line.short),
        "teams": queries.teams(area, today), "degrees": queries.degrees(area, today),
        "levels": queries.levels(area, today), "days": params.get("workforce.lapse_notice_days"),
        "wanted": queries.wanted_professionals(today), "sheets": AllowanceSheetAccess.q(viewer) is not False,
    }  # fmt: skip
    return render(request, "workforce/index.html", context)


@posts_only
def lapsing(request: HttpRequest) -> HttpResponse:
    """Whose registration ends soon or ended, with the hours that are still to do."""
    viewer, area = _staff(request), _within(request)
    found = queries.lapses(viewer, clock.today(), area.lo, area.hi)
    context = {
        **_choice(area), "coming": [one for one in found if one.days > 0],
        "gone": [one for one in reversed(found) if one.days <= 0], "days": params.get("workforce.lapse_notice_days"),
        "hours": [params.get(f"workforce.hours_{level}") for level in ("assistant", "social_worker", "senior")],
    }  # fmt: skip
    return render(request, "workforce/lapsing.html", context)


@posts_only
def staffing(request: HttpRequest) -> HttpResponse:
    """Posts set up against posts filled, certificates and professionals, community by community."""
    _staff(request)
    today, area = clock.today(), _within(request)
    lines = queries.staffing(area, today)
    context = {
        **_choice(area), "lines": lines[:SHOWN], "left": max(len(lines) - SHOWN, 0),
        "wanted": queries.wanted_professionals(today),
        "vacant": sum(line.vacant for line in lines), "short": sum(line.short for line in lines),
        "short_in": sum(1 for line in lines if line.short), "kinds": params.get("workforce.professional_kinds"),
    }  # fmt: skip
    return render(request, "workforce/staffing.html", context)


@posts_only
def worker(request: HttpRequest, pk: int) -> HttpResponse:
    """One worker: post, certificates, hours of the running term, allowance."""
    viewer, today = _viewer(request), clock.today()
    found = queries.worker_of(viewer, pk)
    done = list(queries.hours_of(found))
    held = [
        (one, queries.is_valid(one, today), queries.hours_in_term(one, done), queries.hours_needed(one.level, today))
        for one in found.certificates.all()
    ]
    context = {
        "worker": found, "held": held, "done": done[:20], "lines": queries.own_lines(viewer, found.pk)[:12],
        "may_keep": WorkerAccess.may(viewer, "keep", found),
    }  # fmt: skip
    return render(request, "workforce/worker.html", context)


@posts_only
@once
def sheets(request: HttpRequest) -> HttpResponse:
    """The monthly allowance sheets, and the form that works one out."""
    viewer = _viewer(request)
    if AllowanceSheetAccess.q(viewer) is False:
        raise NotVisible()
    streets = descendants(home_area(), AreaLevel.STREET)
    scope = AllowanceSheetAccess.q(viewer, "compute")
    mine = [s.pk for s in streets if scope is True or queries.covers(viewer, s)]
    last = queries.months_after(clock.today().replace(day=1), -1)
    form = MonthForm(request.POST or None, streets=streets.filter(pk__in=mine), initial={"month": f"{last:%Y-%m}"})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.compute(**form.cleaned_data, by=viewer, now=clock.now())
        except Invalid as error:
            put_errors(form, error)
        else:
            messages.success(request, f"{made}已按现有台账计算。")
            return HttpResponseRedirect(made.get_absolute_url())
    context = {"sheets": queries.sheets(viewer)[:120], "form": form}
    return render(request, "workforce/sheets.html", context, status=422 if form.errors else 200)


@posts_only
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """One month's sheet: the rule, the lines, what changed against the month before; `?as=xlsx` for Excel."""
    viewer = _viewer(request)
    found = queries.sheet_of(viewer, pk)
    lines = queries.lines_of(viewer, found)
    before = queries.earlier_lines(viewer, found)
    changed = changes(lines, before) if before is not None else []
    if request.GET.get("as") == "xlsx":
        actions.record_export(sheet=found, by=viewer, now=clock.now())
        response = HttpResponse(xlsx(found, lines, changed), content_type=EXCEL)
        response["Content-Disposition"] = f'attachment; filename="allowance-{found.area.code}-{found.month:%Y%m}.xlsx"'
        return response
    context = {
        "sheet": found, "lines": lines, "changed": changed, "compared": before is not None,
        "rule": rule_lines(found), "verbs": AllowanceSheetAccess.verbs(viewer, found, {"compute"}),
        "draft": found.state == "draft",
    }  # fmt: skip
    return render(request, "workforce/sheet.html", context)
