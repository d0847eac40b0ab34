"""What other modules may use of people."""

from .access import SETUP
from .actions import Duplicate, find_or_make, log_read, make_person
from .beyond import FileRow, erasure_block, file_section, on_erasure
from .homes import home_areas, home_of, lives_in
from .invented import SURNAMES, invented_citizen_number, invented_name
from .models import Household, HouseholdMember, Person
from .queries import (
    PersonCard,
    by_number,
    by_phone_and_name,
    find_at_house,
    find_people,
    has_met,
    households_in,
    person_card,
    person_of,
)
from .references import person_reference
from .simulate import simulation
from .words import HouseholdKind, PaperKind, ReadKind, Relation


def find_person(*, citizen_number: str = "", phone: str = "", name: str = "") -> Person | None:
    """Return the person of a citizen number, else of a phone together with a name; None when there is none."""
    found = by_number(citizen_number) if citizen_number else None
    return found or (by_phone_and_name(phone, name) if phone else None)


__all__ = [
    "SETUP",
    "SURNAMES",
    "Duplicate",
    "FileRow",
    "Household",
    "HouseholdKind",
    "HouseholdMember",
    "PaperKind",
    "Person",
    "PersonCard",
    "ReadKind",
    "Relation",
    "erasure_block",
    "file_section",
    "find_at_house",
    "find_or_make",
    "find_people",
    "find_person",
    "has_met",
    "home_areas",
    "home_of",
    "households_in",
    "invented_citizen_number",
    "invented_name",
    "lives_in",
    "log_read",
    "make_person",
    "on_erasure",
    "person_card",
    "person_of",
    "person_reference",
    "simulation",
]
