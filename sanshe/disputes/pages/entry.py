"""Everybody's page on mediation, and the forms by which a dispute comes in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.http import once, posts_only, put_errors, sign_in_first
from sanshe.matters.public import MatterAccess

from .. import actions, forms, queries
from ..access import may_count, may_enter


def viewer_of(request: HttpRequest) -> Viewer:
    """The viewer of a request."""
    found: Viewer = request.viewer  # type: ignore[attr-defined]
    return found


@require_GET
def about(request: HttpRequest) -> HttpResponse:
    """What people's mediation is, for everybody; one's own disputes for those who have signed in."""
    viewer = viewer_of(request)
    context = {
        "principles": params.get("mediation.principles").value,
        "kinds": params.get("mediation.kinds").value,
        "other_ways": params.get("mediation.other_ways"),
        "own": list(queries.own_disputes(viewer)[:20]) if viewer.signed_in else [],
        "may_enter": may_enter(viewer),
    }
    return render(request, "disputes/about.html", context)


@require_http_methods(["GET", "POST"])
@sign_in_first
@once
def new(request: HttpRequest) -> HttpResponse:
    """A party applies."""
    viewer = viewer_of(request)
    form = forms.ApplyForm(request.POST or None, viewer=viewer)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                made = actions.file_dispute(
                    area_id=given["area"].pk, kind=given["kind"], about=given["about"], wish=given["wish"],
                    parties=form.parties(), by=viewer, now=clock.now(),
                )  # fmt: skip
            except Invalid as error:
                put_errors(form, error)
            else:
                messages.success(request, "申请已收到，社区会征求对方的意愿。")
                return HttpResponseRedirect(made.get_absolute_url())
    return render(request, "disputes/new.html", {"form": form}, status=status)


def _matter(request: HttpRequest) -> Any:
    text = request.GET.get("matter", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        raise BadRequest
    return MatterAccess.get(viewer_of(request), int(text))


@require_http_methods(["GET", "POST"])
@posts_only
@once
def desk(request: HttpRequest) -> HttpResponse:
    """The desk enters one for both sides, perhaps out of a matter; afterwards it keeps the number alone."""
    viewer = viewer_of(request)
    if not may_enter(viewer):
        raise NotVisible()
    matter = _matter(request)
    initial = {"area": matter.area_id, "about": matter.text, "first_name": matter.contact_name,
               "first_phone": ""} if matter is not None else {}  # fmt: skip
    form = forms.DeskForm(request.POST or None, viewer=viewer, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                made = actions.file_dispute(
                    area_id=given["area"].pk, kind=given["kind"], about=given["about"], wish=given["wish"],
                    parties=form.parties(), as_party=False, matter_id=matter.pk if matter is not None else None,
                    by=viewer, now=clock.now(),
                )  # fmt: skip
            except Invalid as error:
                put_errors(form, error)
            else:
                messages.success(request, f"已登记，编号 {made.number}。内容只有双方、调解员和调解委员会负责人能看到。")
                return HttpResponseRedirect(reverse("disputes:filed"))
    return render(request, "disputes/desk.html", {"form": form, "matter": matter}, status=status)


@require_GET
@posts_only
def filed(request: HttpRequest) -> HttpResponse:
    """Numbers and states of what one entered for others."""
    viewer = viewer_of(request)
    if not may_enter(viewer):
        raise NotVisible()
    context = {"rows": list(queries.filed_by_me(viewer)[:100]), "may_count": may_count(viewer)}
    return render(request, "disputes/filed.html", context)
