"""Who is calling: found by the whole phone or citizen number in the person index, shown masked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.people.public import PersonCard, person_card

from .. import actions


@dataclass
class Caller:
    """What the desk sees of a caller before filing: a card each for who has that number, and what fills the form."""

    typed: str
    cards: list[PersonCard] = field(default_factory=list)
    phone: str = ""
    initial: dict[str, Any] = field(default_factory=dict)


def find_caller(viewer: Viewer, typed: str) -> Caller | None:
    """The people of a phone or citizen number; None when nothing was typed. Each finding is logged at the person.

    One person found fills the form; of several the desk asks which. What the file holds stays masked: the action takes
    name and phone from it when the desk types none.
    """
    typed = typed.strip().replace("\x00", "")[:60]
    if not typed:
        return None
    people = actions.look_up_caller(typed=typed, by=viewer, now=clock.now())
    digits = "".join(c for c in typed if c.isdigit())
    caller = Caller(typed, [person_card(viewer, person) for person in people])
    caller.phone = typed if 7 <= len(digits) <= 13 else ""
    caller.initial = {"caller": typed, "contact_phone": caller.phone}
    if len(people) == 1:
        caller.initial["person"] = people[0].pk
        if people[0].area_id:
            caller.initial["area"] = people[0].area_id
    return caller
