"""What deliberations add to a person's file."""

from __future__ import annotations

from collections.abc import Iterator

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.people.public import FileRow, Person

from .access import DeliberationAccess


def file_rows(viewer: Viewer, person: Person) -> Iterator[FileRow]:
    """The deliberations in which the person's account takes part, as far as the viewer may see them."""
    if person.user_id is None:
        return
    rows = DeliberationAccess.rows(viewer).filter(participants__user=person.user_id).select_related("area")
    for talk in rows.order_by("-pk").distinct()[:50]:
        opened = f"{clock.local(talk.opened_at):%Y-%m-%d}" if talk.opened_at else "未开始"
        yield FileRow(
            title=str(talk),
            url=talk.get_absolute_url(),
            state=str(talk.get_state_display()),
            meta=(str(talk.area), opened),
        )
