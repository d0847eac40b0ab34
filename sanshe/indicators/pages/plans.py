"""Plans that close a gap: start one, read it, report on it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from sanshe.kernel import clock
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.http import once, posts_only, put_errors, sign_in_first
from sanshe.kernel.steps import StepPage, step_view

from .. import actions, queries
from ..access import FigureAccess
from ..flow import PLAN_FLOW
from ..forms import NoteForm, PlanForm
from .asking import asked, common


@posts_only
def plans(request: HttpRequest) -> HttpResponse:
    """The plans that the viewer may read: those under way first, the nearest date on top."""
    found = queries.plans(request.viewer)  # type: ignore[attr-defined]
    return render(request, "indicators/plans.html", {"plans": found, "doing": sum(p.state == "doing" for p in found)})


@sign_in_first
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: what is aimed at, by whom, how far it is now."""
    found = queries.plan(request.viewer, pk)  # type: ignore[attr-defined]
    figure = queries.figure_of_plan(found, clock.today())
    return render(
        request, "indicators/plan.html", {"plan": found, "figure": figure, "progress": list(found.progress.all()[:50])}
    )


@sign_in_first
@once
def start_plan(request: HttpRequest, name: str) -> HttpResponse:
    """Start a plan for the gap of an area; what is known stands in the form."""
    viewer = request.viewer  # type: ignore[attr-defined]
    area, on, said = asked(request)
    if not FigureAccess.may(viewer, "plan", area.pk):
        raise NotAllowed("补齐计划由街道或新区的工作人员制定。")
    figure = queries.report(area, on, queries.get_indicator(name).name, before=False).figure(name)
    form = PlanForm(request.POST or None, figure=figure, viewer=viewer)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = actions.start(
                    indicator=name, area_id=area.pk, by=viewer, now=clock.now(), **form.cleaned_data
                )  # fmt: skip
                messages.success(request, "计划已制定，负责人会收到待办。")
                return HttpResponseRedirect(made.get_absolute_url())
            except Invalid as error:
                put_errors(form, error)
    context = common(request, area, on, said) | {"figure": figure, "form": form, "indicator": figure.indicator}
    return render(request, "indicators/start_plan.html", context, status=status)


plan_step = step_view(
    PLAN_FLOW,
    "plan_id",
    {
        "report": StepPage(actions.report, NoteForm, done="进展已记录。"),
        "finish": StepPage(actions.finish, NoteForm, done="计划已结束。"),
        "drop": StepPage(actions.drop, NoteForm, done="计划已终止。"),
    },
)
