"""Verbs of facilities: the only writers."""

from .places import draw_border, put_point
from .plans import (
    begin_building,
    cancel_duty,
    change_plan,
    check_duty,
    drop_plan,
    finish_plan,
    hand_over,
    make_plan,
    register_duty,
    start_plan,
)
from .studies import ask_study, compute_study, give_up_study

__all__ = [
    "ask_study",
    "begin_building",
    "cancel_duty",
    "change_plan",
    "check_duty",
    "compute_study",
    "draw_border",
    "drop_plan",
    "finish_plan",
    "give_up_study",
    "hand_over",
    "make_plan",
    "put_point",
    "register_duty",
    "start_plan",
]
