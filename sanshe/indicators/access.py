"""Who reads the figures of which area, and who plans."""

from sanshe.accounts.public import Role
from sanshe.kernel.access import Access, given_to, holds

from .models import FigureArea, GapPlan

OFFICERS = (Role.DISTRICT_OFFICER, Role.STREET_OFFICER)


class FigureAccess(Access[FigureArea]):
    """Officers read the figures of their area and of all below it; a community reads its own."""

    model = FigureArea
    see = holds(*OFFICERS, Role.SERVICE_CENTRE, Role.COMMUNITY_LEAD, Role.STREET_PURCHASE, area="self")
    plan = holds(*OFFICERS, area="self")


class GapPlanAccess(Access[GapPlan]):
    """A plan is read by those who read the figures of its area; its owner reports, the officers may end it."""

    model = GapPlan
    see = holds(*OFFICERS, Role.SERVICE_CENTRE, Role.COMMUNITY_LEAD) | given_to("owner", "负责人")
    carry = given_to("owner", "负责人")
    settle = holds(*OFFICERS) | given_to("owner", "负责人")
