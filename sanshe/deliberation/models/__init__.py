"""Tables of deliberation."""

from .core import Deliberation, Participant, Rating, Topic
from .meeting import Attendance, Meeting
from .online import Statement, Vote
from .outcome import Outcome, OutcomeNeed, Task, TaskNote

__all__ = [
    "Attendance",
    "Deliberation",
    "Meeting",
    "Outcome",
    "OutcomeNeed",
    "Participant",
    "Rating",
    "Statement",
    "Task",
    "TaskNote",
    "Topic",
    "Vote",
]
