"""Verbs of accounts: the only writers of users, posts, stand-ins and hand-overs."""

from .handing_over import hand_over
from .keeping import (
    appoint,
    change_profile,
    clear_second_factor,
    end_other_sessions,
    end_post,
    forget_account,
    lock_account,
    make_account,
    new_password,
    record_sign_up,
    reset_password,
    unlock_account,
    verify_audit,
)
from .standing_in import end_stand_in, stand_in

__all__ = [
    "appoint",
    "change_profile",
    "clear_second_factor",
    "end_other_sessions",
    "end_post",
    "end_stand_in",
    "forget_account",
    "hand_over",
    "lock_account",
    "make_account",
    "new_password",
    "record_sign_up",
    "reset_password",
    "stand_in",
    "unlock_account",
    "verify_audit",
]
