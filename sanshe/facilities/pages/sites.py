"""Proposed sites: candidates, asking for a computation, its progress, and what came out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from sanshe.areas.public import AreaLevel
from sanshe.kernel import clock, params
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.http import once, put_errors

from .. import actions, norms, queries
from ..access import CandidateSiteAccess, SiteStudyAccess
from ..forms import StudyForm
from ..models import SiteStudy
from ..words import SiteState, StudyState
from .common import asked
from .maps import tiles, with_tiles


@once
def index(request: HttpRequest) -> HttpResponse:
    """The candidate places of an area, the computations made, and a new one."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if SiteStudyAccess.q(viewer) is False:
        raise NotVisible()
    area, on, said = asked(request)
    form = StudyForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                study = actions.ask_study(area=area, **form.cleaned_data, by=viewer, now=clock.now())
            except Invalid as error:
                put_errors(form, error)
            else:
                return HttpResponseRedirect(study.get_absolute_url())
    sites = list(queries.sites_of(viewer, area)[:500])
    context = {
        "area": area, "said": said, "form": form, "sites": sites, "studies": queries.studies_of(viewer, area)[:10],
        "ready": sum(1 for s in sites if s.lat is not None and s.state == SiteState.OPEN),
        "areas": queries.areas_to_choose(), "may_ask": queries.may_add(SiteStudyAccess, viewer, area),
        "may_enter": CandidateSiteAccess.q(viewer, "add") is not False,
        "minutes": params.get("facilities.reach_minutes", on=on), "community": area.level == AreaLevel.COMMUNITY,
        "seconds": params.get("facilities.site_seconds", on=on),
    }  # fmt: skip
    return render(request, "facilities/sites.html", context, status=status)


def _get(request: HttpRequest, pk: int) -> SiteStudy:
    return SiteStudyAccess.get(request.viewer, pk, rows=SiteStudy.objects.select_related("area"))  # type: ignore[attr-defined]


def study(request: HttpRequest, pk: int) -> HttpResponse:
    """One computation: how far it is, or which sites it proposes and why."""
    found = _get(request, pk)
    context: dict[str, Any] = {
        "study": found,
        "kind": norms.kind_label(found.kind) if found.kind else "综合服务设施",
        "waits": found.state in (StudyState.WAITING, StudyState.RUNNING),
    }
    if found.state == StudyState.DONE:
        context |= _shown(request, found)
    return with_tiles(render(request, "facilities/study.html", context))


def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a computation is, as a fragment; a finished one sends the browser to the whole page."""
    found = _get(request, pk)
    response = render(request, "facilities/_progress.html", {"study": found})
    if found.state in (StudyState.DONE, StudyState.FAILED):
        response.headers["HX-Redirect"] = found.get_absolute_url()
    return response


def _shown(request: HttpRequest, found: SiteStudy) -> dict[str, Any]:
    """The answer with names, shares and sentences."""
    result, viewer = found.result, request.viewer  # type: ignore[attr-defined]
    total = result["total"] or 1
    rows = {s.pk: s for s in queries.sites_of(viewer, found.area)}
    rounds = [{**r, "share": round(r["covered"] * 100 / total, 1)} for r in result["rounds"]]
    chosen = [{**c, "site": rows.get(c["key"])} for c in result["chosen"]]
    line = [{"k": 0, "covered": result["today"], "share": round(result["today"] * 100 / total, 1)}, *rounds]
    chart = {
        "kind": "line",
        "of": "新增地点数",
        "names": [f"{r['k']} 处" for r in line],
        "series": [{"name": "覆盖住户", "unit": "%", "values": [r["share"] for r in line]}],
        "target": round(result["aim"] * 100 / total, 1),
        "target_label": f"要达到的 {result['aim'] * 100 / total:.1f}%",
    }
    data = queries.map_data(viewer, found.area, clock.local(found.asked_at).date(), found.kind)
    picked = {c["key"] for c in result["chosen"]}
    drawn = {
        "borders": data.borders, "facilities": data.facilities, "places": data.places, "centre": data.centre,
        "sites": [{**s, "chosen": s["key"] in picked} for s in data.sites], "metres": result["metres"],
        "tiles": tiles(),
    }  # fmt: skip
    return {
        "r": result, "rounds": rounds, "prior": rounds[-2] if len(rounds) > 1 else None,
        "line": line, "chosen": chosen, "chart": chart, "drawn": drawn,
        "covered": line[-1]["covered"], "share": line[-1]["share"], "gained": line[-1]["covered"] - result["today"],
        "proven": all(r["proven"] for r in rounds), "left": result["left"][:50],
        "greedy_worse": rounds and result["greedy"] < rounds[-1]["covered"],
        "chart_title": _title(line, result),
    }  # fmt: skip


def _title(line: list[dict[str, Any]], result: dict[str, Any]) -> str:
    if len(line) == 1:
        return f"不新增地点，已覆盖 {line[0]['share']:g}% 的住户"
    return f"新增 {line[-1]['k']} 处，覆盖从 {line[0]['share']:g}% 升到 {line[-1]['share']:g}%"
