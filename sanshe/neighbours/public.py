"""What other modules may use of mutual help."""

from .queries import counts_shown, figures, minutes_of

__all__ = ["counts_shown", "figures", "minutes_of"]
