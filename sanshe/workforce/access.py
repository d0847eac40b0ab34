"""Who may see and keep the workforce."""

from sanshe.accounts.public import Role
from sanshe.kernel.access import Access, everyone, holds, inherits, not_own, own, works_for

from .models import (
    AllowanceLine,
    AllowanceSheet,
    Certificate,
    ContinuingEducation,
    Expert,
    ExpertTie,
    RoomLog,
    RoomStaff,
    SocialWorkRoom,
    StaffPost,
    Worker,
)

OFFICERS = (Role.STREET_OFFICER, Role.DISTRICT_OFFICER)
KEEPERS = (Role.COMMUNITY_LEAD, *OFFICERS)
READERS = (Role.COMMUNITY_WORKER, Role.FRONT_DESK, Role.SERVICE_CENTRE, *KEEPERS)


class WorkerAccess(Access[Worker]):
    """The register of talent: staff of the area and above, one's own agency, oneself."""

    model = Worker
    see = holds(*READERS) | works_for(Role.ORG_MANAGER) | own("person__user")
    add = holds(*KEEPERS) | works_for(Role.ORG_MANAGER)
    keep = holds(*KEEPERS) | works_for(Role.ORG_MANAGER)


def _of_worker(verb: str) -> inherits:
    return inherits("worker", WorkerAccess, verb)


class CertificateAccess(Access[Certificate]):
    """Seen and kept with the worker; who holds it does not keep it."""

    model = Certificate
    see = _of_worker("see")
    add = _of_worker("add")
    keep = _of_worker("keep")


class ContinuingEducationAccess(Access[ContinuingEducation]):
    """As certificates."""

    model = ContinuingEducation
    see = _of_worker("see")
    add = _of_worker("add")
    keep = _of_worker("keep")


class StaffPostAccess(Access[StaffPost]):
    """Posts are set up by the street and the New Area; communities see them."""

    model = StaffPost
    see = holds(*READERS) | works_for(Role.ORG_MANAGER)
    add = holds(*OFFICERS)
    keep = holds(*OFFICERS)


class SocialWorkRoomAccess(Access[SocialWorkRoom]):
    """Where a room is and when it opens is for everybody."""

    model = SocialWorkRoom
    see = everyone()
    add = holds(*KEEPERS)
    keep = holds(*KEEPERS)
    tell = holds(Role.COMMUNITY_WORKER, Role.COMMUNITY_LEAD)


class RoomStaffAccess(Access[RoomStaff]):
    """Who is in charge of a room is said to everybody."""

    model = RoomStaff
    see = everyone()
    add = inherits("room", SocialWorkRoomAccess, "keep")
    keep = inherits("room", SocialWorkRoomAccess, "keep")


class RoomLogAccess(Access[RoomLog]):
    """What a room did is said to everybody; its own people write it."""

    model = RoomLog
    see = everyone()
    add = inherits("room", SocialWorkRoomAccess, "tell")
    keep = inherits("room", SocialWorkRoomAccess, "tell")


class AllowanceSheetAccess(Access[AllowanceSheet]):
    """The street works it out and checks it, the New Area approves it; others do not see it."""

    model = AllowanceSheet
    see = holds(*OFFICERS)
    add = holds(*OFFICERS)
    compute = holds(*OFFICERS)
    submit = holds(Role.STREET_OFFICER)
    approve = holds(Role.DISTRICT_OFFICER) & not_own("submitted_by", "报送人")


class AllowanceLineAccess(Access[AllowanceLine]):
    """With the sheet; and one's own lines."""

    model = AllowanceLine
    see = inherits("sheet", AllowanceSheetAccess) | own("worker__person__user")


class ExpertAccess(Access[Expert]):
    """The pool of experts is not public; an expert sees their own entry."""

    model = Expert
    see = own("user") | holds(Role.STREET_PURCHASE, Role.DISTRICT_OFFICER)
    draw = holds(Role.STREET_PURCHASE, Role.DISTRICT_OFFICER)


class ExpertTieAccess(Access[ExpertTie]):
    """Ties are told by the expert and read by those who draw."""

    model = ExpertTie
    see = own("expert__user") | holds(Role.STREET_PURCHASE, Role.DISTRICT_OFFICER, area="expert__area")
