"""What other modules may use of the workforce."""

from .actions import enter_expert, open_room, tell_tie
from .models import Expert, SocialWorkRoom
from .queries import experts_without_interest, rooms_on

__all__ = [
    "Expert",
    "SocialWorkRoom",
    "enter_expert",
    "experts_without_interest",
    "open_room",
    "rooms_on",
    "tell_tie",
]
