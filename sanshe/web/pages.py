"""Home, to-do list, notices and the large-type switch."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from sanshe.kernel import clock, notices
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import NotVisible
from sanshe.kernel.flow import Todo, agenda, registry
from sanshe.kernel.http import once, posts_only, sign_in_first
from sanshe.matters.public import rising_topics

from . import navigation, sources
from .context import ELDER_COOKIE

YEAR = 365 * 24 * 3600  # seconds a display preference is kept
TODO_LIMIT = 100  # rows of the to-do list on one page
NOTICES = 30  # notices on one page


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The portal: what can I do here, what goes on around, where are my matters."""
    viewer = _viewer(request)
    context = {
        "board": sources.board_teaser(viewer),
        "figures": sources.board_figures(viewer),
        "talks": sources.open_talks(viewer),
        "around": navigation.around(),
        "mine": sources.my_matters(viewer, 5) if viewer.signed_in else [],
    }
    return render(request, "web/home.html", context)


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Where one lands after signing in: staff at the to-do list, everyone else at home."""
    return HttpResponseRedirect(reverse("web:workbench" if _viewer(request).is_staff else "web:home"))


@require_GET
@sign_in_first
def mine(request: HttpRequest) -> HttpResponse:
    """What I reported and what waits for me as a resident."""
    viewer = _viewer(request)
    context = {"mine": sources.my_matters(viewer, 50), "todos": agenda(viewer, 20).items,
               "notices": notices.for_viewer(viewer)[:5]}  # fmt: skip
    return render(request, "web/mine.html", context)


def _band(todo: Todo) -> str:
    """The heading under which an entry stands in the list."""
    now = clock.now()
    if getattr(todo.obj, "urgent", False):
        return "紧急"
    if todo.due is None:
        return "没有期限"
    if todo.due < now:
        return "已逾期"
    days = (clock.local(todo.due).date() - now.date()).days
    if days <= 1:
        return "今明两天到期"
    return "一周内到期" if todo.due < now + timedelta(days=7) else "稍后"


@require_GET
@posts_only
def workbench(request: HttpRequest) -> HttpResponse:
    """One list of all that waits for me, across all modules, by urgency."""
    viewer = _viewer(request)
    titles = [flow.title for flow in registry()]
    chosen = request.GET.get("kind", "")
    kinds = [chosen] if chosen in titles else []
    found = agenda(viewer, TODO_LIMIT, kinds)
    bands = [(band, list(items)) for band, items in groupby(found.items, key=_band)]
    order = {title: place for place, title in enumerate(titles)}
    here = sorted({todo.kind for todo in found.items if todo.kind in order}, key=order.__getitem__)
    here = titles if kinds else here
    context: dict[str, Any] = {
        "bands": bands,
        "count": f"{len(found.items)}+" if found.more else str(len(found.items)),
        "late": sum(1 for todo in found.items if _band(todo) == "已逾期"),
        "soon": sum(1 for todo in found.items if _band(todo) == "今明两天到期"),
        "urgent": sum(1 for todo in found.items if _band(todo) == "紧急"),
        "kinds": here,
        "chosen": chosen,
        "notices": notices.for_viewer(viewer).filter(read_at=None)[:6],
        "rising": rising_topics(viewer),
    }
    return render(request, "web/workbench_home.html", context)


@require_GET
@sign_in_first
def notice_list(request: HttpRequest) -> HttpResponse:
    """Notices, newest first, paged by key."""
    viewer = _viewer(request)
    rows = notices.for_viewer(viewer)
    after = request.GET.get("after", "")
    if after.isdecimal() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows[: NOTICES + 1])
    page = {"next": found[NOTICES - 1].pk if len(found) > NOTICES else None, "previous": None, "total": None}
    return render(
        request, "web/notices.html",
        {"notices": found[:NOTICES], "page": page, "unread": notices.unread_count(viewer)},
    )  # fmt: skip


@require_GET
@sign_in_first
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Leads to what a notice tells of, and marks it as read."""
    viewer = _viewer(request)
    notice = notices.for_viewer(viewer).filter(pk=pk).first()
    if notice is None:
        raise NotVisible()
    notices.mark_read(by=viewer, now=clock.now(), notice_id=pk)
    return HttpResponseRedirect(_safe(request, notice.url) or reverse("web:notices"))


@require_POST
@sign_in_first
@once
def notices_read(request: HttpRequest) -> HttpResponse:
    """Marks all notices as read."""
    notices.mark_read(by=_viewer(request), now=clock.now())
    return HttpResponseRedirect(reverse("web:notices"))


def _safe(request: HttpRequest, target: str) -> str:
    """The target if it stays on this site, else an empty text."""
    return target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else ""


@require_GET
def elder(request: HttpRequest) -> HttpResponse:
    """Turns large type on or off and goes back. A display preference, hence a plain link."""
    response = HttpResponseRedirect(_safe(request, request.GET.get("next", "")) or reverse("web:home"))
    response.set_cookie(ELDER_COOKIE, "1" if request.GET.get("on") == "1" else "0", max_age=YEAR, samesite="Lax")
    return response


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Signs in as one of the demo's accounts with one click. On a real installation this page does not exist."""
    wanted = request.POST.get("username", "")
    user = next((one for one in sources.demo_accounts() if one.username == wanted), None)
    if user is None:
        raise NotVisible()
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return HttpResponseRedirect(_safe(request, request.POST.get("next", "")) or reverse("web:start"))
