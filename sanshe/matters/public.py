"""What other modules may use of matters."""

from .access import MatterAccess, PublicMatterAccess
from .actions.criteria import load_criteria
from .actions.together import finish_joint, hand_back, joint_begun, joint_waits
from .beside import Beside, beside_matter
from .flow import FLOW
from .models import CallBack, Criterion, Handling, Matter, PublicMatter, Rating, Triage
from .queries import (
    board_figures,
    board_teaser,
    joint_matters,
    my_matters,
    poor_callbacks,
    satisfaction_rows,
    triaged_by_criteria,
)
from .simulate import simulate_matters
from .words import Grade, MatterState, Route

__all__ = [
    "FLOW",
    "Beside",
    "CallBack",
    "Criterion",
    "Grade",
    "Handling",
    "Matter",
    "MatterAccess",
    "MatterState",
    "PublicMatter",
    "PublicMatterAccess",
    "Rating",
    "Route",
    "Triage",
    "beside_matter",
    "board_figures",
    "board_teaser",
    "finish_joint",
    "hand_back",
    "joint_begun",
    "joint_matters",
    "joint_waits",
    "load_criteria",
    "my_matters",
    "poor_callbacks",
    "satisfaction_rows",
    "simulate_matters",
    "triaged_by_criteria",
]
