"""What buying services holds about one organisation, for its one file."""

from __future__ import annotations

from collections.abc import Iterator

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.money import money_wan
from sanshe.orgs.public import FileItem, Organisation

from .access.contracts import ContractAccess
from .access.projects import ProjectAccess

LINES = 20


def contracts(viewer: Viewer, organisation: Organisation) -> Iterator[FileItem]:
    """Its contracts that the viewer may see, newest first."""
    if organisation.body_id is None:
        return
    rows = ContractAccess.rows(viewer).filter(supplier=organisation.body_id).select_related("project", "area")
    for one in rows.order_by("-begins_on")[:LINES]:
        note = (
            f"{one.get_state_display()} · {one.area} · {money_wan(one.amount / 100)} · "
            f"{clock.say_day(one.begins_on)}至{clock.say_day(one.ends_on)}"
        )
        yield FileItem(str(one), note, one.get_absolute_url())


def projects(viewer: Viewer, organisation: Organisation) -> Iterator[FileItem]:
    """The projects that it carries out, or carried out."""
    if organisation.body_id is None:
        return
    mine = ContractAccess.rows(viewer).filter(supplier=organisation.body_id).values("project")
    for one in ProjectAccess.rows(viewer).filter(pk__in=mine).select_related("area").order_by("-pk")[:LINES]:
        yield FileItem(one.title, f"{one.get_state_display()} · {one.area}", one.get_absolute_url())
