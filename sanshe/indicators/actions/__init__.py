"""The only writers of the indicators: plans, stored figures."""

from .figures import compute, compute_missing
from .plans import drop, finish, report, start

__all__ = ["compute", "compute_missing", "drop", "finish", "report", "start"]
