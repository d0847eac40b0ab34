"""The first page of the area: what waits, and what there is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sanshe.kernel import clock
from sanshe.kernel.flow import agenda

from ..flow.calls import CALL_FLOW, OBJECTION_FLOW
from ..flow.contracts import CONTRACT_FLOW
from ..flow.projects import NEED_FLOW, PROJECT_FLOW
from ..queries import calls, contracts, projects
from ..words import CallState, ContractState, NeedState

FLOWS = (NEED_FLOW, PROJECT_FLOW, CALL_FLOW, OBJECTION_FLOW, CONTRACT_FLOW)
SOME = 5


def index(request: HttpRequest) -> HttpResponse:
    """What waits for the viewer, calls that take bids, services that run, needs that wait for a project."""
    viewer = request.viewer
    waiting = agenda(viewer, 10, [flow.title for flow in FLOWS]) if viewer.signed_in else None
    open_calls = calls.calls(viewer, CallState.OPEN).filter(closes_at__gt=clock.now())
    running = contracts.contracts(viewer, state=ContractState.RUNNING)
    stated = projects.needs(viewer, NeedState.STATED)
    context = {
        "waiting": waiting,
        "calls": list(open_calls.order_by("closes_at", "pk")[: SOME + 1]),
        "projects": list(projects.projects(viewer).order_by("-made_at", "-pk")[:SOME]),
        "contracts": list(running.order_by("-begins_on", "-pk")[:SOME]),
        "needs": list(stated.order_by("-stated_at", "-pk")[:SOME]),
        "counts": {"calls": open_calls.count(), "contracts": running.count(), "needs": stated.count()},
        "may_propose": projects.may_propose(viewer),
    }
    return render(request, "purchase/index.html", context)
