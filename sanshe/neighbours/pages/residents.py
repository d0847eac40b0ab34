"""What residents see: the page for everybody, posting, one post, one pair, what is one's own, the certificate."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, SansheError
from sanshe.kernel.http import once, put_errors, sign_in_first
from sanshe.matters.public import MatterAccess

from .. import actions, documents, forms, queries
from ..access import PairAccess, PostAccess, may_enter, may_watch
from ..actions.checks import community_of
from ..actions.pairing import KNOWN
from ..models import Pair, Post
from ..words import PostState, Side

_POSTS = Post.objects.select_related("area", "matter")
_PAIRS = Pair.objects.select_related("area", "offer", "request", "helper", "seeker")


def viewer_of(request: HttpRequest) -> Viewer:
    """The viewer of a request."""
    found: Viewer = request.viewer  # type: ignore[attr-defined]
    return found


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """What mutual help is and how much there is, for everybody; what neighbours ask, for those who live there."""
    viewer = viewer_of(request)
    home = community_of(viewer)
    form = forms.AroundFilter(request.GET or None)
    given = form.cleaned_data if form.is_valid() else {}
    rows = queries.around(viewer, home, given.get("side", ""), given.get("kind", "")) if home is not None else []
    context = {
        "home": home,
        "form": form,
        "rows": list(rows[: queries.SHOWN]),
        "fitting": queries.fitting_mine(viewer) if home is not None else [],
        "counts": queries.counts_shown(clock.today() - timedelta(days=params.get("mutual.post_days").value)),
        "days": params.get("mutual.post_days"),
        "kinds": params.get("mutual.kinds").value,
        "forbidden": params.get("mutual.forbidden").value,
        "watch": may_watch(viewer),
        "enter": may_enter(viewer),
    }
    return render(request, "neighbours/board.html", context)


def number_in(request: HttpRequest, name: str) -> int | None:
    """A primary key in the address; None when there is none. Raises BadRequest for anything else."""
    text = request.GET.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        raise BadRequest
    return int(text)


@require_http_methods(["GET", "POST"])
@sign_in_first
@once
def new(request: HttpRequest) -> HttpResponse:
    """Offer or ask."""
    viewer = viewer_of(request)
    if community_of(viewer) is None:
        return render(request, "neighbours/unknown.html", {})
    key = number_in(request, "matter")
    matter = MatterAccess.get(viewer, key, "report") if key is not None else None
    side = request.GET.get("side", "")
    initial = {"side": side if side in Side.values else Side.REQUEST, "text": matter.text if matter else ""}
    form = forms.PostForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = actions.post(
                    **form.cleaned_data, matter_id=matter.pk if matter else None, by=viewer, now=clock.now()
                )
            except Invalid as error:
                put_errors(form, error)
            else:
                messages.success(request, "已发布，本社区的邻居可以看到。")
                return HttpResponseRedirect(made.get_absolute_url())
    context = {"form": form, "matter": matter, "forbidden": params.get("mutual.forbidden").value}
    return render(request, "neighbours/new.html", context, status=status)


@require_http_methods(["GET", "POST"])
@sign_in_first
@once
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """One offer or request; answering it stands on the same page."""
    viewer = viewer_of(request)
    found = PostAccess.get(viewer, pk, rows=_POSTS)
    may = PostAccess.verbs(viewer, found, ["own", "answer", "answer_for", "report", "moderate"])
    counters = queries.counters(viewer, found) if may & {"answer", "answer_for"} else []
    can = "answer" in may or ("answer_for" in may and bool(counters))
    form = forms.ProposeForm(request.POST or None, counters=counters, must="answer" not in may) if can else None
    status = 200
    if request.method == "POST":
        if form is None:
            raise NotAllowed("这条由本社区的邻居来回应。")
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                pair = actions.propose(
                    post_id=pk, words=given["words"], counter_id=given.get("counter") or None, by=viewer,
                    now=clock.now(),
                )  # fmt: skip
            except Invalid as error:
                put_errors(form, error)
            else:
                messages.success(request, "已告诉对方，等对方答复。")
                return HttpResponseRedirect(pair.get_absolute_url())
    context = {
        "post": found,
        "may": may,
        "form": form,
        "fitting": queries.fitting(viewer, found) if "own" in may else [],
        "asked": found.side == Side.REQUEST,
        "open": found.state == PostState.OPEN,
        "others": bool(found.user_id) and found.user_id != viewer.user_id and "report" in may,
    }
    return render(request, "neighbours/post.html", context, status=status)


@require_GET
@sign_in_first
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    """Two neighbours: what about, what comes next; names and phones once both agreed."""
    viewer = viewer_of(request)
    found = PairAccess.get(viewer, pk, rows=_PAIRS)
    may = PairAccess.verbs(viewer, found, ["contact", "report", "reply", "take_part", "correct"])
    known = "contact" in may and found.state in KNOWN
    contact = actions.see_contact(pair_id=pk, by=viewer, now=clock.now()) if known else None
    context = {
        "pair": found,
        "may": may,
        "helper": contact[0] if contact else None,
        "seeker": contact[1] if contact else None,
        "helps": found.helper_id is not None and found.helper_id == viewer.user_id,
        "hours": found.minutes / 60 if found.minutes else None,
        "other_hours": found.other_minutes / 60 if found.other_minutes else None,
    }
    return render(request, "neighbours/pair.html", context)


@require_GET
@sign_in_first
def mine(request: HttpRequest) -> HttpResponse:
    """One's own posts, pairs, hours, and whom one does not want to see."""
    viewer = viewer_of(request)
    context = {
        "posts": list(queries.mine(viewer)[:50]),
        "pairs": queries.pairs_asking(viewer, 50),
        "hours": queries.minutes_of(viewer.account_id) / 60,
        "blocks": queries.blocks_of(viewer),
    }
    return render(request, "neighbours/mine.html", context)


@require_http_methods(["GET", "POST"])
@sign_in_first
@once
def report(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Report a post, or the other one of a pair."""
    viewer = viewer_of(request)
    found: Any = PostAccess.get(viewer, pk, "report") if what == "post" else PairAccess.get(viewer, pk, "report")
    form = forms.ReportForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = {"post_id": pk} if what == "post" else {"pair_id": pk}
            try:
                actions.report(**form.cleaned_data, **given, by=viewer, now=clock.now())
            except Invalid as error:
                put_errors(form, error)
            else:
                messages.success(request, "已收到，社区会查实并告诉您结果。对方不会知道是谁举报的。")
                return HttpResponseRedirect(reverse("neighbours:mine"))
    return render(request, "neighbours/report_new.html", {"form": form, "what": found}, status=status)


@require_POST
@sign_in_first
@once
def block(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Not see somebody any more."""
    given = {"post_id": pk} if what == "post" else {"pair_id": pk}
    try:
        actions.block(**given, by=viewer_of(request), now=clock.now())
    except NotAllowed as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, "以后你们互相看不到对方发布的内容，对方不会知道。")
    return HttpResponseRedirect(reverse("neighbours:mine"))


@require_POST
@sign_in_first
@once
def unblock(request: HttpRequest, pk: int) -> HttpResponse:
    """See somebody again."""
    actions.unblock(block_id=pk, by=viewer_of(request), now=clock.now())
    messages.success(request, "已恢复。")
    return HttpResponseRedirect(reverse("neighbours:mine"))


@require_GET
@sign_in_first
def hours(request: HttpRequest) -> HttpResponse:
    """The confirmed hours of one's own, and the way to the certificate."""
    viewer = viewer_of(request)
    rows = list(queries.confirmed(viewer.account_id))
    context = {
        "rows": rows,
        "kinds": queries.hours_by_kind(rows),
        "total": sum(p.minutes or 0 for p in rows) / 60,
        "rule": params.get("mutual.certificate"),
    }
    return render(request, "neighbours/hours.html", context)


@require_POST
@sign_in_first
def certificate(request: HttpRequest) -> HttpResponse:
    """The certificate as a Word document. Each time it is issued anew and written down, with a number of its own."""
    viewer = viewer_of(request)
    try:
        content, number = documents.certificate(viewer, clock.now())
    except SansheError as error:
        messages.error(request, error.sentence)
        return HttpResponseRedirect(reverse("neighbours:hours"))
    response = HttpResponse(content, content_type=documents.DOCX)
    name = quote(f"志愿服务记录证明-{number}.docx")
    response["Content-Disposition"] = f"attachment; filename=\"certificate.docx\"; filename*=UTF-8''{name}"
    return response
