"""Who may see and change a person's file, and who may read who read it."""

from __future__ import annotations

from django.db.models import Q

from sanshe.accounts.public import Role
from sanshe.kernel.access import Access, anywhere, holds, inherits, nobody, not_own, own, system, where

from .models import Finding, Household, HouseholdMember, Merge, Person, ReadLog, RightsRequest

#: Commands that load people: the demo, imports.
SETUP = "人员初始化"
#: The daily work of the rules of retention.
RETENTION = "留存规则"

_near = holds(Role.FRONT_DESK, Role.COMMUNITY_WORKER, Role.COMMUNITY_LEAD)
# A likely duplicate may lie in two communities of one street: who clears it up sees both, masked; each look is logged.
_above = holds(Role.STREET_OFFICER)
_homeless = where(Q(area__isnull=True), "尚未归入社区的人员") & anywhere(Role.FRONT_DESK)


class PersonAccess(Access[Person]):
    """A file is read where the person lives, by those who serve there, and by the person."""

    model = Person
    see = own("user") | _near | _above | _homeless | system(SETUP, RETENTION)
    change = holds(Role.FRONT_DESK, Role.COMMUNITY_WORKER) | _homeless | system(SETUP)
    # The register's verbs: a new row must lie where the viewer serves.
    add = holds(Role.FRONT_DESK, Role.COMMUNITY_WORKER) | system(SETUP)
    keep = holds(Role.FRONT_DESK, Role.COMMUNITY_WORKER) | system(SETUP)
    unmask = holds(Role.FRONT_DESK, Role.COMMUNITY_WORKER) | _homeless
    # Making two files one, and taking them apart again: not for those who enter them.
    merge = holds(Role.COMMUNITY_LEAD, Role.STREET_OFFICER)
    # Entering someone in spite of a likely duplicate is a right of its own (product.md B4).
    override = holds(Role.COMMUNITY_LEAD) | system(SETUP)
    reads = own("user")


_keepers = holds(Role.FRONT_DESK, Role.COMMUNITY_WORKER) | system(SETUP)


class HouseholdAccess(Access[Household]):
    """Households are kept by those who serve in their community."""

    model = Household
    see = _near | _above | system(SETUP)
    add = _keepers
    keep = _keepers
    unmask = holds(Role.FRONT_DESK, Role.COMMUNITY_WORKER)


_keep_members = inherits("household", HouseholdAccess, "keep")


class MemberAccess(Access[HouseholdMember]):
    """Members are seen and kept with their household."""

    model = HouseholdMember
    see = inherits("household", HouseholdAccess)
    add = _keep_members
    keep = _keep_members


class MergeAccess(Access[Merge]):
    """A merging is seen and undone by those who may merge the kept file."""

    model = Merge
    see = inherits("kept", PersonAccess, "merge")
    split = inherits("kept", PersonAccess, "merge")


_deciders = holds(Role.COMMUNITY_WORKER, Role.COMMUNITY_LEAD)


class RightsAccess(Access[RightsRequest]):
    """A request is the person's own; it is answered in the community that keeps the file, not by the person."""

    model = RightsRequest
    see = own("person__user") | _near | _homeless
    decide = (_deciders | _homeless) & not_own("person__user")
    hand_over = (_near | _homeless) & not_own("person__user")
    fetch = own("person__user")
    withdraw = own("person__user")


class FindingAccess(Access[Finding]):
    """Numbers in free texts: the security administrator everywhere, a lead in the own area."""

    model = Finding
    see = anywhere(Role.SECURITY_ADMIN) | holds(Role.COMMUNITY_LEAD) | system()
    settle = anywhere(Role.SECURITY_ADMIN) | holds(Role.COMMUNITY_LEAD)


class ReadLogAccess(Access[ReadLog]):
    """The log of readings is the person's own."""

    model = ReadLog
    see = inherits("person", PersonAccess, "reads")
    change = nobody()


#: Who may look for a person by the whole number or phone, wherever that person lives: any window serves everyone.
MAY_LOOK = anywhere(Role.FRONT_DESK, Role.COMMUNITY_WORKER, Role.COMMUNITY_LEAD) | system(SETUP)
