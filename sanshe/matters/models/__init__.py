"""Tables of matters."""

from .applications import ApplicationMaterial, DraftFile
from .duties import DutyItem, DutyList
from .following import Inquiry, Support
from .hot import HotTopic, TopicMember
from .matter import Matter, PublicMatter, WindowMatter
from .parts import Assist, Attachment, Extension, HelpOffer, Objection, OversightOrder
from .rating import CallBack, Handling, Rating
from .services import ServiceItem
from .suggestion import Suggestion
from .tasks import TaskOrder, TaskPart
from .triage import CriteriaSet, Criterion, Triage
from .watching import Ending, MatterReturn

__all__ = [
    "ApplicationMaterial",
    "Assist",
    "Attachment",
    "CallBack",
    "CriteriaSet",
    "Criterion",
    "DraftFile",
    "DutyItem",
    "DutyList",
    "Ending",
    "Extension",
    "Handling",
    "HelpOffer",
    "HotTopic",
    "Inquiry",
    "Matter",
    "MatterReturn",
    "Objection",
    "OversightOrder",
    "PublicMatter",
    "Rating",
    "ServiceItem",
    "Suggestion",
    "Support",
    "TaskOrder",
    "TaskPart",
    "TopicMember",
    "Triage",
    "WindowMatter",
]
