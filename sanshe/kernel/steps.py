"""One page for every step of a procedure: show the form, check it, call the action, go back to the thing.

A module names, for each of its steps, the form and the action; the address, the refusals, the double click and the
errors at the fields are the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from sanshe.kernel import clock
from sanshe.kernel.errors import Invalid, NotAllowed, WrongState
from sanshe.kernel.flow import Flow
from sanshe.kernel.http import once, put_errors


class PlainForm(forms.Form):
    """The form of a step that asks nothing."""


@dataclass(frozen=True)
class StepPage:
    """How a step is asked for. `action` is called with `key`=pk, the cleaned fields, by= and now=.

    `form` is built with `obj=` and `viewer=` when it takes them (`wants_object = True` on the class).
    `done`: what is said afterwards. The way on leads to what the action returns, if that has a page of its own.
    `template` may replace the common page.
    """

    action: Callable[..., Any]
    form: type[forms.Form] = PlainForm
    done: str = ""
    template: str = "web/step.html"
    intro: str = ""
    files: tuple[str, ...] = ()


def step_view(flow: Flow[Any], key: str, pages: Mapping[str, StepPage]) -> Callable[..., HttpResponse]:
    """The view of all steps of one flow, at an address with `pk` and `step`.

    Raises ValueError at import when a visible step has no page: a button must not lead nowhere.
    """
    missing = [s.name for s in flow.steps if not s.hidden and s.name not in pages]
    if missing:
        raise ValueError(f"{flow.title}: steps without a page: {missing}")

    def make_form(page: StepPage, obj: Any, request: HttpRequest, data: Any = None) -> forms.Form:
        kwargs: dict[str, Any] = {}
        if getattr(page.form, "wants_object", False):
            kwargs = {"obj": obj, "viewer": request.viewer}  # type: ignore[attr-defined]
        if data is None:
            return page.form(**kwargs)
        return page.form(data, request.FILES, **kwargs)

    def show(
        request: HttpRequest, obj: Any, step: Any, page: StepPage, form: forms.Form, status: int = 200
    ) -> HttpResponse:
        context = {
            "obj": obj,
            "step": step,
            "form": form,
            "page": page,
            "flow": flow,
            "back": obj.get_absolute_url(),
        }
        return render(request, page.template, context, status=status)

    @once
    def view(request: HttpRequest, pk: int, step: str) -> HttpResponse:
        viewer = request.viewer  # type: ignore[attr-defined]
        found = flow.step(step)
        page = pages.get(step)
        obj = flow.access.get(viewer, pk)
        if page is None or found.hidden or not flow.access.may(viewer, found.verb, obj):
            raise NotAllowed(f"「{found.label}」这一步不由您办理。")
        if request.method != "POST":
            if flow.state(obj) not in found.sources:
                raise WrongState(flow._moved_on(obj, found))
            return show(request, obj, found, page, make_form(page, obj, request))
        form = make_form(page, obj, request, request.POST)
        if not form.is_valid():
            return show(request, obj, found, page, form, 422)
        try:
            given = {name: form.cleaned_data[name] for name in form.cleaned_data if name not in page.files}
            for name in page.files:
                given[name] = request.FILES.getlist(name)
            result = page.action(**{key: obj.pk}, **given, by=viewer, now=clock.now())
        except Invalid as error:
            put_errors(form, error)
            return show(request, obj, found, page, form, 422)
        except WrongState as error:
            form.add_error(None, error.sentence)
            return show(request, obj, found, page, form, 409)
        if page.done:
            messages.success(request, page.done)
        target = result if hasattr(result, "get_absolute_url") else obj
        return HttpResponseRedirect(target.get_absolute_url())

    return view
