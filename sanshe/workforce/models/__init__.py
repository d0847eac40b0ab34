"""Tables of the workforce. Validity is half-open: in force from `valid_from` up to, but not on, `valid_to`."""

from .allowance import AllowanceLine, AllowanceSheet
from .experts import Expert, ExpertTie
from .people import Certificate, ContinuingEducation, StaffPost, Worker
from .rooms import RoomLog, RoomStaff, SocialWorkRoom

__all__ = [
    "AllowanceLine",
    "AllowanceSheet",
    "Certificate",
    "ContinuingEducation",
    "Expert",
    "ExpertTie",
    "RoomLog",
    "RoomStaff",
    "SocialWorkRoom",
    "StaffPost",
    "Worker",
]
