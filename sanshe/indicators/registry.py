"""The list of indicators: each a name (that of its target), what it measures on a day, and how its rows are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sanshe.kernel.access import Viewer
from sanshe.kernel.measures import Measure


@dataclass(frozen=True)
class Line:
    """One row behind a figure, as shown: cells in the order of the columns; `url` empty when it may not be opened."""

    cells: tuple[Any, ...]
    area_id: int
    url: str = ""


@dataclass(frozen=True)
class Indicator:
    """An indicator. `short`: its name on a card; `columns` and `lines` show the rows behind it."""

    name: str
    short: str
    on: Callable[[date], Measure]
    columns: tuple[str, ...]
    lines: Callable[[Viewer, Sequence[Any]], list[Line]]
    missing: str
    by_row: bool = False


_indicators: dict[str, Indicator] = {}


def indicator(
    name: str,
    *,
    short: str,
    columns: tuple[str, ...],
    lines: Callable[[Viewer, Sequence[Any]], list[Line]],
    missing: str,
    by_row: bool = False,
) -> Callable[[Callable[[date], Measure]], Callable[[date], Measure]]:
    """Declare an indicator.

    `missing`: what an area that falls short lacks, in a few words; `by_row`: a share of rows.
    """

    def register(on: Callable[[date], Measure]) -> Callable[[date], Measure]:
        _indicators[name] = Indicator(name, short, on, columns, lines, missing, by_row)
        return on

    return register


def indicators() -> list[Indicator]:
    """All indicators in the order of their declaration."""
    return list(_indicators.values())


def named(name: str) -> Indicator | None:
    """The indicator of that name."""
    return _indicators.get(name)
