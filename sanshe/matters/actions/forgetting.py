"""What a matter knows of who reported it, forgotten with the person's file."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from sanshe.kernel.access import Viewer
from sanshe.people.public import Person

from ..models import Matter, Suggestion


def forget_reporter(person: Person, by: Viewer, now: datetime) -> None:
    """Empty name and phone in the person's matters. The people module asks why not before."""
    mine = Q(person=person) | Q(reporter=person.user_id) if person.user_id else Q(person=person)
    matters = Matter.objects.filter(mine)
    # The words that decided a suggestion are the reporter's own.
    Suggestion.objects.filter(matter__in=matters.values("pk")).update(words=[])
    matters.update(contact_name="", contact_phone="", contact_phone_hash="")
