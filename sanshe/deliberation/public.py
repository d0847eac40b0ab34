"""What other modules may use of deliberation."""

from __future__ import annotations

from .access import DeliberationAccess, NeedAccess
from .flow import FLOW
from .models import Deliberation, Outcome, OutcomeNeed
from .queries import communities_deliberating, needs_of, open_talks, outcome_of
from .words import DeliberationState, ServiceField

__all__ = [
    "FLOW",
    "Deliberation",
    "DeliberationAccess",
    "DeliberationState",
    "NeedAccess",
    "Outcome",
    "OutcomeNeed",
    "ServiceField",
    "communities_deliberating",
    "needs_of",
    "open_talks",
    "outcome_of",
]
