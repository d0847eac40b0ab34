"""What matters add to a person's file, and what stands against erasing it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Q

from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.people.public import FileRow, Person

from .access import MatterAccess
from .models import Matter
from .words import OPEN


def _mine(person: Person) -> Q:
    return Q(person=person) | Q(reporter=person.user_id) if person.user_id else Q(person=person)


def file_rows(viewer: Viewer, person: Person) -> Iterator[FileRow]:
    """The matters that the person reported, as far as the viewer may see them, newest first."""
    rows = MatterAccess.rows(viewer).filter(_mine(person)).select_related("area").order_by("-created_at", "-pk")
    for matter in rows.defer("text", "result", "contact_name", "contact_phone")[:50]:
        yield FileRow(
            title=str(matter),
            url=matter.get_absolute_url(),
            state=str(matter.get_state_display()),
            meta=(matter.number, str(matter.area), f"{clock.local(matter.created_at):%Y-%m-%d}"),
        )


def against_erasure(person: Person, on: date) -> Iterator[str]:
    """What is open, and what was settled too short a time ago."""
    mine = Matter.objects.filter(_mine(person))
    waiting = mine.filter(state__in=OPEN).count()
    if waiting:
        yield f"还有 {waiting} 件反映的事项没有办结。"
    years = params.get("retention.matter_years", on=on)
    fresh = mine.filter(done_at__gte=clock.at(on.year - years.value, on.month, min(on.day, 28))).count()
    if fresh:
        yield f"有 {fresh} 件事项办结不满 {years.shown}，反映人信息须保存至期满（{years.source}）。"
