"""The verbs of matters: the only writers. Keyword arguments, `by=`, `now=`; each one transaction."""

from .assisting import ask_assist
from .clockwork import run_clock
from .criteria import load_criteria
from .ending import end_waiting, object_ending, terminate
from .filing import add_information, file_matter, look_up_caller, note_receipt, show_contact
from .following import inquire, satisfaction_waits, say_satisfied, support, take_back_support
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
from .merging import merge, unmerge
from .online import apply_online, drop_kept, keep_files, kept_files, of_household
from .owed import (
    accept_owed,
    closes_on,
    refuse,
    send_back_material,
    send_materials,
    settle_material,
    tell_missing,
)
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
from .services import load_services
from .taking_over import take_over
from .together import finish_joint, guide_done, hand_back, help_done
from .triage import decline, designate, triage_government, triage_joint, triage_self

__all__ = [
    "accept",
    "accept_owed",
    "add_information",
    "answer_assist",
    "answer_for",
    "answer_help",
    "answer_oversight",
    "answer_resident",
    "appeal_callback",
    "apply_online",
    "ask_assist",
    "ask_resident",
    "close_oversight",
    "closes_on",
    "complete_callback",
    "decline",
    "designate",
    "dismiss_objection",
    "drop_kept",
    "end_waiting",
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
    "inquire",
    "keep_files",
    "kept_files",
    "list_callback",
    "load_criteria",
    "load_services",
    "look_up_caller",
    "merge",
    "note_receipt",
    "object_ending",
    "of_household",
    "offer_help",
    "oversee",
    "press_oversight",
    "raise_objection",
    "rate",
    "refuse",
    "refuse_extension",
    "reject_appeal",
    "reopen",
    "resume",
    "return_matter",
    "run_clock",
    "satisfaction_waits",
    "say_satisfied",
    "send_back_material",
    "send_materials",
    "settle_material",
    "show_contact",
    "support",
    "take_back_help",
    "take_back_support",
    "take_over",
    "tell_missing",
    "terminate",
    "triage_government",
    "triage_joint",
    "triage_self",
    "unmerge",
    "uphold_appeal",
    "uphold_objection",
    "withdraw",
]
