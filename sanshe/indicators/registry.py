"""What can be measured: each a name, what it counts on a day, and how its rows are shown.

Which of them are held against which target is the policy pack's: `indicators()` follows the order of its targets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sanshe.kernel import params
from sanshe.kernel.access import Viewer
from sanshe.kernel.measures import Measure

#: For what an indicator has a value of its own.
COMMUNITY, STREET, ANYWHERE = "community", "street", "anywhere"


@dataclass(frozen=True)
class Line:
    """One row behind a figure, as shown: cells in the order of the columns; `url` empty when it may not be opened."""

    cells: tuple[Any, ...]
    area_id: int
    url: str = ""


@dataclass(frozen=True)
class Indicator:
    """An indicator. `short`: its name on a card; `columns` and `lines` show the rows behind it.

    `missing`: what a unit that falls short lacks; `gap`: the thing that is lacking with its measure word
    (「名社会工作专业人才」); `level`: community, street, or anywhere (counted where it stands); `register`: the ledger
    in which the datum is kept; `needs`: another indicator that must be met, too;
    `each`: the unit of a community's own count where it has one besides being covered (类).
    """

    name: str
    short: str
    on: Callable[[date], Measure]
    columns: tuple[str, ...]
    lines: Callable[[Viewer, Sequence[Any]], list[Line]]
    missing: str
    level: str = COMMUNITY
    gap: str = ""
    register: str = ""
    needs: str = ""
    scale: int = 1
    each: str = ""
    measure: str = ""

    @property
    def by_row(self) -> bool:
        """Whether it is a share of rows, not of communities."""
        return self.kind == "share"

    @property
    def kind(self) -> str:
        """coverage, least, share, total or mean."""
        return _kinds[self.measure or self.name]


_known: dict[str, Indicator] = {}
_kinds: dict[str, str] = {}


def indicator(
    name: str, *, kind: str, short: str, columns: tuple[str, ...], missing: str,
    lines: Callable[[Viewer, Sequence[Any]], list[Line]], **more: Any,
) -> Callable[[Callable[[date], Measure]], Callable[[date], Measure]]:  # fmt: skip
    """Declare what can be measured; see Indicator for the words."""

    def register(on: Callable[[date], Measure]) -> Callable[[date], Measure]:
        _known[name] = Indicator(name, short, on, columns, lines, missing, measure=name, **more)
        _kinds[name] = kind
        return on

    return register


def indicators() -> list[Indicator]:
    """The indicators of the policy packs in force, in the order of their targets."""
    found = []
    for target in params.targets():
        base = _known.get(target.measure)
        if base is not None:
            found.append(base if target.name == base.name else replace(base, name=target.name, short=target.title))
    return found


def named(name: str) -> Indicator | None:
    """The indicator of that name."""
    return next((one for one in indicators() if one.name == name), None)


def measures() -> list[str]:
    """Names of everything that a pack may hold a target against."""
    return sorted(_known)
