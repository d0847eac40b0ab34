"""The "1+X" picture (notice 一(三)): types of organisations by area, with the holes first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count

from sanshe.areas.public import Area, AreaLevel, descendants
from sanshe.kernel import params

from .queries import active_organisations, community_organisations, incubators_on, known
from .words import IncubatorLevel

#: Organisations whose type was not entered.
UNSAID = "未填类型"


@dataclass
class Cell:
    """One type in one area: how many organisations, and how many communities there have none."""

    kind: str
    count: int = 0
    without: int = 0


@dataclass
class Row:
    """One area of the picture."""

    area: Area
    cells: list[Cell] = field(default_factory=list)
    active: int = 0
    communities: int = 1

    @property
    def total(self) -> int:
        return sum(cell.count for cell in self.cells)

    @property
    def holes(self) -> int:
        """How many pairs of community and type are empty."""
        return sum(cell.without for cell in self.cells if cell.kind != UNSAID)

    @property
    def missing(self) -> list[str]:
        """The types that no organisation of the area is of."""
        return [cell.kind for cell in self.cells if not cell.count and cell.kind != UNSAID]


@dataclass
class Picture:
    """The whole: the "1", the types, a row an area below, and the sentence that answers."""

    area: Area
    on: date
    kinds: list[str]
    rows: list[Row]
    whole: Row
    bases: int
    days: int

    @property
    def sentence(self) -> str:
        """The answer in one line."""
        if not self.rows:
            return f"{self.area}下面还没有社区。"
        short = [row for row in self.rows if row.holes]
        if not short:
            return f"{self.whole.communities} 个社区各类社会组织都有，格局齐全。"
        return f"{self.whole.communities} 个社区里还有 {self.whole.holes} 处空白：有的社区缺某一类社会组织。"

    @property
    def chart(self) -> dict[str, object]:
        """Counts by type, the thinnest spoken of."""
        cells = [cell for cell in self.whole.cells if cell.kind != UNSAID]
        least = min((cell.count for cell in cells), default=0)
        return {
            "kind": "bar-h", "of": "类型", "names": [cell.kind for cell in cells],
            "series": [{"name": "社会组织", "unit": "家", "values": [cell.count for cell in cells]}],
            "highlight": [cell.kind for cell in cells if cell.count == least],
        }  # fmt: skip


def picture(area: Area, on: date) -> Picture:
    """The picture of a street (by community) or of a wider area (by street), on a day. Three GROUP BY queries."""
    kinds = [str(item) for item in params.get("orgs.x_kinds", on=known(on)).value]
    days = int(params.get("orgs.active_days", on=known(on)).value)
    communities = list(descendants(area, AreaLevel.COMMUNITY, on).select_related("parent"))
    inside = {"area__lo__gte": area.lo, "area__lo__lt": area.hi}
    counted = (
        community_organisations(on)
        .filter(**inside)
        .order_by()
        .values_list("area__lo", "x_kind")
        .annotate(n=Count("pk"))
    )
    by_place: Counter[tuple[int, str]] = Counter()
    for lo, kind, n in counted:
        by_place[(lo, kind if kind in kinds else UNSAID)] += n
    active = dict(
        active_organisations(on, days).filter(**inside).order_by().values_list("area__lo").annotate(n=Count("pk"))
    )
    unsaid = any(kind == UNSAID for _, kind in by_place)
    columns = [*kinds, UNSAID] if unsaid else kinds
    parts = communities if area.level == AreaLevel.STREET else list(descendants(area, AreaLevel.STREET, on))
    if area.level == AreaLevel.COMMUNITY:
        parts = [area]
    rows = [_row(part, columns, communities, by_place, active) for part in parts]
    rows.sort(key=lambda row: (-row.holes, row.total, row.area.lo))
    whole = _row(area, columns, communities, by_place, active)
    return Picture(area, on, columns, rows, whole, incubators_on(on, IncubatorLevel.DISTRICT).count(), days)


def _row(
    area: Area, columns: list[str], communities: list[Area], by_place: Counter[tuple[int, str]], active: dict[int, int]
) -> Row:
    inside = [c for c in communities if area.lo <= c.lo < area.hi]
    row = Row(area, communities=len(inside), active=sum(n for lo, n in active.items() if area.lo <= lo < area.hi))
    for kind in columns:
        count = sum(n for (lo, named), n in by_place.items() if named == kind and area.lo <= lo < area.hi)
        row.cells.append(Cell(kind, count, sum(1 for c in inside if not by_place[(c.lo, kind)])))
    return row
