"""Hot topics: the list, the page of one with its matters, what is done with all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible
from sanshe.kernel.http import once, posts_only, put_errors

from .. import hot
from ..access import HotTopicAccess
from ..actions import grouped
from ..forms.grouped import HotFilter, MergeTopicForm, OverseeTopicForm, TriageTopicForm
from ..models import HotTopic, Matter
from ..words import MatterState

SIZE = 30
SHOWN = 200


@dataclass(frozen=True)
class Deed:
    """One thing done with a whole topic."""

    verb: str
    label: str
    action: Any
    form: Any
    done: str
    intro: str


DEEDS = {
    "triage": Deed("triage", "整组分流为小事", grouped.triage_topic, TriageTopicForm, "整组已分流为小事，等发起协商。",
                   "只分流这一组里待分流的事项，每件各记一笔分流记录。"),
    "merge": Deed("merge", "整组并案", grouped.merge_topic, MergeTopicForm, "已并案。",
                  "其他还没有办结的事项并入选定的一件，每一位反映人都会得到答复；并错的可以逐件取消。"),
    "oversee": Deed("oversee", "整组督办", grouped.oversee_topic, OverseeTopicForm, "督办已发出。",
                    "发出一份督办单，写明整组的编号，由最早一件的承办单位回复。"),
}  # fmt: skip


def _may_enter(viewer: Viewer) -> None:
    if HotTopicAccess.q(viewer) is False:
        raise NotVisible()


@require_GET
@posts_only
def topics(request: HttpRequest) -> HttpResponse:
    """What many speak of, hottest first."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    _may_enter(viewer)
    form = HotFilter(request.GET or None)
    chosen = form.chosen()
    page = Paginator(hot.hot_topics(viewer, chosen), SIZE).get_page(request.GET.get("page"))
    least = int(params.get("hot.people_least").value)
    context = {"page": page, "form": form, "narrowed": bool(chosen.get("area")), "least": least,
               "days": params.get("hot.rise_days").shown, "window": params.get("hot.window_days").shown}  # fmt: skip
    return render(request, "matters/hot.html", context)


@require_GET
@posts_only
def topic(request: HttpRequest, pk: int) -> HttpResponse:
    """One topic: who speaks of it since when, its matters, and what can be done with all of it."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = hot.hot_topic(viewer, pk)
    matters = list(hot.topic_matters(viewer, found)[:SHOWN])
    days = hot.topic_days(found)
    context = {
        "topic": found, "matters": matters, "hidden": max(0, found.messages - len(matters)),
        "buttons": [*_buttons(viewer, found, matters), *hot.offers_on(viewer, found)],
        "rise_days": params.get("hot.rise_days").shown,
        "chart": {"kind": "bar", "of": "日期", "names": [f"{day.month}月{day.day}日" for day, _ in days],
                  "series": [{"name": "反映", "unit": "件", "values": [count for _, count in days]}]},
        "days": days,
    }  # fmt: skip
    return render(request, "matters/hot_topic.html", context)


def _buttons(viewer: Viewer, found: HotTopic, matters: list[Matter]) -> list[hot.TopicOffer]:
    """The deeds that the viewer's posts could do, each with the reason where it can not be done now."""
    may = HotTopicAccess.verbs(viewer, found, [deed.verb for deed in DEEDS.values()])
    waiting = any(m.state == MatterState.RECEIVED for m in matters)
    held = any(m.state in (MatterState.ASSIGNED, MatterState.HANDLING, MatterState.WAITING) for m in matters)
    several = sum(m.is_open for m in matters) > 1
    overseen = found.order is not None and found.order.state != "closed"
    why = {
        "triage": "" if waiting else "这一组里没有待分流的事项。",
        "merge": "" if several else "没有办结的不到两件，不用并案。",
        "oversee": "这一组已经发出督办，还没有销号。"
        if overseen
        else ""
        if held
        else "还没有事项交给承办单位，请先分流。",
    }
    return [
        hot.TopicOffer(
            deed.label, "" if why[name] else reverse("matters:hot_do", kwargs={"pk": found.pk, "what": name}), why[name]
        )
        for name, deed in DEEDS.items()
        if deed.verb in may
    ]


@once
@posts_only
def do(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """One deed with a whole topic."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    deed = DEEDS.get(what)
    found = hot.hot_topic(viewer, pk)
    if deed is None:
        raise NotVisible()
    if not HotTopicAccess.may(viewer, deed.verb, found):
        raise NotAllowed(f"「{deed.label}」不由您办理。")
    matters = list(hot.topic_matters(viewer, found)[:SHOWN])
    form = deed.form(request.POST or None, matters=matters)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                deed.action(topic_id=pk, **form.cleaned_data, by=viewer, now=clock.now())
            except Invalid as error:
                put_errors(form, error)
            else:
                messages.success(request, deed.done)
                return HttpResponseRedirect(found.get_absolute_url())
    context = {"topic": found, "deed": deed, "form": form, "count": len(matters)}
    return render(request, "matters/hot_do.html", context, status=status)
