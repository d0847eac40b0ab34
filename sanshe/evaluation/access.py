"""Who may see and keep what is evaluated. All of it is honours and progress, which the public may read."""

from sanshe.accounts.public import Role
from sanshe.kernel.access import Access, everyone, holds

from .models import Brand, DemonstrationSite, SiteCoverage, SmartCommunityStage, ZoneStage

OFFICERS = (Role.DISTRICT_OFFICER, Role.STREET_OFFICER)


class DemonstrationSiteAccess(Access[DemonstrationSite]):
    """Sites are entered by the officers of the area that has them."""

    model = DemonstrationSite
    see = everyone()
    add = holds(*OFFICERS)
    keep = holds(*OFFICERS)


class SiteCoverageAccess(Access[SiteCoverage]):
    """A community's coverage is stated by the officers above it."""

    model = SiteCoverage
    see = everyone()
    add = holds(*OFFICERS)
    keep = holds(*OFFICERS)


class BrandAccess(Access[Brand]):
    """A community's lead keeps its feature, the street its brand."""

    model = Brand
    see = everyone()
    add = holds(*OFFICERS, Role.COMMUNITY_LEAD)
    keep = holds(*OFFICERS, Role.COMMUNITY_LEAD)


class ZoneStageAccess(Access[ZoneStage]):
    """The New Area applies, so the New Area states how far it is."""

    model = ZoneStage
    see = everyone()
    add = holds(Role.DISTRICT_OFFICER)
    keep = holds(Role.DISTRICT_OFFICER)


class SmartCommunityStageAccess(Access[SmartCommunityStage]):
    """The roll-out is led by street and New Area."""

    model = SmartCommunityStage
    see = everyone()
    add = holds(*OFFICERS)
    keep = holds(*OFFICERS)
