"""Who may see and keep the workforce."""

from sanshe.accounts.public import Role
from sanshe.kernel.access import Access, everyone, holds, own

from .models import Expert, ExpertTie, SocialWorkRoom


class SocialWorkRoomAccess(Access[SocialWorkRoom]):
    """Where a room is and when it opens is for everybody."""

    model = SocialWorkRoom
    see = everyone()
    keep = holds(Role.COMMUNITY_LEAD, Role.STREET_OFFICER)


class ExpertAccess(Access[Expert]):
    """The pool of experts is not public; an expert sees their own entry."""

    model = Expert
    see = own("user") | holds(Role.STREET_PURCHASE, Role.DISTRICT_OFFICER)
    draw = holds(Role.STREET_PURCHASE, Role.DISTRICT_OFFICER)


class ExpertTieAccess(Access[ExpertTie]):
    """Ties are told by the expert and read by those who draw."""

    model = ExpertTie
    see = own("expert__user") | holds(Role.STREET_PURCHASE, Role.DISTRICT_OFFICER, area="expert__area")
