"""Who is calling: found by phone or citizen number in the person index, shown masked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.people import public as people


@dataclass
class Caller:
    """What the desk sees of a caller before filing."""

    typed: str
    person: Any = None
    phone: str = ""
    initial: dict[str, Any] = field(default_factory=dict)

    @property
    def found(self) -> bool:
        return self.person is not None


def find_caller(viewer: Viewer, typed: str) -> Caller | None:
    """The person of a phone or citizen number, if there is one whom the viewer may see; None when nothing was typed."""
    typed = typed.strip().replace("\x00", "")[:60]
    if not typed:
        return None
    digits = "".join(c for c in typed if c.isalnum())
    look = getattr(people, "find_caller", None)
    person = look(viewer, typed, clock.now()) if look else None
    is_phone = digits.isdigit() and 7 <= len(digits) <= 13
    caller = Caller(typed, person, typed if is_phone else (person.phone or "" if person else ""))
    caller.initial = {"caller": typed}
    if caller.phone:
        caller.initial["contact_phone"] = caller.phone
    if person is not None:
        caller.initial |= {"person": person.pk, "contact_name": person.name}
        if person.area_id:
            caller.initial["area"] = person.area_id
    return caller
