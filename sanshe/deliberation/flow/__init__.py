"""The procedures of deliberation."""

from .main import FLOW
from .parts import PARTICIPANT_FLOW, STATEMENT_FLOW, TASK_FLOW, TOPIC_FLOW

__all__ = ["FLOW", "PARTICIPANT_FLOW", "STATEMENT_FLOW", "TASK_FLOW", "TOPIC_FLOW"]
