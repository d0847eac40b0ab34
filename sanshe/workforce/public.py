"""What other modules may use of the workforce."""

from .access import WorkerAccess
from .actions import enter_expert, open_room, put_in_charge, tell_tie
from .models import Certificate, Expert, RoomStaff, SocialWorkRoom, StaffPost, Worker
from .queries import (
    certified,
    community_workers,
    experts_without_interest,
    holds_certificate,
    professionals_in_post,
    rooms_on,
    workers_on,
)
from .simulate import simulation
from .words import Level, WorkerKind

__all__ = [
    "Certificate",
    "Expert",
    "Level",
    "RoomStaff",
    "SocialWorkRoom",
    "StaffPost",
    "Worker",
    "WorkerAccess",
    "WorkerKind",
    "certified",
    "community_workers",
    "enter_expert",
    "experts_without_interest",
    "holds_certificate",
    "open_room",
    "professionals_in_post",
    "put_in_charge",
    "rooms_on",
    "simulation",
    "tell_tie",
    "workers_on",
]
