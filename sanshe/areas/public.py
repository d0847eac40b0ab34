"""What other modules may use of areas."""

from .actions import default_selection, establish_body, load_areas, load_bodies, load_places, read_data
from .models import Area, AreaSuccession, AreaVersion, Body, BodyMember, ManagedBy, Place
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
from .references import area_reference, area_text, body_reference
from .words import AreaLevel, BodyKind, PlaceKind

__all__ = [
    "Area",
    "AreaLevel",
    "AreaSuccession",
    "AreaVersion",
    "Body",
    "BodyKind",
    "BodyMember",
    "ManagedBy",
    "Place",
    "PlaceKind",
    "PlaceMatch",
    "ancestor_at",
    "ancestors",
    "area_by_code",
    "area_reference",
    "area_text",
    "area_tree",
    "bodies_in",
    "body_of",
    "body_reference",
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
