"""Who may see and change a person's file, and who may read who read it."""

from __future__ import annotations

from django.db.models import Q

from sanshe.accounts.public import Role
from sanshe.kernel.access import Access, anywhere, holds, inherits, nobody, own, system, where

from .models import Person, ReadLog

#: Commands that load people: the demo, imports.
SETUP = "人员初始化"

_near = holds(Role.FRONT_DESK, Role.COMMUNITY_WORKER, Role.COMMUNITY_LEAD)
_homeless = where(Q(area__isnull=True), "尚未归入社区的人员") & anywhere(Role.FRONT_DESK)


class PersonAccess(Access[Person]):
    """A file is read where the person lives, by those who serve there, and by the person."""

    model = Person
    see = own("user") | _near | _homeless | system(SETUP)
    change = holds(Role.FRONT_DESK, Role.COMMUNITY_WORKER) | _homeless | system(SETUP)
    unmask = holds(Role.FRONT_DESK, Role.COMMUNITY_WORKER) | _homeless
    # Entering someone in spite of a likely duplicate is a right of its own (product.md B4).
    override = holds(Role.COMMUNITY_LEAD) | system(SETUP)
    reads = own("user")


class ReadLogAccess(Access[ReadLog]):
    """The log of readings is the person's own."""

    model = ReadLog
    see = inherits("person", PersonAccess, "reads")
    change = nobody()


#: Who may look for a person by the whole number or phone, wherever that person lives: any window serves everyone.
MAY_LOOK = anywhere(Role.FRONT_DESK, Role.COMMUNITY_WORKER, Role.COMMUNITY_LEAD) | system(SETUP)
