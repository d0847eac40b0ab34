"""Tables of people. Number, phone and address are ciphertext; they are found by their keyed hash alone."""

from .care import Finding, RetentionRun, RightsRequest
from .household import Household, HouseholdMember
from .merging import Distinct, FormerNumber, Merge
from .person import Person, ReadLog

__all__ = [
    "Distinct",
    "Finding",
    "FormerNumber",
    "Household",
    "HouseholdMember",
    "Merge",
    "Person",
    "ReadLog",
    "RetentionRun",
    "RightsRequest",
]
