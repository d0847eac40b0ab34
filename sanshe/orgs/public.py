"""What other modules may use of social organisations."""

from .access import OrganisationAccess
from .actions import register
from .models import Incubator, Organisation, OrganisationActivity, OrganisationServes, Residency
from .queries import (
    active_organisations,
    agencies_serving,
    community_organisations,
    incubators_on,
    organisation_of_body,
    organisations,
    residents_on,
    suppliers,
)
from .words import IncubatorLevel, Standing

__all__ = [
    "Incubator",
    "IncubatorLevel",
    "Organisation",
    "OrganisationAccess",
    "OrganisationActivity",
    "OrganisationServes",
    "Residency",
    "Standing",
    "active_organisations",
    "agencies_serving",
    "community_organisations",
    "incubators_on",
    "organisation_of_body",
    "organisations",
    "register",
    "residents_on",
    "suppliers",
]
