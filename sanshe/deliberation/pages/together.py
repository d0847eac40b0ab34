"""One deliberation for a whole hot topic."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.http import once, posts_only, put_errors
from sanshe.matters.public import HotTopic, TopicOffer, hot_topic, topic_matters

from .. import actions, forms
from ..access import COMMUNITY
from ..actions.together import waiting_of
from .residents import viewer_of


def offer(viewer: Viewer, topic: HotTopic) -> list[TopicOffer]:
    """The button on the page of a topic, for the posts of the community; with the reason where it can not be done."""
    label = "为整组发起一次协商"
    if not viewer.holds(*COMMUNITY):
        return []
    if not waiting_of(viewer, _matters(viewer, topic)):
        return [TopicOffer(label, why="这一组没有待安排协商的小事，请综合窗口先分流为小事。")]
    return [TopicOffer(label, reverse("deliberation:hot", kwargs={"pk": topic.pk}))]


def _matters(viewer: Viewer, topic: HotTopic) -> Any:
    return topic_matters(viewer, topic).order_by().values("pk")


@posts_only
@once
def hot(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan of the one deliberation."""
    viewer = viewer_of(request)
    topic = hot_topic(viewer, pk)
    if not viewer.holds(*COMMUNITY):
        raise NotAllowed("协商由本社区的党组织、居委会牵头，请由社区工作人员发起。")
    waiting = waiting_of(viewer, _matters(viewer, topic))
    if not waiting:
        raise NotAllowed("这一组没有待安排协商的小事，请综合窗口先分流为小事。")
    first = waiting[0]
    first.title = topic.name  # the plan begins with the name of the whole, not with one resident's title
    given = (request.POST,) if request.method == "POST" else ()
    form = forms.TopicPlanForm(*given, obj=first, viewer=viewer)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = actions.begin_together(
                    matters=_matters(viewer, topic), by=viewer, now=clock.now(), **form.cleaned_data
                )
            except Invalid as error:
                put_errors(form, error)
            else:
                messages.success(request, f"协商方案已起草，{len(waiting)} 件事项一并纳入，接下来邀请参加人。")
                return HttpResponseRedirect(made.get_absolute_url())
    context = {"topic": topic, "form": form, "waiting": waiting}
    return render(request, "deliberation/hot.html", context, status=status)
