"""What other modules may use of areas."""

from .actions import establish_body
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
    "descendant_ids",
    "descendants",
    "establish_body",
    "handling_units_for",
    "home_area",
    "in_force",
    "places_like",
]
