"""Who may see and keep the register of social organisations."""

from sanshe.accounts.public import Role
from sanshe.kernel.access import Access, everyone, holds, works_for

from .models import Organisation


class OrganisationAccess(Access[Organisation]):
    """What the register holds is public (notice 二(二)2: organisations disclose themselves)."""

    model = Organisation
    see = everyone()
    keep = holds(Role.STREET_OFFICER, Role.DISTRICT_OFFICER) | works_for(Role.ORG_MANAGER)
    add = holds(Role.STREET_OFFICER, Role.DISTRICT_OFFICER)
