"""Who is calling: found by the whole phone or citizen number, or by name with house; shown masked, each look logged."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.people.public import Person, PersonCard, person_card

from .. import actions

#: A name, and behind it where the house is told: 「周小满 3栋2-501」. The building may stand right behind the name.
_NAMED = re.compile(r"^([一-鿿·]{2,12})[\s,，、]+(.*\d.*)$|^([一-鿿·]{2,4})([A-Za-z]?\d.*)$")


@dataclass
class Caller:
    """What the desk sees of a caller before filing: a card each for who was found, and what fills the form."""

    typed: str
    cards: list[PersonCard] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    phone: str = ""
    name: str = ""
    by_house: bool = False

    @property
    def one(self) -> Person | None:
        """The person, when only one was found."""
        return self.people[0] if len(self.people) == 1 else None


def find_caller(viewer: Viewer, typed: str) -> Caller | None:
    """The people of what was typed; None when nothing was. Each finding is logged at the person, with the reason.

    One person found fills the form; of several the desk asks which. What the file holds stays masked: the action takes
    name and phone from it when the desk types none.
    """
    typed = " ".join(typed.replace("\x00", "").split())[:60]
    if not typed:
        return None
    named = _NAMED.match(typed)
    now = clock.now()
    if named:
        name, house = (named[1], named[2]) if named[1] else (named[3], named[4])
        people = actions.look_up_caller(typed=name, house=house, by=viewer, now=now)
        return Caller(typed, _cards(viewer, people), people, name=name, by_house=True)
    people = actions.look_up_caller(typed=typed, by=viewer, now=now)
    digits = "".join(c for c in typed if c.isdigit())
    return Caller(typed, _cards(viewer, people), people, phone=typed if 7 <= len(digits) <= 13 else "")


def _cards(viewer: Viewer, people: list[Person]) -> list[PersonCard]:
    return [person_card(viewer, person) for person in people]


def filled_by(caller: Caller | None) -> dict[str, Any]:
    """What a found caller fills in: the phone that was typed, the person, the community where they live."""
    if caller is None:
        return {}
    known: dict[str, Any] = {"contact_phone": caller.phone} if caller.phone else {}
    if not caller.people and caller.name:
        known["contact_name"] = caller.name
    if caller.one is not None:
        known["person"] = caller.one.pk
        if caller.one.area_id:
            known["area"] = caller.one.area_id
    return known
