"""The verbs of exchange: the only writers."""

from .answering import export_answers, queue_answer, retry_answers, send_answer
from .arriving import arrive
from .calls import forget_calls, note_call, of_token
from .sheets import take_sheet
from .sources import change_source, make_source, new_key, resume_source, stop_source
from .tokens import make_token, revoke_token

__all__ = [
    "arrive",
    "change_source",
    "export_answers",
    "forget_calls",
    "make_source",
    "make_token",
    "new_key",
    "note_call",
    "of_token",
    "queue_answer",
    "resume_source",
    "retry_answers",
    "revoke_token",
    "send_answer",
    "stop_source",
    "take_sheet",
]
