"""Plans that close a gap, and developers' duties."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sanshe.kernel import clock
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.http import once, put_errors
from sanshe.kernel.steps import StepPage, step_view

from .. import actions, norms, queries
from ..access import DeveloperDutyAccess, FacilityPlanAccess
from ..flow import DUTY_FLOW, PLAN_FLOW
from ..forms import ChangePlanForm, CheckForm, DutyForm, FinishPlanForm, HandOverForm, PlanForm, ReasonForm
from ..models import DeveloperDuty, FacilityPlan
from ..words import FacilityState, Means
from .common import asked

plan_step = step_view(
    PLAN_FLOW,
    "plan_id",
    {
        "start": StepPage(actions.start_plan, done="已登记开始实施。"),
        "finish": StepPage(actions.finish_plan, FinishPlanForm, done="已登记建成，设施台账和缺口已更新。"),
        "change": StepPage(actions.change_plan, ChangePlanForm, done="计划已调整。"),
        "drop": StepPage(actions.drop_plan, ReasonForm, done="计划已取消，缺口页会重新列出。"),
    },
)
duty_step = step_view(
    DUTY_FLOW,
    "duty_id",
    {
        "build": StepPage(actions.begin_building, done="已登记开工。"),
        "check": StepPage(actions.check_duty, CheckForm, done="已登记验收合格，下一步办理移交。"),
        "hand_over": StepPage(actions.hand_over, HandOverForm, done="已登记移交，设施台账和缺口已更新。"),
        "cancel": StepPage(actions.cancel_duty, ReasonForm, done="配建义务已撤销。"),
    },
)


def index(request: HttpRequest) -> HttpResponse:
    """Every plan and duty of an area, by day: what is due, what is late."""
    viewer = request.viewer  # type: ignore[attr-defined]
    queries.must_read_gaps(viewer)
    area, _, said = asked(request)
    everything = request.GET.get("all") == "1"
    plans = list(queries.plans_of(viewer, area, open_only=not everything)[:300])
    duties = list(queries.duties_of(viewer, area, open_only=not everything)[:300])
    today = clock.today()
    late = sum(p.due < today for p in plans if p.state in ("planned", "under_way"))
    context = {
        "area": area, "said": said, "plans": plans, "duties": duties, "everything": everything, "today": today,
        "late": late, "areas": queries.areas_to_choose(), "size": sum(p.floor_area for p in plans),
    }  # fmt: skip
    return render(request, "facilities/plans.html", context)


@once
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan what closes the gap of a community; the gap's figures are filled in."""
    viewer = request.viewer  # type: ignore[attr-defined]
    area = queries.community_of(pk)
    if not queries.may_add(FacilityPlanAccess, viewer, area):
        raise NotVisible()
    line = queries.one_line(area, clock.today())
    initial = _suggested(request, line)
    form = PlanForm(request.POST or None, area=area, viewer=viewer, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                plan = actions.make_plan(area=area, **form.cleaned_data, by=viewer, now=clock.now())
            except Invalid as error:
                put_errors(form, error)
            else:
                return HttpResponseRedirect(plan.get_absolute_url())
    idle = queries.facilities_of(viewer, area, clock.today()).filter(state=FacilityState.IDLE)
    context = {"area": area, "form": form, "line": line, "gap": line.gap, "idle": idle}
    return render(request, "facilities/plan_new.html", context, status=status)


def _suggested(request: HttpRequest, line: queries.Line) -> dict[str, Any]:
    """What is missing, as a first proposal."""
    out: dict[str, Any] = {}
    left = line.gap.remaining
    if left:
        out["floor_area"] = left
    codes = line.gap.remaining_kinds
    out["kind"] = norms.CENTRE if not line.gap.judged_as_built_up else codes[0] if codes else ""
    site = request.GET.get("site", "")
    if site.isdigit():
        out["site"] = int(site)
    if line.gap.idle:
        out["means"] = Means.SHARED
    return out


def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan."""
    rows = FacilityPlan.objects.select_related("area__parent", "body", "site", "facility")
    found = FacilityPlanAccess.get(request.viewer, pk, rows=rows)  # type: ignore[attr-defined]
    line = queries.one_line(found.area, clock.today())
    context = {
        "plan": found, "line": line, "gap": line.gap, "today": clock.today(),
        "kind": norms.kind_label(found.kind),
        "late": found.due < clock.today() and found.state in ("planned", "under_way"),
    }  # fmt: skip
    return render(request, "facilities/plan.html", context)


@once
def duty_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what a developer has agreed to build and hand over."""
    viewer = request.viewer  # type: ignore[attr-defined]
    area = queries.community_of(pk)
    if not queries.may_add(DeveloperDutyAccess, viewer, area):
        raise NotVisible()
    limit = norms.centre_limit(clock.today())
    form = DutyForm(request.POST or None, initial={"floor_area": limit.value, "parts": list(norms.parts())})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                duty = actions.register_duty(area=area, **form.cleaned_data, by=viewer, now=clock.now())
            except Invalid as error:
                put_errors(form, error)
            else:
                return HttpResponseRedirect(duty.get_absolute_url())
    context = {"area": area, "form": form, "limit": limit, "back": reverse("facilities:community", args=[area.pk])}
    return render(request, "facilities/duty_new.html", context, status=status)


def duty(request: HttpRequest, pk: int) -> HttpResponse:
    """One developer's duty."""
    rows = DeveloperDuty.objects.select_related("area__parent", "facility")
    found = DeveloperDutyAccess.get(request.viewer, pk, rows=rows)  # type: ignore[attr-defined]
    names = norms.kinds()
    context = {
        "duty": found, "limit": norms.centre_limit(clock.today()), "today": clock.today(),
        "parts": [names.get(code, code) for code in found.parts],
        "measured": [names.get(code, code) for code in found.measured_parts],
        "late": found.due < clock.today() and found.state in ("duty", "building", "checked"),
    }  # fmt: skip
    return render(request, "facilities/duty.html", context)
