"""What other modules may use of facilities."""

from .models import Facility, Room

__all__ = ["Facility", "Room"]
