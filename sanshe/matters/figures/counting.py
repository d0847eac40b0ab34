"""Counting: rows of a stretch of months, by area, unit, service, criterion, desk or month, one GROUP BY a base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, QuerySet
from django.db.models.functions import ExtractMonth, ExtractYear

from sanshe.accounts.public import User
from sanshe.areas.public import Area, AreaLevel, Body, descendant_ids
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.measures import NOTHING, Asked, Share, Tally, Unit, tallies

from ..access import ApplicationMaterialAccess, CallBackAccess, HandlingAccess, InquiryAccess, MatterAccess
from ..models import Criterion, ServiceItem
from .said import Figure

MONTHS_MOST = 24

#: Base → the moment by which a row falls into a month.
MOMENT = {"handlings": "done_at", "callbacks": "opened_at", "inquiries": "at", "matters": "created_at",
          "materials": "matter__created_at"}  # fmt: skip


@dataclass(frozen=True)
class Dimension:
    """What the lines stand for: `columns` names, for each base, the column that points there."""

    name: str
    label: str
    columns: Mapping[str, str]


def _hangs(column: str, own: str = "") -> dict[str, str]:
    """The column of the matter, as it is reached from each base; `own`: where a base but materials has it itself."""
    return {
        base: column if base == "matters" else f"matter__{column}" if base == "materials" or not own else own
        for base in MOMENT
    }


DIMENSIONS = {
    "street": Dimension("street", "街道", _hangs("area__parent", "area__parent")),
    "area": Dimension("area", "社区", _hangs("area", "area")),
    "unit": Dimension("unit", "承办单位", _hangs("host_unit", "unit")),
    "criterion": Dimension("criterion", "分流标准", _hangs("criterion")),
    "service": Dimension("service", "服务事项", _hangs("service")),
    "desk": Dimension("desk", "登记人", _hangs("filed_by")),
    "month": Dimension("month", "月份", dict.fromkeys(MOMENT, "month")),
}


@dataclass(frozen=True)
class Months:
    """A stretch of whole months, both ends in it."""

    first: date
    last: date

    @property
    def keys(self) -> list[int]:
        """Each month as one number, oldest first."""
        return list(range(self.first.year * 12 + self.first.month - 1, self.last.year * 12 + self.last.month))

    @property
    def begins(self) -> datetime:
        """The first moment in it."""
        return clock.start_of(self.first)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return clock.start_of(month_of(self.last.year * 12 + self.last.month))

    def __str__(self) -> str:
        one = f"{self.first.year}年{self.first.month}月"
        return one if self.first == self.last else f"{one}至{self.last.year}年{self.last.month}月"


def month_of(key: int) -> date:
    """The first day of a month given as one number."""
    return date(key // 12, key % 12 + 1, 1)


def last_months(today: date, count: int | None = None) -> Months:
    """The present month and those before it, as many as the parameter says."""
    number = count or int(params.get("rating.window_months", on=today).value)
    key = today.year * 12 + today.month - 1
    return Months(month_of(key - number + 1), today.replace(day=1))


def months_between(first: date | None, last: date | None, today: date) -> Months:
    """What was chosen, the wrong way round put right, at most MONTHS_MOST; without a choice the usual."""
    if first is None and last is None:
        return last_months(today)
    first, last = first or last, last or first
    assert first is not None and last is not None
    first, last = min(first, last), max(first, last)
    least = month_of(last.year * 12 + last.month - MONTHS_MOST)
    return Months(max(first, least), last)


def rows_of(base: str, viewer: Viewer, months: Months, area: Area | None = None) -> QuerySet[Any]:
    """The rows of a base that the viewer may see and that fall into the months, within an area if one is given."""
    access: Any = {
        "handlings": (HandlingAccess, "see"), "callbacks": (CallBackAccess, "see"),
        "inquiries": (InquiryAccess, "see"), "matters": (MatterAccess, "work"),
        "materials": (ApplicationMaterialAccess, "work"),
    }[base]  # fmt: skip
    moment = MOMENT[base]
    rows: QuerySet[Any] = access[0].rows(viewer, access[1])
    rows = rows.filter(**{f"{moment}__gte": months.begins, f"{moment}__lt": months.ends})
    if area is not None:
        ids = [area.pk] if area.level == AreaLevel.COMMUNITY else descendant_ids(area.pk)
        rows = rows.filter(**{"matter__area__in" if base == "materials" else "area__in": ids})
    return rows


def _monthly(base: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    moment = MOMENT[base]
    year, month = ExtractYear(moment, tzinfo=clock.TZ), ExtractMonth(moment, tzinfo=clock.TZ)
    counted: QuerySet[Any] = rows.annotate(month=year * 12 + month - 1)
    return counted


@dataclass(frozen=True)
class Cell:
    """A figure of one line: its tally, and the addresses of the rows that are good and of all that count."""

    figure: Figure
    tally: Tally
    good_url: str
    all_url: str


@dataclass(frozen=True)
class Line:
    """One line of the table. `key` 0: the whole."""

    key: int
    label: str
    cells: Sequence[Cell]

    @property
    def empty(self) -> bool:
        """Whether nothing at all was counted for it."""
        return not any(cell.tally.denominator for cell in self.cells)


@dataclass(frozen=True)
class Asking:
    """What is asked: which page, over which months, within which area, line by line of what."""

    kind: str
    viewer: Viewer
    months: Months
    area: Area | None
    by: Dimension

    def url(self, figure: Figure, key: int, part: str) -> str:
        """The address of the rows behind one figure of one line."""
        given = {
            "figure": figure.name, "part": part, "from": f"{self.months.first:%Y-%m}",
            "to": f"{self.months.last:%Y-%m}", "area": self.area.code if self.area else "",
        }  # fmt: skip
        if key:
            given |= {"by": self.by.name, "key": str(key)}
        return "?" + urlencode({name: value for name, value in given.items() if value})


def counted(asking: Asking, figures: Sequence[Figure]) -> list[Line]:
    """The whole first, then a line for each that has any row. Two statements, however many lines and figures."""
    whole = _tallies(asking, figures, DIMENSIONS["month"], {key: "" for key in asking.months.keys})
    total = {f.name: sum(whole[f.name].values(), NOTHING) for f in figures}
    lines = [_line(asking, figures, 0, "合计", total)]
    if asking.by.name == "month":
        each = whole
        names = {key: f"{month_of(key):%Y年}{month_of(key).month}月" for key in reversed(asking.months.keys)}
    else:
        names = _names(asking)
        each = _tallies(asking, figures, asking.by, names)
    for key, label in names.items():
        line = _line(asking, figures, key, label, {f.name: each[f.name].get(key, NOTHING) for f in figures})
        if not line.empty:
            lines.append(line)
    return lines


def _line(asking: Asking, figures: Sequence[Figure], key: int, label: str, found: Mapping[str, Tally]) -> Line:
    return Line(
        key, label,
        [Cell(f, found[f.name], asking.url(f, key, "good"), asking.url(f, key, "all")) for f in figures],
    )  # fmt: skip


def _tallies(
    asking: Asking, figures: Sequence[Figure], by: Dimension, names: Mapping[int, str]
) -> dict[str, dict[int, Tally]]:
    bases: dict[str, QuerySet[Any]] = {}
    asked = []
    for one in figures:
        if one.base not in bases:
            rows = rows_of(one.base, asking.viewer, asking.months, asking.area)
            bases[one.base] = _monthly(one.base, rows) if by.name == "month" else rows
        asked.append(Asked(one.name, Share(bases[one.base], one.good, one.among, per=by.columns[one.base])))
    return tallies(asked, [Unit(key) for key in names])


def _names(asking: Asking) -> dict[int, str]:
    """The lines that there may be, by their keys, in the order of their names: nobody is ranked."""
    if asking.by.name in ("street", "area"):
        level = AreaLevel.STREET if asking.by.name == "street" else AreaLevel.COMMUNITY
        areas = Area.objects.filter(level=level)
        if asking.area is not None and asking.by.name == "area":
            areas = areas.filter(pk__in=[asking.area.pk, *descendant_ids(asking.area.pk)])
        return dict(areas.order_by("lo").values_list("pk", "short_name"))
    if asking.by.name == "unit":
        return dict(Body.objects.filter(handles_matters=True).order_by("name").values_list("pk", "name"))
    if asking.by.name == "criterion":
        rows = Criterion.objects.order_by("code", "-set__valid_from")
        return {pk: f"{name}（{version}）" for pk, name, version in rows.values_list("pk", "name", "set__version")}
    if asking.by.name == "service":
        return dict(ServiceItem.objects.order_by("code", "-valid_from").values_list("pk", "name"))
    matters = rows_of("matters", asking.viewer, asking.months, asking.area)
    people = matters.filter(filed_by__isnull=False).order_by().values("filed_by").distinct()
    return dict(User.objects.filter(pk__in=people).order_by("name").values_list("pk", "name"))


def behind(asking: Asking, figure: Figure, key: int, part: str) -> QuerySet[Any]:
    """The rows of one figure of one line: those that are good, or all that count; newest first."""
    rows = rows_of(figure.base, asking.viewer, asking.months, asking.area)
    if key:
        rows = _monthly(figure.base, rows) if asking.by.name == "month" else rows
        rows = rows.filter(**{asking.by.columns[figure.base]: key})
    rows = rows.filter(figure.part if part == "good" else figure.whole)
    related = ["area", "host_unit", "filed_by"] if figure.base == "matters" else ["area", "unit", "matter"]
    if figure.base == "materials":
        related = ["matter__area", "matter__host_unit"]
    if figure.base == "handlings":
        related.append("rating")
    return rows.select_related(*related).order_by(F(MOMENT[figure.base]).desc(), "-pk")
