"""The verbs of matters: the only writers. Keyword arguments, `by=`, `now=`; each one transaction."""

from .clockwork import run_clock
from .criteria import load_criteria
from .filing import add_information, file_matter, look_up_caller, note_receipt, show_contact
from .handling import (
    accept,
    answer_for,
    answer_resident,
    ask_resident,
    extend,
    finish,
    oversee,
    resume,
    return_matter,
    withdraw,
)
from .help import answer_help, offer_help, take_back_help
from .parts import (
    answer_assist,
    answer_oversight,
    close_oversight,
    dismiss_objection,
    grant_extension,
    press_oversight,
    raise_objection,
    refuse_extension,
    uphold_objection,
)
from .rating import (
    appeal_callback,
    complete_callback,
    explain_callback,
    fix_callback,
    list_callback,
    rate,
    reject_appeal,
    reopen,
    uphold_appeal,
)
from .taking_over import take_over
from .together import finish_joint, guide_done, hand_back, help_done
from .triage import decline, designate, triage_government, triage_joint, triage_self

__all__ = [
    "accept",
    "add_information",
    "answer_assist",
    "answer_for",
    "answer_help",
    "answer_oversight",
    "answer_resident",
    "appeal_callback",
    "ask_resident",
    "close_oversight",
    "complete_callback",
    "decline",
    "designate",
    "dismiss_objection",
    "explain_callback",
    "extend",
    "file_matter",
    "finish",
    "finish_joint",
    "fix_callback",
    "grant_extension",
    "guide_done",
    "hand_back",
    "help_done",
    "list_callback",
    "load_criteria",
    "look_up_caller",
    "note_receipt",
    "offer_help",
    "oversee",
    "press_oversight",
    "raise_objection",
    "rate",
    "refuse_extension",
    "reject_appeal",
    "reopen",
    "resume",
    "return_matter",
    "run_clock",
    "show_contact",
    "take_back_help",
    "take_over",
    "triage_government",
    "triage_joint",
    "triage_self",
    "uphold_appeal",
    "uphold_objection",
    "withdraw",
]
