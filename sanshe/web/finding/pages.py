"""The page of results. Words stand in the address, so that one can go back to them; numbers never do."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from sanshe.areas.public import AreaLevel, area_reference
from sanshe.kernel import search
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import NotVisible

from . import platform
from .looking import Looking
from .words import Since, secret

#: Pages of one kind: a thousand results.
LAST = 50


class Narrow(forms.Form):
    """What narrows the results; a wrong choice is none."""

    area = forms.ChoiceField(label="街道、社区", required=False)
    since = forms.ChoiceField(label="时间", required=False, choices=Since.choices)

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer = area_reference(AreaLevel.STREET, AreaLevel.COMMUNITY).offer(viewer)
        rows = offer.values_list("pk", "short_name", "level")
        self.fields["area"].choices = [  # type: ignore[attr-defined]
            ("", "全部"), *((str(pk), name if level == AreaLevel.STREET else f"　{name}") for pk, name, level in rows)
        ]  # fmt: skip


@require_http_methods(["GET", "POST"])
def results(request: HttpRequest) -> HttpResponse:
    """What was found, by kind. A POST of plain words is led to their address; one with a number is answered as it is.

    The number of one matter leads straight to it.
    """
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    given = request.POST if request.method == "POST" else request.GET
    text = str(given.get("q", ""))
    if request.method == "GET" and secret(text):
        messages.warning(request, "号码会留在浏览记录里，没有按它查找。请在框里输入号码再按查找。")
        return HttpResponseRedirect(reverse("web:search"))
    if request.method == "POST" and not secret(text):
        return HttpResponseRedirect(_address(given, text))
    form = Narrow(viewer, given)
    form.is_valid()
    chosen = form.cleaned_data
    looking = Looking(
        viewer,
        search.read(text),
        kind=_kind(viewer, str(given.get("kind", ""))),
        area=int(chosen["area"]) if chosen.get("area") else None,
        since=int(chosen["since"]) if chosen.get("since") else None,
        page=_page(str(given.get("page", ""))),
        deep=given.get("deep") == "1",
        plain=given.get("plain") == "1",
    )
    hits = looking.exactly()
    if len(hits) == 1 and hits[0].note == "编号相符" and request.method == "POST":
        return HttpResponseRedirect(hits[0].url)
    groups = looking.look() if looking.asked.words else []
    context = {
        "typed": looking.asked.typed,
        "asked": looking.asked,
        "form": form,
        "hits": hits,
        "doors": platform.matching(request, viewer, looking.asked) if not looking.kind else [],
        "groups": groups,
        "kinds": search.offered(viewer),
        "looking": looking,
        "one": groups[0] if looking.kind and groups else None,
        "kept": {key: str(given[key]) for key in ("area", "since", "plain") if given.get(key)},
        "secret": secret(text),
        "newest": search.NEWEST,
    }
    return render(request, "web/search.html", context)


@require_POST
def suggest(request: HttpRequest) -> HttpResponse:
    """A few lines while a member of staff types, as a fragment. By POST, so that what is typed stands in no address.

    Numbers are looked up on the page alone, where the reading is written down, and so are names of people.
    """
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.is_staff:
        raise NotVisible()
    asked = search.read(str(request.POST.get("q", "")))
    whole = secret(asked.typed)
    if whole or sum(len(word.text) for word in asked.words) < 2:
        return render(request, "web/_suggestions.html", {"typed": asked.typed, "whole": whole})
    context = {
        "typed": asked.typed,
        "doors": platform.matching(request, viewer, asked, limit=2),
        "groups": Looking(viewer, asked).suggest(),
    }
    return render(request, "web/_suggestions.html", context)


def _kind(viewer: Viewer, name: str) -> str:
    return name if name and any(one.name == name for one in search.offered(viewer)) else ""


def _page(text: str) -> int:
    return min(int(text), LAST) if text.isascii() and text.isdigit() and 0 < len(text) < 4 and int(text) else 1


def _address(given: Any, text: str) -> str:
    names = ("kind", "area", "since", "plain", "page", "deep")
    kept = {"q": text.strip()[:200], **{key: given.get(key, "") for key in names}}
    query = urlencode({key: value for key, value in kept.items() if value})
    return f"{reverse('web:search')}?{query}" if query else reverse("web:search")
