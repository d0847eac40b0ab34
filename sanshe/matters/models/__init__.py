"""Tables of matters."""

from .applications import ApplicationMaterial
from .following import Inquiry, Support
from .matter import Matter, PublicMatter
from .parts import Assist, Attachment, Extension, HelpOffer, Objection, OversightOrder
from .rating import CallBack, Handling, Rating
from .services import ServiceItem
from .suggestion import Suggestion
from .triage import CriteriaSet, Criterion, Triage

__all__ = [
    "ApplicationMaterial",
    "Assist",
    "Attachment",
    "CallBack",
    "CriteriaSet",
    "Criterion",
    "Extension",
    "Handling",
    "HelpOffer",
    "Inquiry",
    "Matter",
    "Objection",
    "OversightOrder",
    "PublicMatter",
    "Rating",
    "ServiceItem",
    "Suggestion",
    "Support",
    "Triage",
]
