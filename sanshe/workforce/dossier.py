"""What the workforce adds to a person's file, and what stands against erasing it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Q

from sanshe.kernel.access import Viewer
from sanshe.people.public import FileRow, Person

from .access import WorkerAccess
from .models import Worker


def file_rows(viewer: Viewer, person: Person) -> Iterator[FileRow]:
    """The person's records as a worker or volunteer, as far as the viewer may see them, newest first."""
    rows = WorkerAccess.rows(viewer).filter(person=person).select_related("area", "body", "post")
    for worker in rows.order_by("-valid_from"):
        until = f"{worker.valid_to:%Y-%m-%d}" if worker.valid_to else "今"
        place = str(worker.body or worker.area)
        yield FileRow(
            title=str(worker.get_kind_display()),
            url=worker.get_absolute_url(),
            state="已离岗" if worker.valid_to else "在岗",
            meta=tuple(
                part for part in (place, str(worker.post or ""), f"{worker.valid_from:%Y-%m-%d} 至 {until}") if part
            ),
        )


def against_erasure(person: Person, on: date) -> Iterator[str]:
    """Somebody who still works is not forgotten."""
    here = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    if Worker.objects.filter(here, person=person).exists():
        yield "本人还在社工队伍的在岗名册上，请先登记离岗。"
