"""Pages of people: find, enter, read, unmask; and for everyone: who read my file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from sanshe.accounts.public import user_by_sign_in
from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.http import once, put_errors, sign_in_first

from .. import actions, queries
from ..access import MAY_LOOK, PersonAccess
from ..actions import Duplicate
from ..beyond import sections
from ..forms import ChangeForm, FindForm, LinkForm, PersonForm, UnmaskForm
from ..words import ReadKind


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def _desk_only(viewer: Viewer) -> None:
    if MAY_LOOK.q(viewer) is not True:
        raise NotVisible()


@sign_in_first
def find(request: HttpRequest) -> HttpResponse:
    """Look for a person by the whole number or phone. Each hit is written down as read."""
    viewer = _viewer(request)
    _desk_only(viewer)
    form = FindForm(request.POST or None)
    cards: list[queries.PersonCard] | None = None
    if request.method == "POST" and form.is_valid():
        now = clock.now()
        found = queries.find_people(viewer, form.cleaned_data["number"])
        for person in found:
            actions.log_read(person=person, kind=ReadKind.FOUND, by=viewer, now=now)
        cards = [queries.person_card(viewer, person) for person in found]
    context = {"form": form, "cards": cards, "may_merge": PersonAccess.q(viewer, "merge") is not False}
    return render(request, "people/find.html", context, status=422 if form.errors else 200)


@sign_in_first
@once
def new(request: HttpRequest) -> HttpResponse:
    """Enter a person; a known one is shown instead."""
    viewer = _viewer(request)
    _desk_only(viewer)
    form = PersonForm(request.POST or None, viewer=viewer)
    card = None
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.make_person(**form.cleaned_data, by=viewer, now=clock.now())
        except Duplicate as known:
            card = known.card
            put_errors(form, known)
        except Invalid as error:
            put_errors(form, error)
        else:
            messages.success(request, f"已为{person.name}建立档案。")
            if PersonAccess.may(viewer, "see", person):
                return HttpResponseRedirect(reverse("people:person", args=[person.pk]))
            return HttpResponseRedirect(reverse("people:find"))
    context = {"form": form, "card": card}
    return render(request, "people/new.html", context, status=422 if form.errors else 200)


def _file(request: HttpRequest, pk: int, extra: dict[str, Any], status: int = 200) -> HttpResponse:
    viewer = _viewer(request)
    person = actions.open_file(person_id=pk, by=viewer, now=clock.now())
    verbs = PersonAccess.verbs(viewer, person)
    context = {
        "person": person,
        "own": person.user_id is not None and person.user_id == viewer.user_id,
        "verbs": verbs,
        "unmask_form": UnmaskForm(),
        "link_form": LinkForm(),
        "clear": None,
        "homes": queries.households_of(viewer, person),
        "former": list(person.former_numbers.all()),
        "merged": queries.merges_of(person),
        "sections": sections(viewer, person),
        "requests": queries.requests_of(viewer, person),
        "age": queries.age_of(person.born_on, clock.today()),
        "history": audit.history(person).exclude(event="person_read")[:30],
        **extra,
    }
    return render(request, "people/person.html", context, status=status)


@sign_in_first
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's file, masked: all that the viewer may see on one page. The reading is written down."""
    instead = queries.kept_instead(_viewer(request), pk)
    if instead is not None:
        return HttpResponseRedirect(reverse("people:person", args=[instead]))
    return _file(request, pk, {})


@sign_in_first
@require_http_methods(["POST"])
def unmask(request: HttpRequest, pk: int) -> HttpResponse:
    """Show number, phone and address in clear, once, for a reason.

    Not `@once`: nothing changes but the log, and a second look is a second look.
    """
    form = UnmaskForm(request.POST)
    if form.is_valid():
        try:
            clear = actions.unmask(
                person_id=pk, reason=form.cleaned_data["reason"], by=_viewer(request), now=clock.now()
            )
        except Invalid as error:
            put_errors(form, error)
        else:
            response = _file(request, pk, {"clear": clear})
            response.headers["Cache-Control"] = "no-store"
            return response
    return _file(request, pk, {"unmask_form": form}, 422)


@sign_in_first
@once
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a person's file."""
    viewer = _viewer(request)
    row = PersonAccess.get(viewer, pk, "change")
    form = ChangeForm(request.POST or None, viewer=viewer, initial={"name": row.name, "area": row.area_id})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_person(person_id=pk, **form.cleaned_data, by=viewer, now=clock.now())
        except Invalid as error:
            put_errors(form, error)
        else:
            messages.success(request, "档案已更新。")
            if PersonAccess.may(viewer, "see", pk):
                return HttpResponseRedirect(reverse("people:person", args=[pk]))
            return HttpResponseRedirect(reverse("people:find"))
    return render(request, "people/change.html", {"form": form, "person": row}, status=422 if form.errors else 200)


@sign_in_first
@require_http_methods(["POST"])
@once
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Join the file to the person's own account."""
    form = LinkForm(request.POST)
    viewer = _viewer(request)
    if form.is_valid():
        user = user_by_sign_in(form.cleaned_data["account"])
        if user is None:
            PersonAccess.get(viewer, pk, "change")
            form.add_error("account", "没有这个用户名或手机号码的账号，请核对；居民可先自行注册。")
        else:
            try:
                actions.link_account(person_id=pk, user=user, by=viewer, now=clock.now())
            except Invalid as error:
                put_errors(form, error)
            else:
                messages.success(request, "已关联本人账号。")
                return HttpResponseRedirect(reverse("people:person", args=[pk]))
    return _file(request, pk, {"link_form": form}, 422)


@sign_in_first
def reads(request: HttpRequest) -> HttpResponse:
    """Who read my file, when and why."""
    viewer = _viewer(request)
    own = queries.person_of(viewer.user_id)
    return render(request, "people/reads.html", {"own": own, **queries.reads_table(viewer)})
