"""What other modules may use of people."""

from .models import Person

__all__ = ["Person"]
