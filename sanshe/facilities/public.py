"""What other modules may use of facilities."""

from .actions import make_plan
from .gaps import Gap, Total, gap, total, worst_first
from .geometry import Position
from .households import Figure, figures
from .models import CommunityBase, Facility, FacilityPlan, Room
from .norms import kinds, parts
from .queries import facilities_of, nearest_area
from .simulate import simulation

__all__ = [
    "CommunityBase",
    "Facility",
    "FacilityPlan",
    "Figure",
    "Gap",
    "Position",
    "Room",
    "Total",
    "facilities_of",
    "figures",
    "gap",
    "kinds",
    "make_plan",
    "nearest_area",
    "parts",
    "simulation",
    "total",
    "worst_first",
]
