"""What a dispute knows of a party, forgotten with the person's file."""

from __future__ import annotations

from datetime import datetime

from sanshe.kernel.access import Viewer
from sanshe.people.public import Person

from ..models import MediatorTie, Party


def forget_party(person: Person, by: Viewer, now: datetime) -> None:
    """Empty name and phone, and undo the links. The people module asks why not before."""
    rows = list(Party.objects.filter(person=person))
    if person.user_id is not None:
        rows += list(Party.objects.filter(user=person.user_id, person__isnull=True))
    for party in rows:
        party.name, party.phone, party.user_id = "（已删除）", None, None
        party.save(update_fields=["name", "phone", "user"])
    MediatorTie.objects.filter(person=person).delete()
