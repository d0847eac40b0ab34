"""Forms of disputes: they take spellings; checks are in actions. None keeps a draft on the machine."""

from .filing import ApplyForm, DeskForm, FiguresFilter, ListFilter, TieForm
from .steps import (
    AnswerForm,
    ConfirmForm,
    DraftForm,
    EndForm,
    MediatorForm,
    MoveForm,
    RecuseForm,
    SignForm,
    SittingForm,
    StopForm,
    VisitForm,
)

__all__ = [
    "AnswerForm",
    "ApplyForm",
    "ConfirmForm",
    "DeskForm",
    "DraftForm",
    "EndForm",
    "FiguresFilter",
    "ListFilter",
    "MediatorForm",
    "MoveForm",
    "RecuseForm",
    "SignForm",
    "SittingForm",
    "StopForm",
    "TieForm",
    "VisitForm",
]
