"""Pages of deliberation."""

from . import desk, meeting, residents, steps

__all__ = ["desk", "meeting", "residents", "steps"]
