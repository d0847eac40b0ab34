"""Distances on the globe, reach on foot, and borders. Degrees of WGS84 in, metres out. No database."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from sanshe.kernel.errors import Invalid

#: Mean radius of the earth in metres (IUGG).
EARTH = 6_371_008.8

Position = tuple[float, float]
"""Latitude and longitude in degrees."""

#: A border longer than this is refused: it would be slow to draw on a phone.
MOST_POINTS = 20_000


def metres(a: Position, b: Position) -> float:
    """The distance of two positions as the crow flies (haversine), in metres."""
    (lat1, lng1), (lat2, lng2) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lng2 - lng1) / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(min(1.0, h)))


def spread(positions: Sequence[Position]) -> tuple[int, int] | None:
    """Mean and greatest distance between any two, in whole metres; None for fewer than two."""
    found = [metres(a, b) for i, a in enumerate(positions) for b in positions[i + 1 :]]
    return (round(sum(found) / len(found)), round(max(found))) if found else None


def clean_border(value: Any) -> dict[str, Any]:
    """A border as a GeoJSON geometry of one or more polygons. Takes the text or the object, a geometry or a feature.

    Raises Invalid with what is wrong.
    """
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise Invalid({"geojson": "没有看懂边界的内容，请粘贴完整的 GeoJSON 文本。"}) from None
    if isinstance(value, dict) and value.get("type") == "FeatureCollection" and len(value.get("features") or ()) == 1:
        value = value["features"][0]
    if isinstance(value, dict) and value.get("type") == "Feature":
        value = value.get("geometry")
    if not isinstance(value, dict) or value.get("type") not in ("Polygon", "MultiPolygon"):
        raise Invalid({"geojson": "边界应是一个面（Polygon 或 MultiPolygon）。"})
    coordinates = value.get("coordinates")
    polygons = [coordinates] if value["type"] == "Polygon" else coordinates
    if not isinstance(polygons, list) or not polygons:
        raise Invalid({"geojson": "边界里没有坐标。"})
    count = 0
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon:
            raise Invalid({"geojson": "边界里没有坐标。"})
        for ring in polygon:
            count += _check_ring(ring)
    if count > MOST_POINTS:
        raise Invalid({"geojson": f"边界有 {count} 个点，超过 {MOST_POINTS} 个，请先简化。"})
    return {"type": value["type"], "coordinates": coordinates}


def _check_ring(ring: Any) -> int:
    if not isinstance(ring, list) or len(ring) < 4 or ring[0] != ring[-1]:
        raise Invalid({"geojson": "边界的每一圈至少要有 4 个点，并且首尾相同。"})
    for point in ring:
        fits = isinstance(point, list) and len(point) >= 2 and all(_is_number(x) for x in point[:2])
        if not fits or not (-180 <= point[0] <= 180 and -90 <= point[1] <= 90):
            raise Invalid({"geojson": "边界里有不是经纬度的点（经度在前，纬度在后）。"})
    return len(ring)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def tiles_origin(address: str) -> str:
    """The scheme and host of the address of tiles, for the content security policy; "" when it is our own."""
    if not address.startswith(("http://", "https://")):
        return ""
    return "/".join(address.split("/", 3)[:3]).replace("{s}", "*")
