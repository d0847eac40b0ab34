"""The workbench: the list, what waits to be arranged, who takes part, tasks."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from sanshe.kernel import clock
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.http import once, posts_only, put_errors, sign_in_first

from .. import actions, forms, queries, rules
from ..access import COMMUNITY, DeliberationAccess, TaskAccess, TopicAccess
from ..flow import PARTICIPANT_FLOW
from ..models import Deliberation, Task, Topic
from ..words import ENDED, Answer, Seat
from .residents import WITH, viewer_of


@require_GET
@posts_only
def index(request: HttpRequest) -> HttpResponse:
    """All deliberations that the viewer's posts see."""
    viewer = viewer_of(request)
    form = forms.DeskFilter(request.GET or None)
    given = form.cleaned_data if form.is_valid() else {}
    rows = queries.desk(viewer, given.get("area"), given.get("state", ""), given.get("q", ""))
    page = queries.page_of(rows, request.GET.get("after", ""), request.GET.get("before", ""))
    waiting = queries.topics(viewer)[:1001].count() if viewer.is_staff else 0
    context = {"page": page, "form": form, "waiting": waiting, "may_start": viewer.holds(*COMMUNITY)}
    return render(request, "deliberation/index.html", context)


@require_http_methods(["GET", "POST"])
@posts_only
@once
def new(request: HttpRequest) -> HttpResponse:
    """A new deliberation, proposed by the community."""
    viewer = viewer_of(request)
    if not viewer.holds(*COMMUNITY):
        raise NotAllowed("协商由本社区的党组织、居委会牵头，请由社区工作人员发起。")
    form = forms.StartForm(request.POST or None, viewer=viewer)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = actions.start(**form.cleaned_data, by=viewer, now=clock.now())
            except Invalid as error:
                put_errors(form, error)
            else:
                messages.success(request, "协商方案已起草，接下来邀请参加人。")
                return HttpResponseRedirect(made.get_absolute_url())
    return render(request, "deliberation/new.html", {"form": form}, status=status)


@require_GET
@posts_only
def topics(request: HttpRequest) -> HttpResponse:
    """What waits to be deliberated."""
    rows = list(queries.topics(viewer_of(request))[:100])
    return render(request, "deliberation/topics.html", {"topics": rows})


@require_GET
@sign_in_first
def topic(request: HttpRequest, pk: int) -> HttpResponse:
    """One topic: begin, join, or hand back."""
    viewer = viewer_of(request)
    rows = Topic.objects.select_related("area", "matter__area", "deliberation")
    found = TopicAccess.get(viewer, pk, rows=rows)
    return render(request, "deliberation/topic.html", {"topic": found})


@require_http_methods(["GET", "POST"])
@sign_in_first
@once
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Who takes part, with names, for the desk; a participant is led to the deliberation itself."""
    viewer = viewer_of(request)
    one: Deliberation = DeliberationAccess.get(viewer, pk, rows=WITH)
    may = DeliberationAccess.verbs(viewer, one, ["desk", "prepare"])
    if "desk" not in may:
        return HttpResponseRedirect(one.get_absolute_url())
    open_still = one.state not in ENDED
    form = forms.InviteForm(request.POST or None, deliberation=one) if "prepare" in may and open_still else None
    status = 200
    if request.method == "POST":
        if form is None:
            raise NotAllowed("参加人由社区邀请。" if open_still else "这次协商已经结束，参加人不能再改。")
        status = 422
        if form.is_valid():
            given = {k: form.cleaned_data[k] for k in ("capacity", "user", "name", "body", "seat")}
            try:
                made = actions.invite(deliberation_id=pk, **given, by=viewer, now=clock.now())
            except Invalid as error:
                put_errors(form, error)
            else:
                messages.success(request, f"已邀请{made.name}。")
                return HttpResponseRedirect(reverse("deliberation:people", kwargs={"pk": pk}))
    found = queries.participants(viewer, one)
    context = {
        "one": one,
        "form": form,
        "may": may,
        "asked": [p for p in found if p.answer == Answer.ASKED],
        "groups": [
            (seat.label, [p for p in found if p.seat == seat and p.answer not in (Answer.ASKED, Answer.REMOVED)])
            for seat in Seat
        ],
        "removed": [p for p in found if p.answer == Answer.REMOVED],
        "members": rules.members(one),
        "flow": PARTICIPANT_FLOW,
        "open_still": open_still,
    }
    return render(request, "deliberation/people.html", context, status=status)


@require_GET
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """One task with its progress."""
    viewer = viewer_of(request)
    rows = Task.objects.select_related("deliberation__area", "owner", "owner_body").prefetch_related("notes")
    found = TaskAccess.get(viewer, pk, rows=rows)
    desk = TaskAccess.may(viewer, "work", found)
    return render(request, "deliberation/task.html", {"task": found, "desk": desk})
