"""A schematic map without coordinates: a tile a community, a mark a kind of facility. SVG attributes only, no style."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from . import norms

ACROSS, WIDE, HIGH, GAP = 4, 220, 104, 12
#: One character a part, in the order of the notice.
MARKS = {
    "convenience_centre": "便",
    "police_room": "警",
    "day_care": "照",
    "health_station": "卫",
    "culture_room": "文",
    "greengrocer": "菜",
}


def schematic(lines: Sequence[Any]) -> SafeString:
    """Communities of a street as tiles, each with its six parts (full: there; hollow: missing) and what it lacks."""
    rows = sorted(lines, key=lambda line: line.area.lo)
    if not rows:
        return SafeString()
    down = -(-len(rows) // ACROSS)
    width, height = ACROSS * (WIDE + GAP) - GAP, down * (HIGH + GAP) - GAP
    tiles = "".join(
        _tile(line, nr % ACROSS * (WIDE + GAP), nr // ACROSS * (HIGH + GAP)) for nr, line in enumerate(rows)
    )
    return format_html(
        '<svg class="schematic" viewBox="0 0 {} {}" role="group" aria-label="各社区设施示意图">{}</svg>',
        width,
        height,
        mark_safe(tiles),
    )


def _tile(line: Any, x: int, y: int) -> str:
    gap = line.gap
    tone, said = _said(gap)
    names = norms.parts(gap.on)
    marks = []
    for nr, (code, name) in enumerate(names.items()):
        there = code in gap.kinds
        cx = 24 + nr * 34
        word = MARKS.get(code, name[:1])
        marks.append(
            f'<g class="{"mark-there" if there else "mark-missing"}"><title>{escape(name)}：'
            f'{"有" if there else "没有登记"}</title><circle cx="{cx}" cy="50" r="13"/>'
            f'<text x="{cx}" y="55" text-anchor="middle">{escape(word)}</text></g>'
        )
    url = reverse("facilities:community", args=[line.area.pk])
    return (
        f'<a href="{url}" class="tile-{tone}" transform="translate({x} {y})">'
        f'<rect width="{WIDE}" height="{HIGH}" rx="8"/>'
        f'<text class="tile-name" x="12" y="26">{escape(str(line.area)[:12])}</text>'
        f"{''.join(marks)}"
        f'<text class="tile-said" x="12" y="90">{escape(said)}</text></a>'
    )


def _said(gap: Any) -> tuple[str, str]:
    """Tone and words of a tile."""
    if gap.missing is None:
        return "none", "无数据"
    if gap.missing:
        return "short", f"差 {gap.missing:,.0f} 平方米"
    return ("short", "面积达标，设施不全") if not gap.met else ("met", "面积达标")
