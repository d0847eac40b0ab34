"""Who reads the figures of which area."""

from sanshe.accounts.public import Role
from sanshe.kernel.access import Access, holds

from .models import FigureArea


class FigureAccess(Access[FigureArea]):
    """Officers read the figures of their area and of all below it; a community reads its own."""

    model = FigureArea
    see = holds(
        Role.DISTRICT_OFFICER, Role.STREET_OFFICER, Role.SERVICE_CENTRE, Role.COMMUNITY_LEAD, Role.STREET_PURCHASE,
        area="self",
    )  # fmt: skip
