"""Verbs of areas. The only writers of this module."""

from .changing import AreaChange, change_area, establish_area, merge_areas, split_area
from .loading import (
    Loaded,
    default_selection,
    establish_body,
    load_areas,
    load_bodies,
    load_places,
    read_data,
)
from .reform import FOLDER as REFORMS
from .reform import Reformed, apply_reform

__all__ = [
    "REFORMS",
    "AreaChange",
    "Loaded",
    "Reformed",
    "apply_reform",
    "change_area",
    "default_selection",
    "establish_area",
    "establish_body",
    "load_areas",
    "load_bodies",
    "load_places",
    "merge_areas",
    "read_data",
    "split_area",
]
