"""Verbs of mutual help."""

from .forgetting import forget_neighbour
from .hours import confirm, correct, differ, note_certificate, report_hours, settle
from .pairing import agree, cancel, decline, propose, see_contact, take_back
from .posting import hide, lapse, post, restore, withdraw
from .watching import bar, block, dismiss, hide_reported, lift, report, unblock, warn

__all__ = [
    "agree",
    "bar",
    "block",
    "cancel",
    "confirm",
    "correct",
    "decline",
    "differ",
    "dismiss",
    "forget_neighbour",
    "hide",
    "hide_reported",
    "lapse",
    "lift",
    "note_certificate",
    "post",
    "propose",
    "report",
    "report_hours",
    "restore",
    "see_contact",
    "settle",
    "take_back",
    "unblock",
    "warn",
    "withdraw",
]
