"""The notice, item by item (通知对照): public; the live state for those who may read the New Area's figures."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from sanshe.kernel import clock
from sanshe.kernel.errors import NotVisible
from sanshe.kernel.register import registers

from .. import counts, queries
from ..notice import Item, numbers
from ..notice import notice as the_notice
from ..words import PAGES


def _links(item: Item) -> list[tuple[str, str]]:
    """(what the page is called, address) of the pages that carry an item; one that is not installed is left out."""
    ledgers = {r.name: r.title for r in registers()}
    found = []
    for name in item.pages:
        kind, _, slug = name.partition("/")
        try:
            if kind == "register":
                if slug in ledgers:
                    found.append((ledgers[slug], reverse("registers:rows", kwargs={"name": slug})))
            elif kind == "indicator":
                found.append((queries.get_indicator(slug).short, reverse("indicators:detail", kwargs={"name": slug})))
            else:
                found.append((PAGES.get(name, name), reverse(name)))
        except (NoReverseMatch, NotVisible):
            continue
    return found


def _states(viewer: Any, items: tuple[Item, ...]) -> dict[str, Any]:
    """The live state of each reader named, for those who may read figures; empty for all others."""
    try:
        area = queries.figure_area(viewer, None)
    except NotVisible:
        return {}
    today = clock.today()
    found: dict[str, Any] = {"area": area}
    named = {item.state for item in items if item.state}
    report = queries.report(area, today, before=False) if any(n.startswith("indicator:") for n in named) else None
    for name in named:
        kind, _, key = name.partition(":")
        if kind == "indicator" and report is not None:
            figure = next((f for f in report.figures if f.indicator.name == key), None)
            if figure is not None:
                found[name] = figure
        elif key in counts.COUNTS:
            found[name] = counts.say(key, area, today)
    return found


def notice(request: HttpRequest) -> HttpResponse:
    """Every item: in our words, who is responsible, which pages carry it, how it stands, or that nothing does yet."""
    found = the_notice()
    viewer = request.viewer  # type: ignore[attr-defined]
    states = _states(viewer, found.items) if viewer.is_staff else {}
    parts = []
    for part, items in found.parts:
        rows = []
        for item in items:
            state = states.get(item.state)
            rows.append(
                {
                    "item": item, "links": _links(item),
                    "figure": state if not isinstance(state, str) else None,
                    "count": state if isinstance(state, str) else "",
                }
            )  # fmt: skip
        parts.append((part, rows))
    missing = sum(not item.supported for item in found.items)
    context = {
        "notice": found, "parts": parts, "missing": missing, "carried": len(found.items) - missing,
        "area": states.get("area"), "numbers": numbers(),
    }  # fmt: skip
    return render(request, "indicators/notice.html", context)
