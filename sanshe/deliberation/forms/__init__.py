"""Forms of deliberation: what is asked for, in the words of the people who fill it in."""

from .meeting import GuestForm, MeetingForm, MinutesForm, ResolveForm
from .online import AskForm, RateForm, SpeakForm
from .outcome import CloseForm, NeedForm, OutcomeForm, ProgressForm, ResultForm, TaskForm
from .plan import BoardFilter, DeskFilter, JoinForm, OpenForm, PlanForm, StartForm, TopicPlanForm
from .small import GuideForm, InviteForm, ReasonForm, SeatForm

__all__ = [
    "AskForm",
    "BoardFilter",
    "CloseForm",
    "DeskFilter",
    "GuestForm",
    "GuideForm",
    "InviteForm",
    "JoinForm",
    "MeetingForm",
    "MinutesForm",
    "NeedForm",
    "OpenForm",
    "OutcomeForm",
    "PlanForm",
    "ProgressForm",
    "RateForm",
    "ReasonForm",
    "ResolveForm",
    "ResultForm",
    "SeatForm",
    "SpeakForm",
    "StartForm",
    "TaskForm",
    "TopicPlanForm",
]
