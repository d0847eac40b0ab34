"""A household: its members, its address for a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.kernel.http import once, posts_only, put_errors

from .. import actions, queries
from ..access import HouseholdAccess
from ..forms import EndForm, MemberForm, UnmaskForm


def _show(request: HttpRequest, pk: int, extra: dict[str, Any], status: int = 200) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    home = queries.household(viewer, pk)
    context = {
        "home": home,
        "members": queries.members_of(viewer, home),
        "verbs": HouseholdAccess.verbs(viewer, home),
        "unmask_form": UnmaskForm(),
        "member_form": MemberForm(initial={"since": clock.today()}),
        "end_form": EndForm(initial={"on": clock.today()}),
        "history": audit.history(home)[:30],
        **extra,
    }
    return render(request, "people/household.html", context, status=status)


@posts_only
def household(request: HttpRequest, pk: int) -> HttpResponse:
    """One household, masked."""
    return _show(request, pk, {})


@posts_only
@require_http_methods(["POST"])
def unmask(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the address in clear, once, for a reason that the members will read."""
    form = UnmaskForm(request.POST)
    if form.is_valid():
        try:
            address = actions.unmask_household(
                household_id=pk,
                reason=form.cleaned_data["reason"],
                by=request.viewer,  # type: ignore[attr-defined]
                now=clock.now(),
            )
        except Invalid as error:
            put_errors(form, error)
        else:
            response = _show(request, pk, {"address": address or "未登记"})
            response.headers["Cache-Control"] = "no-store"
            return response
    return _show(request, pk, {"unmask_form": form}, 422)


@posts_only
@require_http_methods(["POST"])
@once
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a member by the whole number."""
    form = MemberForm(request.POST)
    if form.is_valid():
        try:
            member = actions.add_member(household_id=pk, **form.cleaned_data, by=request.viewer, now=clock.now())  # type: ignore[attr-defined]
        except Invalid as error:
            put_errors(form, error)
        else:
            messages.success(request, f"{member.person.name}已登记为这一户的成员。")
            return HttpResponseRedirect(reverse("people:household", args=[pk]))
    return _show(request, pk, {"member_form": form}, 422)


@posts_only
@require_http_methods(["POST"])
@once
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """A member moves out."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    member = queries.member(viewer, pk)
    form = EndForm(request.POST)
    if form.is_valid():
        try:
            actions.end_member(member_id=pk, on=form.cleaned_data["on"], by=viewer, now=clock.now())
        except Invalid as error:
            put_errors(form, error)
        else:
            messages.success(request, "已登记迁出。")
            return HttpResponseRedirect(reverse("people:household", args=[member.household_id]))
    return _show(request, member.household_id, {"end_form": form, "ending": pk}, 422)
