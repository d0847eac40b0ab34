"""What other modules may use of areas."""

from .actions import default_selection, establish_body, load_areas, load_bodies, load_places, read_data
from .models import Area, Body, Place
from .queries import (
    PlaceMatch,
    ancestor_at,
    ancestors,
    area_by_code,
    area_tree,
    bodies_in,
    body_of,
    communities_of,
    descendant_ids,
    descendants,
    handling_units_for,
    home_area,
    in_force,
    places_like,
)
from .words import AreaLevel, BodyKind, PlaceKind

__all__ = [
    "Area",
    "AreaLevel",
    "Body",
    "BodyKind",
    "Place",
    "PlaceKind",
    "PlaceMatch",
    "ancestor_at",
    "ancestors",
    "area_by_code",
    "area_tree",
    "bodies_in",
    "body_of",
    "communities_of",
    "default_selection",
    "descendant_ids",
    "descendants",
    "establish_body",
    "handling_units_for",
    "home_area",
    "in_force",
    "load_areas",
    "load_bodies",
    "load_places",
    "places_like",
    "read_data",
]
