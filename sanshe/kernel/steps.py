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
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, SansheError, WrongState
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


def _typed(page: StepPage, request: HttpRequest) -> list[tuple[str, str]]:
    """What somebody wrote into a form, field by field in its own words: the texts, not what was only chosen."""
    found = []
    for name, field in page.form.base_fields.items():
        text = request.POST.get(name, "").strip()
        if text and isinstance(field, forms.CharField) and not field.widget.is_hidden:
            found.append((str(field.label or name), text[:5000]))
    return found


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

    def gone(request: HttpRequest, page: StepPage | None, error: SansheError) -> HttpResponse:
        """The answer to a form whose thing has gone elsewhere meanwhile: what was typed comes back with it."""
        typed = _typed(page, request) if page is not None and request.method == "POST" else []
        if not typed:
            raise error
        context = {"sentence": error.sentence, "typed": typed, "hidden": isinstance(error, NotVisible)}
        return render(request, "web/step_gone.html", context, status=error.status)

    @once
    def view(request: HttpRequest, pk: int, step: str) -> HttpResponse:
        viewer = request.viewer  # type: ignore[attr-defined]
        found = flow.step(step)
        page = pages.get(step)
        not_yours = NotAllowed(f"「{found.label}」这一步不由您办理。")
        try:
            obj = flow.access.get(viewer, pk)
        except NotVisible as error:
            return gone(request, page, error)
        if page is None or found.hidden:
            raise not_yours
        if not flow.access.may(viewer, found.verb, obj):
            # Whoever could do it a moment ago is told first what happened since.
            moved = viewer.is_staff and flow.state(obj) not in found.sources
            return gone(request, page, NotAllowed(flow._moved_on(obj, found)) if moved else not_yours)
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
            obj.refresh_from_db()
            return show(request, obj, found, page, form, 409)
        except (NotVisible, NotAllowed) as error:
            return gone(request, page, error)
        if page.done:
            messages.success(request, page.done)
        target = result if hasattr(result, "get_absolute_url") else obj
        return HttpResponseRedirect(target.get_absolute_url())

    return view
