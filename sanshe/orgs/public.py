"""What other modules may use of social organisations."""

from .actions import register
from .models import Organisation
from .queries import organisation_of_body, organisations, suppliers
from .words import Standing

__all__ = ["Organisation", "Standing", "organisation_of_body", "organisations", "register", "suppliers"]
