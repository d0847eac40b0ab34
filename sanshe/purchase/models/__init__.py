"""Tables of buying services: needs and projects, comparison selections and bids, contracts and what becomes of them."""

from .calls import Award, Bid, Call, Criterion, Drawn, Objection, Score
from .contracts import Acceptance, Contract, Delivery, Evaluation
from .projects import Need, Project

__all__ = [
    "Acceptance",
    "Award",
    "Bid",
    "Call",
    "Contract",
    "Criterion",
    "Delivery",
    "Drawn",
    "Evaluation",
    "Need",
    "Objection",
    "Project",
    "Score",
]
