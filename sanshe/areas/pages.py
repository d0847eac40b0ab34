"""Pages of areas: the directory, my worker, codes old and new, affairs, applications for new communities."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.http import once, posts_only, put_errors, sign_in_first
from sanshe.kernel.steps import StepPage, step_view

from . import actions, directory, forms, norms
from .flow import QUESTION_FLOW, SETUP_FLOW
from .models import Area
from .timeline import code_history, history_of, managed_by
from .words import AreaLevel, SetupState

setup_step = step_view(
    SETUP_FLOW,
    key="setup_id",
    pages={
        "edit": StepPage(actions.edit_setup, forms.SetupForm, "申请已修改。",
                         intro="还不清楚的可以先不填，核对表上会显示「无数据」。"),
        "submit": StepPage(actions.submit_setup, done="已报送，等新区决定。"),
        "approve": StepPage(actions.approve_setup, forms.ApproveForm, "已批准。具备条件后办理设立。"),
        "give_back": StepPage(actions.give_back_setup, forms.ReasonForm, "已退回街道补充。",
                              intro="请写明要补充什么。"),
        "refuse": StepPage(actions.refuse_setup, forms.ReasonForm, "已答复不予批准。"),
        "establish": StepPage(actions.establish_community, forms.EstablishForm, "社区已设立，代管同时结束。",
                              intro="设立后，党组织和居民委员会会一并列入机构台账，请补充成员。"),
        "arrange": StepPage(actions.arrange_interim, forms.ArrangeForm, "已安排好。居民反映的事项会自动转过去。",
                            intro="设立之前，居民的事也要有人接。"),
        "withdraw": StepPage(actions.withdraw_setup, forms.ReasonForm, "申请已撤回。"),
    },
)  # fmt: skip
question_step = step_view(
    QUESTION_FLOW,
    key="question_id",
    pages={"answer": StepPage(actions.answer_question, forms.AnswerForm, "已答复并公开。")},
)


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def index(request: HttpRequest) -> HttpResponse:
    """Streets and communities, with the way to my worker and to old and new codes."""
    try:
        streets = directory.streets_with_communities(clock.today())
    except Area.DoesNotExist:
        streets = []
    context = {"streets": streets, "communities": sum(len(below) for _, below in streets)}
    return render(request, "areas/index.html", context)


def worker(request: HttpRequest) -> HttpResponse:
    """By an address or the name of a place: who the worker is, by which number, when."""
    typed = request.GET.get("place", "").replace("\0", "").strip()[:100]
    found = directory.workers_for(typed, clock.today()) if len(typed) > 1 else []
    return render(request, "areas/worker.html", {"typed": typed, "found": found})


def codes(request: HttpRequest) -> HttpResponse:
    """All codes and names that an area had, by any of its codes."""
    typed = request.GET.get("code", "").replace("\0", "").strip()[:20]
    forms_of = code_history(typed) if typed else []
    return render(request, "areas/codes.html", {"typed": typed, "forms": forms_of})


def area(request: HttpRequest, pk: int) -> HttpResponse:
    """One area: what a community's organisation is, who is in it, what it publishes; how the area came to be."""
    viewer, today = _viewer(request), clock.today()
    found = directory.area_page(viewer, pk)
    community = found.level == AreaLevel.COMMUNITY
    context = {
        "area": found,
        "community": community,
        "managed": managed_by(found.pk) if found.level == AreaLevel.GROUP else None,
        "groups": directory.body_cards(found, today),
        "missing": directory.missing_bodies(found, today) if community and viewer.is_staff else [],
        "affairs": list(directory.affairs_of(viewer, found)[:5]),
        "may_publish": directory.may_publish(viewer, found),
        "may_change": directory.may_change(viewer, found),
        "forms": history_of(found),
    }
    return render(request, "areas/area.html", context)


#: How an area is changed: what the page is called, what it asks, what is said afterwards.
CHANGES: dict[str, tuple[str, type[forms.DatedForm], str]] = {
    "rename": ("更名、改代码或划归", forms.RenameForm, "变更已登记，原来的名称和代码留在沿革里。"),
    "merge": ("并入其他区域", forms.MergeForm, "已并入。原区域的记录从这一天起计入新的区域。"),
    "split": ("分设或析出", forms.SplitForm, "已分设。请到地点台账核对各地点归哪个区域。"),
}


@posts_only
@once
def reshape(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Register a change of an area from a day on: for the district's officers."""
    viewer = _viewer(request)
    found = directory.changeable(viewer, pk)
    if kind not in CHANGES:
        raise NotVisible()
    title, form_class, done = CHANGES[kind]
    form = form_class(request.POST or None, area=found)
    if request.method == "POST" and form.is_valid():
        try:
            led_to = _reshape(kind, found, form.cleaned_data, viewer)
        except Invalid as error:
            put_errors(form, error)
        else:
            messages.success(request, done)
            return HttpResponseRedirect(reverse("areas:area", kwargs={"pk": led_to.pk}))
    context = {"area": found, "form": form, "title": title}
    return render(request, "areas/reshape.html", context, status=422 if form.is_bound else 200)


def _reshape(kind: str, area: Area, given: dict[str, Any], viewer: Viewer) -> Area:
    """Do it, and return the area to look at next."""
    now = clock.now()
    if kind == "rename":
        return actions.change_area(area_id=area.pk, **given, by=viewer, now=now)
    if kind == "merge":
        return actions.merge_areas(old_ids=[area.pk], **given, by=viewer, now=now)
    return actions.split_area(old_id=area.pk, **given, by=viewer, now=now)[0]


def affairs(request: HttpRequest, pk: int) -> HttpResponse:
    """All that a community has published."""
    viewer = _viewer(request)
    found = directory.area_page(viewer, pk)
    context = {
        "area": found,
        "affairs": list(directory.affairs_of(viewer, found)[:200]),
        "may_publish": directory.may_publish(viewer, found),
    }
    return render(request, "areas/affairs.html", context)


@sign_in_first
@once
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish an affair."""
    viewer = _viewer(request)
    found = directory.area_page(viewer, pk)
    if not directory.may_publish(viewer, found):
        raise NotVisible()
    form = forms.AffairForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.publish_affair(area_id=found.pk, **form.cleaned_data, by=viewer, now=clock.now())
        except Invalid as error:
            put_errors(form, error)
        else:
            messages.success(request, "已公开，居民可以查看和提问。")
            return HttpResponseRedirect(made.get_absolute_url())
    context = {"area": found, "form": form}
    return render(request, "areas/publish.html", context, status=422 if form.is_bound else 200)


def affair(request: HttpRequest, pk: int) -> HttpResponse:
    """One published affair, its questions and answers."""
    return _affair(request, pk, forms.QuestionForm())


def _affair(request: HttpRequest, pk: int, form: Any, status: int = 200) -> HttpResponse:
    notice, questions = directory.affair(_viewer(request), pk)
    context = {"notice": notice, "questions": questions, "form": form}
    return render(request, "areas/affair.html", context, status=status)


@sign_in_first
@once
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask about an affair."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("areas:affair", kwargs={"pk": pk}))
    form = forms.QuestionForm(request.POST)
    if form.is_valid():
        try:
            actions.ask_about_affair(notice_id=pk, **form.cleaned_data, by=_viewer(request), now=clock.now())
        except Invalid as error:
            put_errors(form, error)
        else:
            messages.success(request, "问题已送到居委会，答复后会在这里公开。")
            return HttpResponseRedirect(reverse("areas:affair", kwargs={"pk": pk}))
    return _affair(request, pk, form, 422)


def _officers_only(viewer: Viewer) -> None:
    if not viewer.holds("street_officer", "district_officer"):
        raise NotVisible()


@posts_only
def setups(request: HttpRequest) -> HttpResponse:
    """Applications for new communities."""
    viewer = _viewer(request)
    _officers_only(viewer)
    state = request.GET.get("state", "")
    rows = list(directory.setups(viewer, state)[:200])
    today = clock.today()
    listed = [(row, norms.unmet(norms.setup_checks(row, today))) for row in rows]
    context = {"rows": listed, "state": state, "states": SetupState.choices, "mine": viewer.holds("street_officer")}
    return render(request, "areas/setups.html", context)


@posts_only
@once
def setup_new(request: HttpRequest) -> HttpResponse:
    """Begin an application."""
    viewer = _viewer(request)
    form = forms.NewSetupForm(request.POST or None, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            made = actions.apply_for_setup(area_id=given.pop("area"), **given, by=viewer, now=clock.now())
        except Invalid as error:
            put_errors(form, error)
        else:
            messages.success(request, "已存为草稿。核对下面各项条件后报送。")
            return HttpResponseRedirect(made.get_absolute_url())
    return render(request, "areas/setup_form.html", {"form": form}, status=422 if form.is_bound else 200)


@posts_only
def setup(request: HttpRequest, pk: int) -> HttpResponse:
    """One application with every condition computed."""
    viewer = _viewer(request)
    found = directory.setup(viewer, pk)
    checks = norms.setup_checks(found, clock.today())
    context = {
        "setup": found,
        "checks": checks,
        "blocking": norms.unmet(checks),
        "interim": directory.interim_of(found),
        "kept": found.checks,
    }
    return render(request, "areas/setup.html", context)
