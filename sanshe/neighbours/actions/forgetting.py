"""What mutual help knows of a person, forgotten with the file."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from sanshe.kernel.access import Viewer
from sanshe.people.public import Person

from ..models import Block, Pair, Post


def forget_neighbour(person: Person, by: Viewer, now: datetime) -> None:
    """Empty name, phone and words of the person's posts and pairs; whom they did not want to see goes too."""
    mine = Q(person=person)
    if person.user_id is not None:
        mine |= Q(user=person.user_id)
        Block.objects.filter(Q(by=person.user_id) | Q(whom=person.user_id)).delete()
        Pair.objects.filter(Q(helper=person.user_id) | Q(seeker=person.user_id)).update(words="")
    for found in Post.objects.filter(mine):
        found.name, found.phone, found.text = "（已删除）", None, "（已删除）"
        found.save(update_fields=["name", "phone", "text"])
