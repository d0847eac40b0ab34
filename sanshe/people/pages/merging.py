"""Likely duplicates: compare, merge, say that they are two people, take apart again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible, WrongState
from sanshe.kernel.http import once, posts_only, put_errors

from .. import actions, queries
from .. import duplicates as likely
from ..access import MergeAccess, PersonAccess
from ..forms import ReasonForm
from ..words import ReadKind


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if PersonAccess.q(viewer, "merge") is False:
        raise NotVisible()
    return viewer


@posts_only
def duplicates(request: HttpRequest) -> HttpResponse:
    """Files that are likely to be of one person, and what was merged before."""
    viewer = _viewer(request)
    context = {"pairs": likely.likely(viewer), "merges": likely.merges_here(viewer)}
    return render(request, "people/duplicates.html", context)


@posts_only
@once
def compare(request: HttpRequest, kept: int, gone: int) -> HttpResponse:
    """Two files side by side, and the merging of them. Looking is a reading of both."""
    viewer = _viewer(request)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.merge(
                kept_id=kept, gone_id=gone, reason=form.cleaned_data["reason"], by=viewer, now=clock.now()
            )
        except (Invalid, WrongState) as error:
            put_errors(form, error if isinstance(error, Invalid) else Invalid(error.sentence))
        else:
            messages.success(request, "已合并为一份档案；合错了可以在「疑似重复」页面拆分。")
            return HttpResponseRedirect(reverse("people:person", args=[done.kept_id]))
    both = [PersonAccess.get(viewer, pk, "merge", rows=queries.files()) for pk in (kept, gone)]
    if request.method != "POST":
        for person in both:
            actions.log_read(person=person, kind=ReadKind.OPENED, by=viewer, now=clock.now(), reason="核对疑似重复档案")
    context = {"kept": both[0], "gone": both[1], "facts": queries.side_by_side(*both), "form": form}
    return render(request, "people/compare.html", context, status=422 if form.errors else 200)


@posts_only
@require_http_methods(["POST"])
@once
def apart(request: HttpRequest, kept: int, gone: int) -> HttpResponse:
    """These are two people: take them off the list."""
    viewer = _viewer(request)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            actions.not_the_same(
                one_id=kept, other_id=gone, reason=form.cleaned_data["reason"], by=viewer, now=clock.now()
            )
        except Invalid as error:
            put_errors(form, error)
        else:
            messages.success(request, "已记为两人，不再列出。")
            return HttpResponseRedirect(reverse("people:duplicates"))
    both = [PersonAccess.get(viewer, pk, "merge", rows=queries.files()) for pk in (kept, gone)]
    context = {
        "kept": both[0],
        "gone": both[1],
        "facts": queries.side_by_side(*both),
        "form": ReasonForm(),
        "apart": form,
    }
    return render(request, "people/compare.html", context, status=422)


@posts_only
@once
def split(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a merging."""
    viewer = _viewer(request)
    done = MergeAccess.get(viewer, pk, "split", rows=queries.merges())
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.split(merge_id=pk, reason=form.cleaned_data["reason"], by=viewer, now=clock.now())
        except Invalid as error:
            put_errors(form, error)
        else:
            messages.success(request, "已拆分，合并时改指的记录都回到了原来的档案。")
            return HttpResponseRedirect(reverse("people:duplicates"))
    context = {"merge": done, "form": form, "moved": queries.moved_lines(done)}
    return render(request, "people/split.html", context, status=422 if form.errors else 200)
