"""Pages of needs and projects."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from sanshe.kernel import clock
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.http import once, put_errors, sign_in_first
from sanshe.kernel.steps import StepPage, step_view

from ..actions import calls as call_actions
from ..actions import projects as actions
from ..flow.projects import NEED_FLOW, PROJECT_FLOW
from ..forms import calls as call_forms
from ..forms import projects as forms
from ..forms.contracts import ReasonForm
from ..forms.filters import Filters
from ..paging import page_by
from ..queries import projects as queries
from ..words import NeedState, ProjectState

PROJECT_PAGE = "purchase/project_form.html"

need_step = step_view(
    NEED_FLOW,
    key="need_id",
    pages={
        "take": StepPage(actions.take, forms.ProjectForm, "已据此编制项目。请打开下方的项目，核对后报街道审核。",
                         PROJECT_PAGE,
                         "把需求变成一个项目：做什么、为谁、怎样做、花多少。先存为草稿，报出之前都可以改。"),
        "set_aside": StepPage(actions.set_aside, ReasonForm, "已说明暂不立项的理由。"),
    },
)  # fmt: skip

project_step = step_view(
    PROJECT_FLOW,
    key="project_id",
    pages={
        "edit": StepPage(actions.edit, forms.ProjectForm, "项目已修改。", PROJECT_PAGE, "报出之前都可以改。"),
        "submit": StepPage(actions.submit, done="已报街道审核。"),
        "approve": StepPage(actions.approve, forms.ApproveForm, "已批准并向社会公开。"),
        "give_back": StepPage(actions.give_back, ReasonForm, "已退回修改，编制人会收到通知。",
                              intro="请写明需要修改什么。"),
        "buy": StepPage(call_actions.buy, call_forms.CallForm, "比选文件已编好，核对后发布公告。",
                        "purchase/call_form.html", "写明要求、评审标准和最高限价。先存为草稿，发布之前都可以改。"),
        "cancel": StepPage(actions.cancel, ReasonForm, "项目已取消。",
                           intro="请写明取消的原因；所依据的需求会回到「待立项」。"),
    },
)  # fmt: skip


def needs(request: HttpRequest) -> HttpResponse:
    """The pool of needs."""
    filters = Filters(request.GET, NeedState, with_field=True)
    page = page_by(queries.needs(request.viewer, **filters.given), "stated_at", request.GET)
    return render(request, "purchase/needs.html", {"page": page, "filters": filters})


def need(request: HttpRequest, pk: int) -> HttpResponse:
    """One need: who stated it, for whom, what became of it."""
    found = queries.need(request.viewer, pk)
    context = {"need": found, "projects": list(queries.projects_of(request.viewer, found))}
    return render(request, "purchase/need.html", context)


def projects(request: HttpRequest) -> HttpResponse:
    """Projects that the viewer may see."""
    hidden = () if request.viewer.is_staff else (ProjectState.DRAFT, ProjectState.SUBMITTED, ProjectState.CANCELLED)
    filters = Filters(request.GET, ProjectState, with_field=True, leave_out=hidden)
    page = page_by(queries.projects(request.viewer, **filters.given), "made_at", request.GET)
    context = {"page": page, "filters": filters, "may_propose": queries.may_propose(request.viewer)}
    return render(request, "purchase/projects.html", context)


def project(request: HttpRequest, pk: int) -> HttpResponse:
    """One project: aims, for whom, plan, money, what became of it."""
    found = queries.project(request.viewer, pk)
    calls = list(queries.calls_of(request.viewer, found))
    contracts = list(queries.contracts_of(request.viewer, found))
    context = {
        "project": found,
        "calls": calls,
        "call": calls[0] if calls else None,
        "contracts": contracts,
        "contract": contracts[-1] if contracts else None,
        "inside": queries.inside(request.viewer, found),
    }
    return render(request, "purchase/project.html", context)


@sign_in_first
@once
def propose(request: HttpRequest) -> HttpResponse:
    """A project that no stated need stands behind (yet)."""
    if not queries.may_propose(request.viewer):
        raise NotAllowed("项目由本社区、街道的工作人员或社会组织负责人提出。")
    form = forms.ProposeForm(request.POST or None, viewer=request.viewer)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose(**form.cleaned_data, by=request.viewer, now=clock.now())
            messages.success(request, "已存为草稿。核对后报街道审核。")
            return HttpResponseRedirect(made.get_absolute_url())
        except Invalid as error:
            put_errors(form, error)
    status = 422 if form.is_bound else 200
    return render(request, "purchase/propose.html", {"form": form}, status=status)
