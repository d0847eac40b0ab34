"""Who may see and keep the register of social organisations."""

from sanshe.accounts.public import Role
from sanshe.kernel.access import Access, everyone, holds, inherits, works_for

from .models import Incubator, Organisation, OrganisationActivity, OrganisationServes, Residency, TriageAnswer

OFFICERS = (Role.STREET_OFFICER, Role.DISTRICT_OFFICER)


class OrganisationAccess(Access[Organisation]):
    """What the register holds is public (notice 二(二)2: organisations disclose themselves).

    `tell`: enter what it did and where it serves; the community keeps the small ones that it guides (二(二)1).
    """

    model = Organisation
    see = everyone()
    keep = holds(*OFFICERS) | works_for(Role.ORG_MANAGER)
    add = holds(*OFFICERS)
    tell = holds(*OFFICERS, Role.COMMUNITY_LEAD, Role.COMMUNITY_WORKER) | works_for(Role.ORG_MANAGER)


def _with(verb: str) -> inherits:
    return inherits("organisation", OrganisationAccess, verb)


class OrganisationServesAccess(Access[OrganisationServes]):
    """Public as the organisation."""

    model = OrganisationServes
    see = _with("see")
    add = _with("tell")
    keep = _with("tell")


class OrganisationActivityAccess(Access[OrganisationActivity]):
    """Public as the organisation."""

    model = OrganisationActivity
    see = _with("see")
    add = _with("tell")
    keep = _with("tell")


class IncubatorAccess(Access[Incubator]):
    """Public; set up by the New Area and the streets."""

    model = Incubator
    see = everyone()
    add = holds(*OFFICERS)
    keep = holds(*OFFICERS)


class ResidencyAccess(Access[Residency]):
    """Public; kept by whoever keeps the incubator."""

    model = Residency
    see = everyone()
    add = inherits("incubator", IncubatorAccess, "keep")
    keep = inherits("incubator", IncubatorAccess, "keep")


class TriageAnswerAccess(Access[TriageAnswer]):
    """Kept with the organisation, read by those who look after it."""

    model = TriageAnswer
    see = _with("tell")
    add = _with("keep")
