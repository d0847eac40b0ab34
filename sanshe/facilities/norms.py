"""The lists and limits of the notice as they stand on a day. Everything here is read from `facilities.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sanshe.kernel import clock, params
from sanshe.kernel.params import Value


def _kinds(on: date | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = params.get("facilities.kinds", on=on or clock.today()).value
    return found


def _uses(on: date | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = params.get("facilities.room_uses", on=on or clock.today()).value
    return found


#: The code of the comprehensive centre in the list of kinds.
CENTRE = "comprehensive_centre"


def kinds(on: date | None = None) -> dict[str, str]:
    """Code → name of the kinds of facilities."""
    return {item["code"]: item["name"] for item in _kinds(on)}


def parts(on: date | None = None) -> dict[str, str]:
    """Code → name of the six parts that a comprehensive centre holds."""
    return {item["code"]: item["name"] for item in _kinds(on) if item.get("part")}


def counted(on: date | None = None) -> list[str]:
    """Codes of the kinds whose floor area counts towards the norm of built-up areas."""
    return [item["code"] for item in _kinds(on) if item.get("counts")]


def counting_states(on: date | None = None) -> list[str]:
    """Codes of the states in which a facility counts."""
    found = params.get("facilities.counting_states", on=on or clock.today()).value
    return [str(item["code"]) for item in found]


def room_uses(on: date | None = None) -> dict[str, str]:
    """Code → name of the uses of rooms."""
    return {item["code"]: item["name"] for item in _uses(on)}


def part_of_use(on: date | None = None) -> Mapping[str, str]:
    """Use of a room → the part that such a room stands for."""
    return {item["code"]: item["part_of"] for item in _uses(on) if item.get("part_of")}


def kind_label(code: str, on: date | None = None) -> str:
    """A kind in words; a code that the list no longer has is shown as 「其他」."""
    return kinds(on).get(code, "其他")


def use_label(code: str, on: date | None = None) -> str:
    """The use of a room in words."""
    return room_uses(on).get(code, "其他")


def centre_limit(on: date) -> Value:
    """m² that a developer's comprehensive centre must have at least."""
    return params.get("facilities.centre_floor_area", on=on)


def share_limit(on: date) -> Value:
    """m² a hundred households must have at least in a built-up area."""
    return params.get("facilities.floor_area_per_100_households", on=on)


def reach_metres(on: date) -> float:
    """How far, as the crow flies, one can be and still arrive on foot in time."""
    minutes = params.get("facilities.reach_minutes", on=on).value
    speed = params.get("facilities.walking_speed", on=on).value
    detour = params.get("facilities.detour_factor", on=on).value
    return float(speed) * 1000 / 60 * float(minutes) / float(detour)
