"""Who may see and keep facilities. Verb → rule.

Where a facility is and when it opens is for everybody; what is missing and planned is for the administration's posts.
"""

from sanshe.accounts.public import Role
from sanshe.kernel.access import Access, anywhere, everyone, holds, inherits, system

from .models import (
    AreaBorder,
    AreaPoint,
    CandidateSite,
    CommunityBase,
    DeveloperDuty,
    Facility,
    FacilityPlan,
    Room,
    SiteStudy,
)

#: The name under which the computation of sites works.
SURVEYOR = "选址测算"

OFFICERS = (Role.STREET_OFFICER, Role.DISTRICT_OFFICER)
KEEPERS = (Role.COMMUNITY_WORKER, Role.COMMUNITY_LEAD, *OFFICERS)
READERS = (Role.FRONT_DESK, Role.SERVICE_CENTRE, Role.STREET_PURCHASE, *KEEPERS)


class FacilityAccess(Access[Facility]):
    """A facility is kept by its community and by those above it."""

    model = Facility
    see = everyone()
    add = holds(*KEEPERS)
    keep = holds(*KEEPERS)


class RoomAccess(Access[Room]):
    """A room is kept by those who keep its facility."""

    model = Room
    see = inherits("facility", FacilityAccess)
    add = inherits("facility", FacilityAccess, "keep")
    keep = inherits("facility", FacilityAccess, "keep")


class CommunityBaseAccess(Access[CommunityBase]):
    """What the norms are judged by."""

    model = CommunityBase
    see = anywhere(*READERS)
    add = holds(Role.COMMUNITY_LEAD, *OFFICERS)
    keep = holds(Role.COMMUNITY_LEAD, *OFFICERS)


class AreaBorderAccess(Access[AreaBorder]):
    """Borders are public; officers enter them."""

    model = AreaBorder
    see = everyone()
    add = holds(*OFFICERS)
    keep = holds(*OFFICERS)


class AreaPointAccess(Access[AreaPoint]):
    """Where a place lies."""

    model = AreaPoint
    see = everyone()
    add = holds(*KEEPERS)
    keep = holds(*KEEPERS)


class CandidateSiteAccess(Access[CandidateSite]):
    """Places that could be taken, with their cost."""

    model = CandidateSite
    see = anywhere(*READERS)
    add = holds(Role.COMMUNITY_LEAD, *OFFICERS)
    keep = holds(Role.COMMUNITY_LEAD, *OFFICERS)


class FacilityPlanAccess(Access[FacilityPlan]):
    """A plan may be proposed by the community; that it is done is said by the street or the New Area."""

    model = FacilityPlan
    see = anywhere(*READERS)
    add = holds(Role.COMMUNITY_LEAD, *OFFICERS)
    keep = holds(Role.COMMUNITY_LEAD, *OFFICERS)
    finish = holds(*OFFICERS)


class DeveloperDutyAccess(Access[DeveloperDuty]):
    """A developer's duty is entered, checked and taken over by officers."""

    model = DeveloperDuty
    see = anywhere(*READERS)
    add = holds(*OFFICERS)
    keep = holds(*OFFICERS)


class SiteStudyAccess(Access[SiteStudy]):
    """Officers have sites computed for their area; the computation itself is scheduled work."""

    model = SiteStudy
    see = holds(Role.SERVICE_CENTRE, *OFFICERS) | system(SURVEYOR)
    add = holds(*OFFICERS)
    compute = system(SURVEYOR)
