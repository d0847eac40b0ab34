"""Drawn parts of the cockpit: cells of the heat table, sparklines, the schematic map. No positions are real."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sanshe.areas.public import Area

from ..figure import NO_DATA, Figure, plain


@dataclass(frozen=True)
class Cell:
    """One figure in a heat table: a tone (never alone), a text, what it says in full."""

    figure: Figure
    tone: str
    text: str

    @property
    def brief(self) -> str:
        """The text where there is little room: the sign alone when met, whole per cents."""
        if self.tone == "full":
            return "✓"
        if self.tone == "unknown":
            return "?"
        number = self.figure.number
        return f"{number:.0f}%" if number is not None and self.text.endswith("%") else self.text

    @property
    def title(self) -> str:
        return f"{self.figure.area}，{self.figure.indicator.short}：{self.figure.sentence}"


def cell(figure: Figure) -> Cell:
    """The cell of a figure. The sign tells without colour: ✓ met, a number when short, ? without data."""
    if figure.tally.units == 0 and figure.tally.denominator == 0:
        return Cell(figure, "none", "—")
    if not figure.has_data:
        return Cell(figure, "unknown", NO_DATA if figure.single else "?")
    if figure.met is True:
        plain_yes = (figure.single and figure.kind == "coverage") or figure.number == 100
        return Cell(figure, "full", "✓" if plain_yes else f"✓ {_short(figure)}")
    if figure.met is False:
        far = figure.progress is None or figure.progress < 50  # not policy: a shade
        return Cell(figure, "zero" if far else "low", _short(figure))
    return Cell(figure, "plain", _short(figure))


def _short(figure: Figure) -> str:
    if figure.single and figure.kind == "coverage":
        return figure.value
    number = figure.number
    if number is None:
        return NO_DATA
    return f"{plain(number)}%" if figure.unit == "%" else plain(number)


def spark(values: Sequence[float | None], width: int = 96, height: int = 26) -> str:
    """The points of a small line, empty with fewer than two values."""
    known = [v for v in values if v is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    span = (high - low) or 1
    step = width / max(1, len(values) - 1)
    return " ".join(
        f"{round(i * step, 1)},{round(height - 3 - (v - low) * (height - 6) / span, 1)}"
        for i, v in enumerate(values)
        if v is not None
    )


@dataclass(frozen=True)
class Square:
    """A community of the schematic map."""

    area: Area
    x: int
    y: int
    short: int
    shade: int
    title: str


@dataclass(frozen=True)
class Block:
    """A street of the schematic map: its name and the squares of its communities."""

    area: Area
    x: int
    y: int
    width: int
    height: int
    squares: tuple[Square, ...]


@dataclass(frozen=True)
class Cartogram:
    """Streets side by side, communities as squares within, in the order of the tree: a scheme, not a map."""

    blocks: tuple[Block, ...]
    width: int
    height: int
    side: int


def cartogram(groups: Sequence[tuple[Area, Sequence[tuple[Area, int, int]]]], width: int = 460) -> Cartogram:
    """Lay out streets with (community, targets not reached, targets judged). The darker, the more are missing."""
    most = sum(len(found) for _, found in groups)
    side = 34 if most <= 80 else 17 if most <= 260 else 12
    head, gap = 16, 8
    narrowest = 5 * (side + 2) if most <= 80 else 84
    across = min(max(1, (width + gap) // (narrowest + gap)), max(1, len(groups)))
    block_width = (width - (across - 1) * gap) // across
    per_row = max(1, block_width // (side + 2))
    blocks: list[Block] = []
    y = 0
    for first in range(0, len(groups), across):
        line = groups[first : first + across]
        tallest = 0
        for at, (street, found) in enumerate(line):
            x = at * (block_width + gap)
            squares = tuple(
                Square(
                    area, x + i % per_row * (side + 2), y + head + i // per_row * (side + 2), short,
                    min(4, -(-short * 4 // judged)) if judged else 0,
                    f"{area.short_name}：{judged} 项目标中 {short} 项未达到或无数据",
                )
                for i, (area, short, judged) in enumerate(found)
            )  # fmt: skip
            high = head + -(-len(found) // per_row) * (side + 2)
            tallest = max(tallest, high)
            blocks.append(Block(street, x, y, block_width, high, squares))
        y += tallest + gap
    return Cartogram(tuple(blocks), width, max(y, 40), side)


def drawn(figure: Figure) -> str:
    """What a line of the figure shows, short enough to stand beside it."""
    return "达标社区占比" if figure.kind == "least" and not figure.single else figure.indicator.short


def line_chart(name: str, unit: str, names: list[str], values: list[float | None], target: Any) -> dict[str, Any]:
    """The data of a line with its target."""
    return {
        "kind": "line", "of": "月末", "names": names, "series": [{"name": name, "unit": unit, "values": values}],
        "target": float(target) if target is not None else None, "min": 0, "max": 100 if unit == "%" else None,
    }  # fmt: skip
