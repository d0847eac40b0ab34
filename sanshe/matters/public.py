"""What other modules may use of matters."""

from .access import MatterAccess, PublicMatterAccess
from .actions.criteria import load_criteria
from .actions.receiving import Received, receive
from .actions.taking_over import TAKERS, take_over
from .actions.together import finish_joint, hand_back, joint_begun, joint_waits
from .beside import Beside, beside_matter
from .by_program import matter_of, offers, take_step
from .flow import FLOW
from .hot import TopicOffer, hot_topic, on_hot_topic, topic_matters
from .imports import Row as ImportedRow
from .imports import moment, without_numbers
from .models import CallBack, Criterion, Handling, HotTopic, Matter, PublicMatter, Rating, Triage
from .proposal import criteria_in_force
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
from .text import plain
from .words import CLOSED, OPEN, Channel, Grade, MatterState, Route

__all__ = [
    "CLOSED",
    "FLOW",
    "OPEN",
    "TAKERS",
    "Beside",
    "CallBack",
    "Channel",
    "Criterion",
    "Grade",
    "Handling",
    "HotTopic",
    "ImportedRow",
    "Matter",
    "MatterAccess",
    "MatterState",
    "PublicMatter",
    "PublicMatterAccess",
    "Rating",
    "Received",
    "Route",
    "TopicOffer",
    "Triage",
    "beside_matter",
    "board_figures",
    "board_teaser",
    "criteria_in_force",
    "finish_joint",
    "hand_back",
    "hot_topic",
    "joint_begun",
    "joint_matters",
    "joint_waits",
    "load_criteria",
    "matter_of",
    "moment",
    "my_matters",
    "offers",
    "on_hot_topic",
    "plain",
    "poor_callbacks",
    "receive",
    "satisfaction_rows",
    "simulate_matters",
    "take_over",
    "take_step",
    "topic_matters",
    "triaged_by_criteria",
    "without_numbers",
]
