"""Who can be found: by name among the files that the viewer may see, by the whole number wherever they live."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.search import Hit, Searchable, declare

from .access import MAY_LOOK, PersonAccess
from .actions import log_read
from .models import Person
from .queries import find_people, person_card
from .words import ReadKind

#: Digits from which on a text may be the whole number of a person: a landline without its area code has as many.
DIGITS = 7


def by_whole_number(viewer: Viewer, typed: str) -> list[Hit]:
    """The people of a whole number or phone, masked; each hit is written down as read."""
    if sum(c.isdigit() for c in typed) < DIGITS or MAY_LOOK.q(viewer) is not True:
        return []
    now = clock.now()
    found = find_people(viewer, typed)
    hits = []
    for person in found:
        log_read(person=person, kind=ReadKind.FOUND, by=viewer, now=now)
        card = person_card(viewer, person)
        line = " · ".join(part for part in (card.number, card.phone, card.community) if part)
        hits.append(Hit(card.name, line, card.url, "号码相符，本次查询已记录在案"))
    return hits


def _files(viewer: Viewer) -> QuerySet[Any]:
    return PersonAccess.rows(viewer).filter(anonymised_at__isnull=True)


def _line(row: Person) -> str:
    community = row.area.short_name if row.area else "未归入社区"
    return " · ".join(part for part in (row.citizen_masked or row.paper_masked, row.phone_masked, community) if part)


declare(
    Searchable(
        name="people",
        title="人员",
        access=PersonAccess,
        fields=("name",),
        heading=lambda row: str(row.name),
        line=_line,
        area="area",
        related=("area",),
        # A resident's own file is one step away under 「我的」.
        offered=lambda viewer: viewer.is_staff,
        rows=_files,
        typing=False,
        exactly=by_whole_number,
        indexed=True,
        rank=20,
    )
)
