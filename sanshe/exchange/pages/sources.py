"""Connected systems: list, connecting, the page of one, sheets in and out."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from sanshe.accounts.public import Role
from sanshe.kernel import clock, crypto
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible, SansheError
from sanshe.kernel.http import once, posts_only, put_errors
from sanshe.matters.public import MatterState

from .. import actions, queries
from ..access import OFFICERS, STAFF, SourceAccess
from ..actions.answering import HEAD
from ..forms import ChangeForm, SheetForm, SourceForm
from ..models import Source
from ..words import AnswerKind, AnswerState, SourceKind

_HANDED = "exchange_handed"


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.holds(Role.SYSTEM_ADMIN, *STAFF):
        raise NotVisible()
    return viewer


@require_GET
@posts_only
def index(request: HttpRequest) -> HttpResponse:
    """The systems that send matters, with what is stuck."""
    viewer = _viewer(request)
    rows = queries.sources(viewer)
    failed, waiting = sum(s.failed for s in rows), sum(s.waiting for s in rows)  # type: ignore[attr-defined]
    context = {"sources": rows, "failed": failed, "waiting": waiting, "keeper": viewer.holds(Role.SYSTEM_ADMIN)}
    return render(request, "exchange/index.html", context)


@posts_only
@once
def new(request: HttpRequest) -> HttpResponse:
    """Connect a system."""
    viewer = _viewer(request)
    if not viewer.holds(Role.SYSTEM_ADMIN):
        raise NotVisible()
    form = SourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            source, secret = actions.make_source(
                name=given["name"], code=given["code"], kind=given["kind"], area_id=given["area"],
                answers_to=given["answers_to"], forwards_to=given["forwards_to"],
                gives_contact=given["gives_contact"], by=viewer, now=clock.now(),
            )  # fmt: skip
        except Invalid as error:
            put_errors(form, error)
        else:
            return _hand_over(request, source, secret)
    return render(request, "exchange/new.html", {"form": form}, status=422 if form.errors else 200)


def _hand_over(request: HttpRequest, source: Source, secret: str) -> HttpResponse:
    """Keep the key for the next page only, encrypted: the session's row must not hold it in clear."""
    request.session[_HANDED] = [source.pk, crypto.encrypt(secret, _HANDED)]
    return HttpResponseRedirect(source.get_absolute_url())


@posts_only
@once
def source(request: HttpRequest, code: str) -> HttpResponse:
    """One system: how it is connected, its answers, its last calls."""
    viewer = _viewer(request)
    found = queries.source_of(viewer, code)
    keeper = SourceAccess.may(viewer, "keep", found)
    form = ChangeForm(
        request.POST or None,
        initial={"name": found.name, "area": found.area_id, "answers_to": found.answers_to,
                 "forwards_to": found.forwards_to, "gives_contact": found.gives_contact},
    )  # fmt: skip
    if request.method == "POST":
        if not keeper:
            raise NotVisible()
        if form.is_valid():
            given = form.cleaned_data
            try:
                actions.change_source(code=code, name=given["name"], area_id=given["area"],
                                      answers_to=given["answers_to"], forwards_to=given["forwards_to"],
                                      gives_contact=given["gives_contact"], by=viewer, now=clock.now())  # fmt: skip
            except Invalid as error:
                put_errors(form, error)
            else:
                messages.success(request, "已保存。")
                return HttpResponseRedirect(found.get_absolute_url())
    state = request.GET.get("state", "")
    rows = queries.answers_of(viewer, found, state)
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    answers = list(rows[:31])
    for answer in answers:
        answer.state_then = MatterState(answer.matter_state).label  # type: ignore[attr-defined]
    handed = request.session.get(_HANDED)
    secret = ""
    if handed and handed[0] == found.pk:
        secret = crypto.decrypt(request.session.pop(_HANDED)[1], _HANDED)
    context = {
        "source": found, "keeper": keeper, "taker": SourceAccess.may(viewer, "take", found), "form": form,
        "secret": secret, "answers": answers[:30], "state": state, "states": AnswerState.choices,
        "page": {"next": answers[29].pk if len(answers) > 30 else None, "previous": None},
        "failed": queries.answers_of(viewer, found, AnswerState.FAILED).count(),
        "waiting": queries.answers_of(viewer, found, AnswerState.WAITING).count(),
        "calls": queries.calls_of(viewer, source=found) if keeper else [],
        "address": f"{settings.SANSHE_BASE_URL}{reverse('door', kwargs={'code': found.code})}",
        "forwards": queries.forwards_of(viewer, found), "rules": queries.rules_of(viewer, found),
        "held": queries.held_count(viewer, found),
        "ruler": viewer.holds(*OFFICERS) and found.takes_forwards, "handed": _to_fetch(viewer, found),
        "states_address": f"{settings.SANSHE_BASE_URL}{reverse('door_states', kwargs={'code': found.code})}",
        "open311": found.kind == SourceKind.OPEN311,
        "open311_address": f"{settings.SANSHE_BASE_URL}/open311/v2/",
    }  # fmt: skip
    return render(request, "exchange/source.html", context, status=422 if form.errors else 200)


def _to_fetch(viewer: Viewer, source: Source) -> int:
    """How many messages about forwarded matters wait to be taken there as a sheet."""
    if source.forwards_to:
        return 0
    return queries.answers_of(viewer, source, AnswerState.WAITING).exclude(kind=AnswerKind.ANSWER).count()


def _act(request: HttpRequest, code: str, action: Any, said: str) -> HttpResponse:
    viewer = _viewer(request)
    try:
        result = action(code=code, by=viewer, now=clock.now())
    except NotVisible:
        raise
    except SansheError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, said.format(result))
    return HttpResponseRedirect(reverse("exchange:source", kwargs={"code": code}))


@require_http_methods(["POST"])
@posts_only
@once
def key(request: HttpRequest, code: str) -> HttpResponse:
    """Give another key."""
    found, secret = actions.new_key(code=code, by=_viewer(request), now=clock.now())
    return _hand_over(request, found, secret)


@require_http_methods(["POST"])
@posts_only
@once
def stop(request: HttpRequest, code: str) -> HttpResponse:
    """Take nothing more from it."""
    return _act(request, code, actions.stop_source, "已停用，不再收这个系统的来件。")


@require_http_methods(["POST"])
@posts_only
@once
def resume(request: HttpRequest, code: str) -> HttpResponse:
    """Take from it again."""
    return _act(request, code, actions.resume_source, "已恢复。")


@require_http_methods(["POST"])
@posts_only
@once
def retry(request: HttpRequest, code: str) -> HttpResponse:
    """Send again what failed."""
    return _act(request, code, actions.retry_answers, "{} 条办理结果重新排队送出，几分钟后再看。")


@posts_only
def take(request: HttpRequest, code: str) -> HttpResponse:
    """Take in a sheet and show what became of each row."""
    viewer = _viewer(request)
    found = queries.source_of(viewer, code)
    if not SourceAccess.may(viewer, "take", found):
        raise NotVisible()
    form = SheetForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"source": found, "form": form}
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            report, added = actions.take_sheet(code=code, upload=request.FILES.get("file"), by=viewer, now=clock.now())
        except Invalid as error:
            put_errors(form, error)
        else:
            context |= {"report": report, "added": added, "held": len(report.rows) - added, "bad": report.bad[:200]}
    if form.errors:
        status = 422
    return render(request, "exchange/take.html", context, status=status)


@require_http_methods(["POST"])
@posts_only
def export(request: HttpRequest, code: str) -> HttpResponse:
    """The results that the system has not had yet, as a sheet."""
    viewer = _viewer(request)
    try:
        rows = actions.export_answers(code=code, by=viewer, now=clock.now())
    except NotVisible:
        raise
    except SansheError as error:
        messages.error(request, error.sentence)
        rows = []
    if not rows:
        messages.info(request, "没有新的办理结果要导出。")
        return HttpResponseRedirect(reverse("exchange:source", kwargs={"code": code}))
    return as_sheet(HEAD, rows, f"answers-{code}")


def as_sheet(head: Sequence[str], rows: list[list[str]], name: str) -> HttpResponse:
    """A sheet that opens in WPS and Excel."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([[_plain(cell) for cell in row] for row in rows])
    answer = HttpResponse(out.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}-{clock.today():%Y%m%d}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
