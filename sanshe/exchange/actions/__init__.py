"""The verbs of exchange: the only writers."""

from .answering import export_answers, queue_answer, retry_answers, send_answer
from .arriving import arrive
from .calls import forget_calls, note_call, of_token
from .forwarding import forward_matter, may_forward, recall, systems_for
from .hearing import Outcome, Said, hear
from .rules import end_rule, make_rule
from .settling import renew, reopen, settle
from .sheets import take_sheet
from .sources import change_source, make_source, new_key, resume_source, stop_source
from .states import Plan, export_forwards, look_at_states, take_states
from .tokens import make_token, revoke_token

__all__ = [
    "Outcome",
    "Plan",
    "Said",
    "arrive",
    "change_source",
    "end_rule",
    "export_answers",
    "export_forwards",
    "forget_calls",
    "forward_matter",
    "hear",
    "look_at_states",
    "make_rule",
    "make_source",
    "make_token",
    "may_forward",
    "new_key",
    "note_call",
    "of_token",
    "queue_answer",
    "recall",
    "renew",
    "reopen",
    "resume_source",
    "retry_answers",
    "revoke_token",
    "send_answer",
    "settle",
    "stop_source",
    "systems_for",
    "take_sheet",
    "take_states",
]
