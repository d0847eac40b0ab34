"""Verbs of the workforce."""

from .allowance import approve, compute, compute_all, record_export, send_back, submit
from .experts import enter_expert, tell_tie
from .lapses import tell_lapses
from .rooms import close_room, open_room, put_in_charge

__all__ = [
    "approve",
    "close_room",
    "compute",
    "compute_all",
    "enter_expert",
    "open_room",
    "put_in_charge",
    "record_export",
    "send_back",
    "submit",
    "tell_lapses",
    "tell_tie",
]
