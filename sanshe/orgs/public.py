"""What other modules may use of social organisations."""

from .access import OrganisationAccess
from .actions import register
from .file import FileItem, file_section
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
from .references import organisation_reference
from .simulate import simulation
from .words import IncubatorLevel, Standing

__all__ = [
    "FileItem",
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
    "file_section",
    "incubators_on",
    "organisation_of_body",
    "organisation_reference",
    "organisations",
    "register",
    "residents_on",
    "simulation",
    "suppliers",
]
