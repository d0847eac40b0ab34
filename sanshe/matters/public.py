"""What other modules may use of matters."""

from .access import MatterAccess, PublicMatterAccess
from .actions.criteria import load_criteria
from .actions.handling import return_grounds
from .actions.receiving import Received, receive
from .actions.taking_over import TAKERS, take_over
from .actions.together import finish_joint, hand_back, joint_begun, joint_waits
from .beside import Beside, beside_matter
from .by_program import matter_of, offers, part_offers, take_part_step, take_step, waiting_parts
from .flow import FLOW
from .flow_parts import ASSIST
from .hot import TopicOffer, hot_topic, on_hot_topic, rising_topics, topic_matters
from .imports import Row as ImportedRow
from .imports import moment, without_numbers
from .models import Assist, CallBack, Criterion, Handling, HotTopic, Matter, PublicMatter, Rating, Triage
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
from .voices import reporters_voice, units_voice
from .words import CLOSED, OPEN, AssistState, Channel, Grade, MatterState, Route

__all__ = [
    "ASSIST",
    "CLOSED",
    "FLOW",
    "OPEN",
    "TAKERS",
    "Assist",
    "AssistState",
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
    "part_offers",
    "plain",
    "poor_callbacks",
    "receive",
    "reporters_voice",
    "return_grounds",
    "rising_topics",
    "satisfaction_rows",
    "simulate_matters",
    "take_over",
    "take_part_step",
    "take_step",
    "topic_matters",
    "triaged_by_criteria",
    "units_voice",
    "waiting_parts",
    "without_numbers",
]
