"""Verbs of disputes."""

from .agreeing import confirm, confirm_until, draft, draw_back, fail, sign
from .deciding import (
    agree_to,
    appoint,
    ask_other,
    decline,
    in_the_way,
    record_answer,
    recuse,
    refuse,
    replace,
    stop,
)
from .filing import PartyGiven, file_dispute
from .following import break_off, close, keep, move
from .forgetting import forget_party
from .reading import note_print, open_dispute
from .reminders import remind
from .sitting import sit
from .ties import declare_tie, end_tie

__all__ = [
    "PartyGiven",
    "agree_to",
    "appoint",
    "ask_other",
    "break_off",
    "close",
    "confirm",
    "confirm_until",
    "declare_tie",
    "decline",
    "draft",
    "draw_back",
    "end_tie",
    "fail",
    "file_dispute",
    "forget_party",
    "in_the_way",
    "keep",
    "move",
    "note_print",
    "open_dispute",
    "record_answer",
    "recuse",
    "refuse",
    "remind",
    "replace",
    "sign",
    "sit",
    "stop",
]
