"""What the real pages are measured against: one plain query of the same rows, the same number of bytes.

Server, middleware, session and database are the same; there is no access rule, no form, no component, no audit. The
ids of what the viewer may see come with the request, so that the query is as cheap as one by hand can be.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string

from sanshe.kernel import clock
from sanshe.matters.models import Matter
from sanshe.matters.numbers import new_numbers, new_token
from sanshe.orgs.models import Organisation

RELATED = ("area", "host_unit", "criterion")


def _answer(request: HttpRequest, rows: Any) -> HttpResponse:
    body = render_to_string("bench/rows.html", {"rows": rows}).encode()
    missing = int(request.GET["bytes"]) - len(body)
    return HttpResponse(body + b"x" * max(0, missing))


def _ids(request: HttpRequest, name: str) -> list[int]:
    return [int(pk) for pk in request.GET.get(name, "").split(",") if pk]


def board(request: HttpRequest) -> HttpResponse:
    """The newest twenty public matters."""
    rows = Matter.objects.filter(public=True).select_related(*RELATED).order_by("-created_at", "-pk")
    return _answer(request, rows[:20])


def matter(request: HttpRequest) -> HttpResponse:
    """One matter."""
    return _answer(request, Matter.objects.select_related(*RELATED).filter(pk=request.GET["pk"]))


def work_list(request: HttpRequest) -> HttpResponse:
    """The newest thirty matters of some areas in one state."""
    rows = Matter.objects.filter(area__in=_ids(request, "areas"), state=request.GET["state"])
    return _answer(request, rows.select_related(*RELATED).order_by("-created_at", "-pk")[:30])


def window(request: HttpRequest) -> HttpResponse:
    """Taken, done and done in time of the last six months, by area, in one query."""
    since = clock.now() - timedelta(days=183)
    in_time = Q(done_at__lte=F("due_at"))
    rows = Matter.objects.filter(area__in=_ids(request, "areas"), created_at__gte=since).values("area")
    counted = rows.annotate(taken=Count("pk"), done=Count("done_at"), good=Count("pk", filter=in_time))
    body = repr(list(counted)).encode()
    return HttpResponse(body + b"x" * max(0, int(request.GET["bytes"]) - len(body)))


def todo(request: HttpRequest) -> HttpResponse:
    """The hundred most urgent matters of a unit that wait for it."""
    rows = Matter.objects.filter(host_unit__in=_ids(request, "units"), state__in=["assigned", "handling"])
    return _answer(request, rows.select_related(*RELATED).order_by("-urgent", "due_at", "pk")[:100])


def organisations(request: HttpRequest) -> HttpResponse:
    """The first fifty organisations that exist, of a class, of some areas, or with a word in the name or its brand."""
    today = clock.today()
    rows = Organisation.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today), valid_from__lte=today)
    if kind := request.GET.get("kind"):
        rows = rows.filter(kind=kind)
    if areas := _ids(request, "areas"):
        rows = rows.filter(area__in=areas)
    if word := request.GET.get("word"):
        rows = rows.filter(Q(name__contains=word) | Q(brand__contains=word))
    found = rows.select_related("area").order_by(*request.GET["sort"].split(","))[:50]
    body = render_to_string("bench/organisations.html", {"rows": found}).encode()
    return HttpResponse(body + b"x" * max(0, int(request.GET["bytes"]) - len(body)))


def filing(request: HttpRequest) -> HttpResponse:
    """One row written, as the real filing writes it at least."""
    now = clock.now()
    Matter.objects.create(
        number=new_numbers(now)[0], token=new_token(), title=request.POST["text"][:40], text=request.POST["text"],
        channel="web", area_id=int(request.POST["area"]), place_text=request.POST["place_text"],
        reporter_id=request.user.pk, state="received", due_at=now, promised_at=now, created_at=now,
        contact_name=request.POST["contact_name"], contact_phone=request.POST["contact_phone"],
    )  # fmt: skip
    return HttpResponseRedirect("/healthz")
