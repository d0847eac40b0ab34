"""The pages of tasks to communities."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.http import once, posts_only, put_errors
from sanshe.kernel.steps import StepPage, step_view

from . import actions, queries
from . import forms as f
from .access import TaskOrderAccess, TaskPartAccess, may_ask
from .flow import ORDER, PART
from .words import OrderState

SIZE = 30

step = step_view(ORDER, "order_id", {
    "admit": StepPage(actions.admit, f.AdmitForm, "已准入，任务下达到社区。",
                      intro="清单里没有，或文字与所选的条目对不上。准入前请想一想：由部门自己办是不是更合适。"),
    "turn_away": StepPage(actions.turn_away, f.TurnAwayForm, "未准入，社区不会收到。"),
    "object": StepPage(actions.raise_objection, f.ObjectForm, "异议已送新区，请等待答复。"),
    "uphold": StepPage(actions.uphold, f.AdmitForm, "异议成立，任务已下达到社区。"),
    "dismiss": StepPage(actions.dismiss, f.DismissForm, "已答复下派单位，维持拒收。"),
    "withdraw": StepPage(actions.withdraw, done="任务已撤回。"),
})  # fmt: skip
part_step = step_view(PART, "part_id", {
    "accept": StepPage(actions.accept, done="已接收，请在期限内办理。"),
    "report": StepPage(actions.report, f.ReportForm, "已报告完成。"),
})  # fmt: skip


def _viewer(request: HttpRequest) -> Viewer:
    return request.viewer  # type: ignore[attr-defined,no-any-return]


@require_GET
@posts_only
def task_list(request: HttpRequest) -> HttpResponse:
    """The tasks that the viewer may see."""
    from django.core.paginator import Paginator

    viewer = _viewer(request)
    form = f.TaskFilter(request.GET or None)
    chosen = form.chosen()
    page = Paginator(queries.tasks(viewer, chosen), SIZE).get_page(request.GET.get("page"))
    figure = queries.FIGURES.get(chosen.get("figure", ""), ("",))[0]
    context = {"page": page, "form": form, "narrowed": bool(chosen), "asks": may_ask(viewer), "figure": figure,
               "year": chosen.get("year")}  # fmt: skip
    return render(request, "matters/tasks/list.html", context)


@require_GET
@posts_only
def task_figures(request: HttpRequest) -> HttpResponse:
    """What each department asked, what was refused, the hours spared, each number with its rows."""
    viewer, this = _viewer(request), clock.today().year
    given = request.GET.get("year", "")
    year = int(given) if given.isdigit() and this - 10 <= int(given[:5]) <= this else this
    lines = queries.figures(viewer, year)
    context = {"lines": lines, "total": queries.total(lines), "year": year, "this": this,
               "heads": [label for label, _ in queries.FIGURES.values()]}  # fmt: skip
    return render(request, "matters/tasks/figures.html", context)


@once
@posts_only
def ask(request: HttpRequest) -> HttpResponse:
    """A department asks a task of communities."""
    viewer = _viewer(request)
    posts = queries.asking_posts(viewer, clock.today())
    if not posts:
        raise NotVisible("下派任务由部门、街道、新区的岗位提出。")
    if request.method != "POST":
        return _ask_page(request, f.AskForm(posts=posts))
    form = f.AskForm(request.POST, posts=posts)
    if not form.is_valid():
        return _ask_page(request, form, 422)
    try:
        order = actions.ask(**form.cleaned_data, by=viewer, now=clock.now())
    except Invalid as error:
        put_errors(form, error)
        return _ask_page(request, form, 422)
    say = messages.warning if order.state == OrderState.REFUSED else messages.success
    say(request, SAID[OrderState(order.state)])
    return HttpResponseRedirect(order.get_absolute_url())


SAID = {
    OrderState.REFUSED: "属于负面清单，没有下达；社区不会收到。您认为不对，可以在期限内提出异议。",
    OrderState.OWN: "属于社区自治清单，已作为建议告诉社区，由社区自行安排。",
    OrderState.OUT: "属于协助清单，已下达到社区。",
    OrderState.WAITING: "不能由清单直接判定，已送准入审核；通过之前社区不会收到。",
}


def _ask_page(request: HttpRequest, form: Any, status: int = 200) -> HttpResponse:
    return render(request, "matters/tasks/ask.html", {"form": form}, status=status)


@require_GET
@posts_only
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """One task: what the lists say about it, what was decided, and how far each community is."""
    viewer = _viewer(request)
    order = TaskOrderAccess.get(
        viewer, pk, rows=TaskOrderAccess.model._default_manager.select_related(
            "unit", "area", "gate", "item__set", "asked_by", "decided_by")
    )  # fmt: skip
    parts = queries.parts_of(viewer, order)
    done = sum(part.state == "done" for part in parts)
    context = {
        "order": order, "parts": parts, "done": done, "hours": order.hours * len(parts), "offers_due": clock.now(),
        "spent": sum(part.spent or 0 for part in parts), "lead": _lead(order, len(parts), done),
    }  # fmt: skip
    return render(request, "matters/tasks/task.html", context)


def _lead(order: Any, places: int, done: int) -> str:
    state = OrderState(order.state)
    if state == OrderState.REFUSED:
        return f"属于{order.item}，没有下达，{places} 个社区都没有收到。" if order.item else "没有下达。"
    if state == OrderState.OBJECTED:
        return "下派单位提出异议，等新区决定；社区没有收到。"
    if state == OrderState.WAITING:
        return f"等{order.gate}的社区事务服务中心或新区审核准入；社区还没有收到。"
    if state == OrderState.NOT_ADMITTED:
        return f"未准入：{order.decision}"
    if state == OrderState.OWN:
        return f"属于{order.item}，由社区自行安排，不作任务。"
    if state == OrderState.WITHDRAWN:
        return "下派单位已撤回。"
    if state == OrderState.DONE:
        return f"{places} 个社区都已完成。"
    return f"{places} 个社区中 {done} 个已完成，{clock.say_day(order.until)}前完成。"


@require_GET
@posts_only
def part(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of one community."""
    viewer = _viewer(request)
    row = TaskPartAccess.get(
        viewer, pk, rows=TaskPartAccess.model._default_manager.select_related(
            "area", "handler", "order__unit", "order__area", "order__item")
    )  # fmt: skip
    return render(request, "matters/tasks/part.html", {"part": row, "order": row.order})
