"""Verbs of areas. The only writers of this module."""

from .affairs import answer_question, ask_about_affair, publish_affair
from .changing import AreaChange, change_area, establish_area, merge_areas, split_area
from .ending import end_body, on_body_end, successors_for
from .loading import (
    Loaded,
    default_selection,
    establish_body,
    load_areas,
    load_bodies,
    load_members,
    load_places,
    read_data,
)
from .reform import FOLDER as REFORMS
from .reform import Reformed, apply_reform
from .setup import (
    apply_for_setup,
    approve_setup,
    arrange_interim,
    edit_setup,
    establish_community,
    give_back_setup,
    refuse_setup,
    submit_setup,
    withdraw_setup,
)

__all__ = [
    "REFORMS",
    "AreaChange",
    "Loaded",
    "Reformed",
    "answer_question",
    "apply_for_setup",
    "apply_reform",
    "approve_setup",
    "arrange_interim",
    "ask_about_affair",
    "change_area",
    "default_selection",
    "edit_setup",
    "end_body",
    "establish_area",
    "establish_body",
    "establish_community",
    "give_back_setup",
    "load_areas",
    "load_bodies",
    "load_members",
    "load_places",
    "merge_areas",
    "on_body_end",
    "publish_affair",
    "read_data",
    "refuse_setup",
    "split_area",
    "submit_setup",
    "successors_for",
    "withdraw_setup",
]
