"""What other modules may use of exchange."""

from .actions.arriving import pictures
from .actions.calls import note_call, of_token
from .models import Token
from .signing import NotProven, TooOften
from .words import Scope

__all__ = ["NotProven", "Scope", "Token", "TooOften", "note_call", "of_token", "pictures"]
