"""Who speaks when another system speaks: for the unit that has a matter there, or for the one who brought it up there.

They have the rights of whom they speak for, on these rows, and no others; the audit names the system.
"""

from __future__ import annotations

from sanshe.accounts.public import Role
from sanshe.kernel.access import Grants, Viewer

from .access import Bearer


def units_voice(name: str, unit_id: int) -> Viewer:
    """The system `name` acting as the handler of a unit, never as its lead: what needs a review stays with people."""
    grants = Grants(bodies={str(Role.UNIT_HANDLER): frozenset({unit_id})}, posts=(name,))
    return Viewer(None, name, grants, system=name)


def reporters_voice(name: str, matter_id: int) -> Viewer:
    """The system `name` passing on what the reporter of one matter said there, as whoever holds its receipt."""
    voice = Bearer(Viewer.system_account(name), matter_id)
    voice.name = voice.system = name
    return voice
