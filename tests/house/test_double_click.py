"""A double click is one effect: each page that takes a form does so `@once`, or says here why it needs not."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from django.urls import get_resolver
from django.urls.resolvers import URLPattern

#: View → why the second sending of its form does no harm.
HARMLESS = {
    "kernel.register.pages.columns": "what one's own browser shows",
    "kernel.register.api.rows": "for programs, which send a key of their own",
    "exchange.open311.views.discovery": "reads only",
    "exchange.open311.views.requests": "for programs; the flood guard groups what comes again",
    "exchange.open311.views.nothing": "an error",
    "web.pages.demo_sign_in": "signing in twice is being signed in",
    "web.finding.pages.results": "reads only",
    "web.finding.pages.suggest": "reads only",
    "people.pages.index.find": "a look, written down each time",
    "people.pages.index.unmask": "a look, written down each time",
    "people.pages.households.unmask": "a look, written down each time",
    "matters.pages.staff.contact": "a look, written down each time",
    "matters.pages.same.similar": "reads only",
    "matters.pages.progress.find": "reads only",
    "matters.pages.online.apply": "filing itself is once",
    "matters.pages.online.asked": "reads only",
    "matters.pages.desk.desk": "filing itself is once",
    "matters.pages.desk.materials": "reads only",
    "matters.pages.desk.sounds": "reads only",
    "neighbours.pages.residents.certificate": "a document, each time the same",
    "exchange.pages.sources.take": "a row that is known already is not taken in again",
    "exchange.pages.sources.export": "a file, each time the same",
    "exchange.pages.forwards.export": "a file, each time the same",
    "exchange.pages.forwards.states": "a message that is known already changes nothing",
}


def _views(patterns: list[Any]) -> Iterator[Any]:
    for one in patterns:
        if isinstance(one, URLPattern):
            yield one.callback
        else:
            yield from _views(one.url_patterns)


def _is_once(view: Any) -> bool:
    while view is not None:
        if getattr(view, "once", False):
            return True
        view = getattr(view, "__wrapped__", None)
    return False


def test_each_page_that_takes_a_form_does_so_once():
    found = set()
    for view in _views(get_resolver().url_patterns):
        inner = inspect.unwrap(view)
        if not inner.__module__.startswith("sanshe.") or not inspect.isfunction(inner):
            continue
        if "POST" in inspect.getsource(inner) and not _is_once(view):
            found.add(f"{inner.__module__.removeprefix('sanshe.')}.{inner.__qualname__}")
    assert found - set(HARMLESS) == set(), (
        "decorate it with @once, or say in HARMLESS why a second sending does no harm"
    )
    assert set(HARMLESS) - found == set(), "no such page (any more)"
