"""The service catalogue for everyone: what to bring, how many days, where; and what a window passed on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import NotVisible
from sanshe.kernel.http import posts_only
from sanshe.kernel.register import register_of
from sanshe.people.public import home_of, person_of

from ..catalogue import (
    fields_in_force,
    find_items,
    item_of,
    known_facts,
    lives_in_force,
    materials_for,
    near_windows,
    versions_of,
    windows,
)
from ..flow import FLOW
from ..forms.catalogue import CatalogueFilter, WindowFilter
from ..models import ServiceItem
from ..paging import page_by_key
from ..queries import own_matters
from ..window import WINDOW, figures, followed, taken_in
from ..words import OPEN, OnlineWay


@require_GET
def services(request: HttpRequest) -> HttpResponse:
    """All items, by class, found by their words."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    today = clock.today()
    form = CatalogueFilter(request.GET or None, fields=fields_in_force(viewer, today))
    chosen = form.chosen()
    lives = lives_in_force(viewer, today)
    life = request.GET.get("life", "") if request.GET.get("life", "") in lives else ""
    groups: dict[str, list[ServiceItem]] = {}
    text = chosen.get("text", "")
    for item in find_items(viewer, text, today, chosen.get("field", ""), life):
        groups.setdefault("找到的服务" if text else item.field or "其他", []).append(item)
    items = [item for group in groups.values() for item in group]
    context = {"form": form, "groups": groups, "count": len(items), "online": sum(item.is_online for item in items),
               "narrowed": any(chosen.values()) or bool(life), "lives": lives, "life": life}  # fmt: skip
    return render(request, "matters/services.html", context)


@require_GET
def service(request: HttpRequest, code: str) -> HttpResponse:
    """One item: what to bring (less what one's own file holds), who decides, by when, and every window."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    today = clock.today()
    item = item_of(viewer, code, today)
    versions = versions_of(viewer, code)
    if item is None:
        item = next((one for one in versions if one.valid_from <= today), versions[-1] if versions else None)
    if item is None:
        raise NotVisible("目录里没有这一项服务。")
    over = item.valid_to is not None and item.valid_to <= today
    rows = materials_for(item, known_facts(person_of(viewer.user_id), today))
    context = {
        "item": item,
        "over": over,
        "coming": item.valid_from > today,
        "materials": rows,
        "known": sum(row.known for row in rows),
        "windows": windows(today) if item.any_window else [],
        "near": near_windows(home_of(viewer), today) if item.any_window else [],
        "versions": versions,
        "may_apply": item.is_online and not over and item.valid_from <= today,
        "sign_in": item.online == OnlineWay.SIGNED and not viewer.signed_in,
        "open_one": own_matters(viewer).filter(state__in=OPEN, service__code=item.code).first(),
        "at_window": viewer.holds(*WINDOW) and not over,
        "ledger": register_of("services").url(item) if viewer.holds("district_officer") else "",
    }
    return render(request, "matters/service.html", context)


@require_GET
@posts_only
def window(request: HttpRequest) -> HttpResponse:
    """What this window took in, for here and for others: number, state, progress, and nothing of the person."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.holds(*WINDOW, "community_lead"):
        raise NotVisible()
    form = WindowFilter(request.GET or None)
    chosen = form.chosen()
    page = page_by_key(taken_in(viewer, chosen), request.GET.get("after", ""), request.GET.get("before", ""), 30)
    month = chosen.get("month") or clock.today().replace(day=1)
    context = {"form": form, "page": page, "narrowed": any(chosen.values()), "figures": figures(viewer, month)}
    return render(request, "matters/window.html", context)


@require_GET
@posts_only
def progress_of(request: HttpRequest, pk: int) -> HttpResponse:
    """One matter that this window took in, as far as it may know it."""
    matter = followed(request.viewer, pk)  # type: ignore[attr-defined]
    return render(request, "matters/followed.html", {"matter": matter, "flow": FLOW})
