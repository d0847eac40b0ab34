"""Tables of areas, bodies, places and community set-up.

Validity is half-open everywhere: a row is in force from `valid_from` up to, but not on, `valid_to`.
"""

from .bodies import Body, BodyMember, BodySuccession, CommitteeNotice, NoticeQuestion
from .setup import ManagedBy, SetupApplication
from .tree import Area, AreaSuccession, AreaVersion, Place

__all__ = [
    "Area",
    "AreaSuccession",
    "AreaVersion",
    "Body",
    "BodyMember",
    "BodySuccession",
    "CommitteeNotice",
    "ManagedBy",
    "NoticeQuestion",
    "Place",
    "SetupApplication",
]
