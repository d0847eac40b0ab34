"""What residents see: the list, one deliberation, saying a sentence, voting, asking to take part, the calendar."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, SansheError
from sanshe.kernel.http import once, put_errors, sign_in_first

from .. import actions, forms, queries, rules
from ..access import DeliberationAccess
from ..models import Deliberation, Statement
from ..words import ENDED, Answer, Choice, DeliberationState, StatementState

WITH = Deliberation.objects.select_related("area", "party_body", "committee_body")
#: States in which one may still ask to take part.
JOINABLE = (DeliberationState.COLLECTING, DeliberationState.MEETING)


def viewer_of(request: HttpRequest) -> Viewer:
    """The viewer of a request."""
    found: Viewer = request.viewer  # type: ignore[attr-defined]
    return found


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """What is being settled together, for everybody."""
    viewer = viewer_of(request)
    form = forms.BoardFilter(request.GET or None)
    area = form.cleaned_data.get("area") if form.is_valid() else None
    show = form.cleaned_data.get("show", "") if form.is_valid() else ""
    rows = queries.board(viewer, area, show)
    page = queries.page_of(rows, request.GET.get("after", ""), request.GET.get("before", ""))
    mine = list(queries.mine(viewer)[:5])
    return render(request, "deliberation/board.html", {"page": page, "form": form, "mine": mine})


def lead_sentence(one: Deliberation, counts: dict[str, int], meeting: Any) -> str:
    """The one sentence that says where it stands."""
    state = DeliberationState(one.state)
    if state == DeliberationState.COLLECTING and one.statement_deadline is not None:
        now = clock.now()
        if one.statement_deadline <= now:
            return f"意见征集已到期，共 {counts['people']} 人参加、{counts['shown']} 条意见，等待社区约定会议。"
        said = clock.say_moment(one.statement_deadline)
        return f"正在征集意见，{said}截止，已有 {counts['people']} 人参加、{counts['shown']} 条意见。"
    if state == DeliberationState.MEETING and meeting is not None:
        return f"{clock.say_moment(meeting.starts_at)}在{meeting.place}开会。"
    if state == DeliberationState.RESOLVED and meeting is not None:
        return f"会议已形成决议：实到 {meeting.present} 人，赞成 {meeting.votes_for} 人。正在起草协商意见。"
    if state in (DeliberationState.FAILED, DeliberationState.CANCELLED):
        return f"{state.label}：{one.end_reason}"
    sentences = {
        DeliberationState.DRAFT: "方案还在起草，没有公开。",
        DeliberationState.PUBLISHED: "协商意见已公布，正在分派任务。",
        DeliberationState.CARRYING_OUT: "协商意见正在落实，进展见下。",
        DeliberationState.CLOSED: "协商意见已落实，协商结束。",
    }
    return sentences.get(state, "")


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One deliberation: the public part for everybody, people and unpublished parts for the desk."""
    viewer = viewer_of(request)
    one = DeliberationAccess.get(viewer, pk, rows=WITH)
    may = DeliberationAccess.verbs(viewer, one, ["desk", "prepare", "take_part", "ask"])
    counts = queries.counts_of(one)
    meeting = rules.current_meeting(one)
    outcome = queries.outcome_of(viewer, one)
    tasks = queries.tasks_seen(viewer, one)
    mine = queries.participant_of(viewer, one)
    tallies = queries.tallies(viewer, one) if one.opened_at else []
    open_now = queries.can_speak(one, clock.now())
    context = {
        "one": one,
        "may": may,
        "counts": counts,
        "lead": lead_sentence(one, counts, meeting),
        "meeting": meeting,
        "quorum": rules.quorum_now(one) if meeting is not None and "desk" in may else None,
        "outcome": outcome,
        "needs": queries.needs_seen(viewer, one) if outcome is not None else [],
        "tasks": tasks,
        "tasks_done": sum(t.state != "open" for t in tasks),
        "mine": mine,
        "reply": mine is not None and mine.answer in (Answer.INVITED, Answer.DECLINED) and one.state not in ENDED,
        "tallies": tallies[:3],
        "left": sum(not t.mine for t in tallies),
        "open_now": open_now,
        "can_ask": "ask" in may
        and "desk" not in may
        and "take_part" not in may
        and mine is None
        and one.state in JOINABLE,
        "told_publicly": [] if "desk" in may else queries.told_publicly(one),
        "rating": queries.rating_of(one) if one.state == DeliberationState.CLOSED else None,
    }
    return render(request, "deliberation/show.html", context)


@require_GET
def statements(request: HttpRequest, pk: int) -> HttpResponse:
    """All shown statements with their counts; for the desk also those that wait or are hidden."""
    viewer = viewer_of(request)
    one = DeliberationAccess.get(viewer, pk, rows=WITH)
    may = DeliberationAccess.verbs(viewer, one, ["desk", "prepare", "take_part"])
    other = queries.unshown(viewer, one)
    context = {
        "one": one,
        "may": may,
        "tallies": queries.tallies(viewer, one),
        "pending": [s for s in other if s.state == StatementState.PENDING],
        "hidden": [s for s in other if s.state == StatementState.HIDDEN],
        "open_now": queries.can_speak(one, clock.now()),
    }
    return render(request, "deliberation/statements.html", context)


@require_http_methods(["GET", "POST"])
@sign_in_first
@once
def speak(request: HttpRequest, pk: int) -> HttpResponse:
    """Say one sentence."""
    viewer = viewer_of(request)
    one = DeliberationAccess.get(viewer, pk, "take_part", rows=WITH)
    form = forms.SpeakForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.speak(deliberation_id=pk, text=form.cleaned_data["text"], by=viewer, now=clock.now())
            except Invalid as error:
                put_errors(form, error)
            else:
                messages.success(request, "您的意见已收到，社区看过后展示。")
                return HttpResponseRedirect(reverse("deliberation:vote", kwargs={"pk": pk}))
    open_now = queries.can_speak(one, clock.now())
    return render(request, "deliberation/speak.html", {"one": one, "form": form, "open_now": open_now}, status=status)


def _asked_for(request: HttpRequest, viewer: Viewer, one: Deliberation) -> Statement | None:
    """The statement that the address names, to change one's vote on it."""
    text = request.GET.get("statement", "")
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        return None
    return queries.shown(viewer, one).filter(pk=int(text)).first()


@require_http_methods(["GET", "POST"])
@sign_in_first
@once
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """One statement at a time, three buttons. The next card follows by itself."""
    viewer = viewer_of(request)
    one = DeliberationAccess.get(viewer, pk, rows=WITH)
    if not DeliberationAccess.may(viewer, "take_part", one):
        raise NotAllowed("您还不在参加人之列，可以先在协商页面申请参加。")
    here = reverse("deliberation:vote", kwargs={"pk": pk})
    if request.method == "POST":
        text = request.POST.get("statement", "")
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
        try:
            actions.vote(statement_id=number, choice=request.POST.get("choice", ""), by=viewer, now=clock.now())
        except Invalid as error:
            messages.error(request, error.sentence)
        return HttpResponseRedirect(here)
    skipped = [int(p) for p in request.GET.get("skip", "").split(".") if p.isascii() and p.isdigit() and len(p) < 18]
    skipped = skipped[:50]
    card = _asked_for(request, viewer, one) or queries.next_statement(viewer, one, skipped)
    total = queries.votable(viewer, one).count()
    said = queries.votes_of(viewer, one)
    context = {
        "one": one,
        "card": card,
        "mine": said.get(card.pk, "") if card is not None else "",
        "total": total,
        "done": len(said),
        "choices": Choice.choices,
        "skipped": bool(skipped),
        "skip": ".".join(str(p) for p in [*skipped, card.pk]) if card is not None else "",
        "open_now": queries.can_speak(one, clock.now()),
    }
    return render(request, "deliberation/vote.html", context)


@require_http_methods(["GET", "POST"])
@sign_in_first
@once
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to take part."""
    viewer = viewer_of(request)
    one = DeliberationAccess.get(viewer, pk, "ask", rows=WITH)
    form = forms.AskForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = actions.ask_to_join(
                    deliberation_id=pk, capacity=form.cleaned_data["capacity"], by=viewer, now=clock.now()
                )
            except Invalid as error:
                put_errors(form, error)
            else:
                asked = made.answer == Answer.ASKED
                messages.success(request, "申请已送社区，同意后会通知您。" if asked else "您已参加这次协商。")
                return HttpResponseRedirect(one.get_absolute_url())
    return render(request, "deliberation/join.html", {"one": one, "form": form}, status=status)


@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """Meetings ahead, day by day."""
    meetings = queries.meetings_ahead(viewer_of(request), clock.today())
    return render(request, "deliberation/calendar.html", {"meetings": meetings})


@require_http_methods(["GET", "POST"])
@sign_in_first
@once
def sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """Signing in on the phone. Opening the address does nothing; the button does."""
    viewer = viewer_of(request)
    now = clock.now()
    meeting = actions.meeting_of_token(token)
    seen = DeliberationAccess.may(viewer, "see", meeting.deliberation)
    context: dict[str, Any] = {"meeting": meeting, "seen": seen, "closed": actions.sign_in_open(meeting, now)}
    status = 200
    if request.method == "POST":
        try:
            _done, fresh = actions.sign_in(token=token, by=viewer, now=now)
        except SansheError as error:
            context["refused"], status = error.sentence, error.status
        else:
            messages.success(request, "签到成功。" if fresh else "您已经签过到了，不用重复签到。")
            return HttpResponseRedirect(request.path)
    context["attendance"] = queries.my_attendance(viewer, meeting)
    return render(request, "deliberation/sign_in.html", context, status=status)
