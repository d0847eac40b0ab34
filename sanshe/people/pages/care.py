"""The rules of retention and what they did; numbers in free texts."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.http import once, posts_only

from .. import actions, queries
from ..access import FindingAccess
from ..forms import ChosenForm


@posts_only
def retention(request: HttpRequest) -> HttpResponse:
    """The rules with their sources, what each did last and in all."""
    return render(request, "people/retention.html", queries.retention_table())


@posts_only
@once
def texts(request: HttpRequest) -> HttpResponse:
    """Numbers that people typed into free texts, masked; mask them there or leave them."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if FindingAccess.q(viewer) is False:
        raise NotVisible()
    form = ChosenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["chosen"]
        try:
            if form.cleaned_data["what"] == "mask":
                done = actions.mask_findings(ids=chosen, by=viewer, now=clock.now())
                messages.success(request, f"已掩去 {done} 处号码，原号码加密留存一段时间。")
            else:
                done = actions.settle(ids=chosen, by=viewer, now=clock.now())
                messages.success(request, f"{done} 处按原样保留。")
        except Invalid as error:
            form.add_error(None, error.sentence)
        else:
            return HttpResponseRedirect(reverse("people:texts"))
    context = {"form": form, "lines": queries.finding_lines(viewer), "masked": queries.masked_lines(viewer)}
    return render(request, "people/texts.html", context, status=422 if form.errors else 200)


@posts_only
@require_http_methods(["POST"])
@once
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an original back."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    try:
        actions.put_back(finding_id=pk, by=viewer, now=clock.now())
    except Invalid as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, "已恢复原来的文字。")
    return HttpResponseRedirect(reverse("people:texts"))
