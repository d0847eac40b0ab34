"""What other modules may use of disputes: counts, no rows."""

from .queries import figures

__all__ = ["figures"]
