"""Matters of ours that another system handles: rules, handing over, what was heard, sheets."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, SansheError, WrongState
from sanshe.kernel.http import once, posts_only, put_errors, sign_in_first
from sanshe.kernel.steps import StepPage, step_view
from sanshe.matters.public import MatterAccess

from .. import actions, queries
from ..access import OFFICERS, ForwardAccess, RuleAccess, SourceAccess
from ..actions.states import HEAD
from ..flow import HEARD
from ..forms import HandOverForm, RuleForm, SettleForm, StatesForm
from ..words import HeardState
from .sources import as_sheet

heard_step = step_view(HEARD, "heard_id", {
    "settle": StepPage(actions.settle, SettleForm, "已记下，这条消息处理完了。"),
    "reopen": StepPage(actions.reopen, done="已重新打开，承办单位会继续办理。"),
    "renew": StepPage(actions.renew, done="已另立一件关联的事项。"),
})  # fmt: skip


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


# -- rules -------------------------------------------------------------------------------------------------------------


@posts_only
@once
def rules(request: HttpRequest, code: str) -> HttpResponse:
    """Which matters go to the system by themselves: for the officers of the areas."""
    viewer = _viewer(request)
    if not viewer.holds(*OFFICERS):
        raise NotVisible()
    source = queries.source_of(viewer, code)
    if not source.takes_forwards:
        raise NotVisible()
    form = RuleForm(request.POST or None, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.make_rule(code=code, area_id=given["area"], criterion=given["criterion"], unit_id=given["unit"],
                              by=viewer, now=clock.now())  # fmt: skip
        except Invalid as error:
            put_errors(form, error)
        else:
            messages.success(request, "规则已生效：以后交给承办单位的事项，合乎规则的自动转交。")
            return HttpResponseRedirect(request.path)
    context = {"source": source, "form": form, "rules": queries.rules_of(viewer, source)}
    return render(request, "exchange/rules.html", context, status=422 if form.errors else 200)


@require_http_methods(["POST"])
@posts_only
@once
def end_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """End a rule."""
    viewer = _viewer(request)
    rule = RuleAccess.get(viewer, pk)
    actions.end_rule(rule_id=pk, by=viewer, now=clock.now())
    messages.success(request, "规则已停用，以后不再自动转交；已经转交的不受影响。")
    return HttpResponseRedirect(reverse("exchange:rules", kwargs={"code": rule.source.code}))


# -- one matter --------------------------------------------------------------------------------------------------------


@sign_in_first
@once
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a matter to another system, which handles it in the name of the unit that has it."""
    viewer = _viewer(request)
    matter = queries.matter_of(viewer, pk)
    if not MatterAccess.verbs(viewer, matter, ("handle", "designate")):
        raise NotVisible()
    systems = actions.systems_for(matter)
    if request.method != "POST" and not actions.may_forward(viewer, matter):
        raise WrongState("交给承办单位之后、办结之前，才能转交其他系统。")
    form = HandOverForm(request.POST or None, systems=systems)
    status = 200
    if request.method == "POST":
        try:
            if form.is_valid():
                actions.forward_matter(matter_id=pk, code=form.cleaned_data["code"], now=clock.now(), by=viewer,
                                       reason=form.cleaned_data["reason"])  # fmt: skip
                messages.success(request, "已转交。对方收下、办理、答复，都会记在这件事项里，不用重复登记。")
                return HttpResponseRedirect(matter.get_absolute_url())
        except Invalid as error:
            put_errors(form, error)
        except (WrongState, NotAllowed) as error:
            form.add_error(None, error.sentence)
            status = error.status
    if form.errors and status == 200:
        status = 422
    return render(request, "exchange/hand_over.html", {"matter": matter, "form": form, "systems": systems},
                  status=status)  # fmt: skip


@require_GET
@sign_in_first
def forward(request: HttpRequest, pk: int) -> HttpResponse:
    """One handing over: what was sent, what was heard."""
    viewer = _viewer(request)
    found = queries.forward_of(viewer, pk)
    context = {
        "forward": found, "says": queries.forward_says(found),
        "sent": queries.sent_of(found), "heard": queries.heard_about(viewer, found),
        "may_recall": found.ended_at is None and found.matter.is_open and ForwardAccess.may(viewer, "recall", found),
        "held": HeardState.HELD,
    }  # fmt: skip
    return render(request, "exchange/forward.html", context)


@require_http_methods(["POST"])
@sign_in_first
@once
def recall(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back from the system."""
    found = actions.recall(forward_id=pk, by=_viewer(request), now=clock.now())
    messages.success(request, "已收回，由本单位继续办理；对方系统会得到通知。")
    return HttpResponseRedirect(found.get_absolute_url())


@require_GET
@sign_in_first
def heard(request: HttpRequest, pk: int) -> HttpResponse:
    """A message, and what is to be done about it."""
    viewer = _viewer(request)
    found = queries.heard_of(viewer, pk)
    context = {"heard": found, "held": found.state == HeardState.HELD,
               "sees_matter": MatterAccess.may(viewer, "see", found.matter)}  # fmt: skip
    return render(request, "exchange/heard.html", context)


# -- sheets ------------------------------------------------------------------------------------------------------------


@posts_only
def states(request: HttpRequest, code: str) -> HttpResponse:
    """A sheet with the state of matters over there: looked at first, then taken."""
    viewer = _viewer(request)
    source = queries.source_of(viewer, code)
    if not SourceAccess.may(viewer, "take", source) or not source.takes_forwards:
        raise NotVisible()
    form = StatesForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"source": source, "form": form}
    status = 200
    if request.method == "POST":
        try:
            if request.POST.get("sealed"):
                done = actions.take_states(code=code, sealed=request.POST["sealed"], by=viewer, now=clock.now())
                context |= {"done": done, "applied": sum(tone == "done" for _, _, tone in done),
                            "waiting": sum(tone == "todo" for _, _, tone in done)}  # fmt: skip
            elif form.is_valid():
                upload = request.FILES.get("file")
                context["plan"] = actions.look_at_states(code=code, upload=upload, by=viewer, now=clock.now())
        except Invalid as error:
            put_errors(form, error)
            status = 422
        except NotAllowed as error:
            form.add_error(None, error.sentence)
            status = 403
    return render(request, "exchange/states.html", context, status=status)


@require_http_methods(["POST"])
@posts_only
def export(request: HttpRequest, code: str) -> HttpResponse:
    """What is handed to a system that takes none by itself, as a sheet."""
    viewer = _viewer(request)
    rows: list[list[str]] = []
    try:
        rows = actions.export_forwards(code=code, by=viewer, now=clock.now())
    except NotVisible:
        raise
    except SansheError as error:
        messages.error(request, error.sentence)
    if not rows:
        messages.info(request, "没有新的转交事项要导出。")
        return HttpResponseRedirect(reverse("exchange:source", kwargs={"code": code}))
    return as_sheet(HEAD, rows, f"forwarded-{code}")
