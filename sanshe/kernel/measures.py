"""A number and the rows behind it, from one query, for any set of areas at once.

A measure says how rows are counted for one unit (a community, a street). `tallies` asks many measures for many units
in one statement: each measure is one GROUP BY, measures over the same rows share one. The same statement, over all
units of the country, is what stored figures are made from, so the small and the large way can not differ.

A unit without a datum has no value: 无数据, never zero and never met. Whether a datum is missing is said by `kept`:
rows that prove that the ledger is kept there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Aggregate, Count, Q, QuerySet

#: Columns of a unit by which rows may be joined to it: itself, the area above it, the one above that.
SELF, ABOVE, TOP = "id", "above", "top"


@dataclass(frozen=True)
class Tally:
    """`numerator` of `denominator`, summed over `units` areas.

    `total`: the sum of the units' own values; `unknown`: units without a datum; `short`: units that do not reach their
    limit, the unknown among them; `lack`: by how much the known ones fall short, in the measure's own unit; `beside`:
    further counts that belong next to it (`rows` behind it, the unrated).
    """

    numerator: int = 0
    denominator: int = 0
    beside: Mapping[str, int] = field(default_factory=dict)
    units: int = 0
    unknown: int = 0
    short: int = 0
    lack: int = 0
    total: Decimal = Decimal(0)

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None without a denominator, or when nothing is known of any unit."""
        if not self.denominator or (self.units and self.unknown >= self.units):
            return None
        return self.numerator / self.denominator

    @property
    def percent(self) -> float | None:
        """The share in per cent, to one decimal; None without data. Judge by `reaches`, not by this rounded figure."""
        return None if self.share is None else round(self.share * 100, 1)

    @property
    def known(self) -> bool:
        """Whether there is a datum at all."""
        return self.units > self.unknown

    def reaches(self, percent: Decimal) -> bool:
        """Whether the share is at least so many per cent, exactly."""
        return self.numerator * 100 >= percent * self.denominator

    def __add__(self, other: Tally) -> Tally:
        beside = dict(self.beside)
        for key, value in other.beside.items():
            beside[key] = beside.get(key, 0) + value
        return Tally(
            self.numerator + other.numerator, self.denominator + other.denominator, beside, self.units + other.units,
            self.unknown + other.unknown, self.short + other.short, self.lack + other.lack, self.total + other.total,
        )  # fmt: skip


NOTHING = Tally()


@dataclass(frozen=True)
class Part:
    """One number per key: an aggregate over rows, grouped by `per`, joined to the unit's column `to`."""

    rows: QuerySet[Any]
    value: Aggregate
    per: str
    to: str = SELF


@dataclass(frozen=True)
class Terms:
    """The SQL of one measure for one unit. `value` is NULL without a datum. `limit` is a placeholder or a number."""

    value: str
    good: str
    of: str
    rows: str
    lack: str
    short: str


@dataclass(frozen=True)
class Kept:
    """Rows that prove that a ledger is kept for a unit: grouped by `per`, joined to the unit's column `to`."""

    rows: QuerySet[Any]
    per: str = "area"
    to: str = SELF


@dataclass(frozen=True)
class Measure:
    """What can be counted per unit, with its rows. `per` names the rows' foreign key to the unit."""

    rows: QuerySet[Any]

    @property
    def kind(self) -> str:
        """How its sums are read: coverage, least, share, total, mean."""
        raise NotImplementedError

    def parts(self) -> list[Part]:
        """The numbers that the terms speak of, in order."""
        raise NotImplementedError

    def terms(self, n: Sequence[str], limit: Decimal | None) -> Terms:
        """The SQL over the numbers `n` of the parts. `limit` is what one unit is held against."""
        raise NotImplementedError

    def column(self) -> str:
        """The rows' foreign key to the unit."""
        return str(getattr(self, "per", "area"))

    def behind(self, area_ids: Iterable[int]) -> QuerySet[Any]:
        """The rows that the tallies of these units were counted from."""
        return self.rows.filter(**{f"{self.column()}__in": list(area_ids)})


def _known(kept: str | None, n: str) -> str:
    return "TRUE" if kept is None else f"({n} > 0 OR {kept} > 0)"


@dataclass(frozen=True)
class Least(Measure):
    """Each unit has so many rows (or so many different `distinct` values) and is held against a least number.

    Without a limit a unit is good when it has any.
    """

    per: str = "area"
    kept: Kept | None = None
    distinct: str = ""
    kind = "least"  # type: ignore[assignment]

    def parts(self) -> list[Part]:
        value = Count(self.distinct, distinct=True) if self.distinct else Count("pk")
        parts = [Part(self.rows, value, self.per), Part(self.rows, Count("pk"), self.per)]
        if self.kept:
            parts.append(Part(self.kept.rows, Count("pk"), self.kept.per, self.kept.to))
        return parts

    def terms(self, n: Sequence[str], limit: Decimal | None) -> Terms:
        least = limit if limit is not None else Decimal(1)
        known = _known(n[2] if self.kept else None, n[0])
        good = f"(CASE WHEN {n[0]} >= {least} THEN 1 ELSE 0 END)"
        return Terms(
            value=f"(CASE WHEN {known} THEN {n[0]} END)",
            good=good,
            of="1",
            rows=n[1],
            lack=f"(CASE WHEN {known} THEN GREATEST({least} - {n[0]}, 0) ELSE 0 END)",
            short=f"(1 - {good})",
        )


@dataclass(frozen=True)
class Coverage(Least):
    """How many units have at least one row: each unit is one in the denominator."""

    kind = "coverage"  # type: ignore[assignment]

    def terms(self, n: Sequence[str], limit: Decimal | None) -> Terms:
        return super().terms(n, Decimal(1))


@dataclass(frozen=True)
class Kinds(Least):
    """How many units have at least `least` different values of `distinct`."""

    least: int = 1
    kind = "coverage"  # type: ignore[assignment]

    def terms(self, n: Sequence[str], limit: Decimal | None) -> Terms:
        return super().terms(n, Decimal(self.least))


@dataclass(frozen=True)
class Total(Least):
    """How many rows there are, nobody being held to a number of their own: summed up to the whole."""

    kind = "total"  # type: ignore[assignment]

    def terms(self, n: Sequence[str], limit: Decimal | None) -> Terms:
        known = _known(n[2] if self.kept else None, n[0])
        return Terms(f"(CASE WHEN {known} THEN {n[0]} END)", n[0], "1", n[1], "0", "0")


@dataclass(frozen=True)
class Share(Measure):
    """How many of the rows that count (`among`) are good (`good`); the others are counted beside."""

    good: Q
    among: Q | None = None
    beside: str = ""
    per: str = "area"
    kept: Kept | None = None
    kind = "share"  # type: ignore[assignment]

    def parts(self) -> list[Part]:
        both = self.good if self.among is None else self.among & self.good
        parts = [
            Part(self.rows, Count("pk", filter=both), self.per),
            Part(self.rows, Count("pk", filter=self.among), self.per),
            Part(self.rows, Count("pk"), self.per),
        ]
        return [*parts, Part(self.kept.rows, Count("pk"), self.kept.per, self.kept.to)] if self.kept else parts

    def terms(self, n: Sequence[str], limit: Decimal | None) -> Terms:
        good, of, rows = n[:3]
        if self.kept:  # where the ledger is not kept, nothing is known of the rows
            good, of = (f"(CASE WHEN {n[3]} > 0 THEN {one} ELSE 0 END)" for one in (good, of))
        lack = "0" if limit is None else f"GREATEST(CEIL({limit} * {of} / 100.0) - {good}, 0)"
        short = "0" if limit is None else f"(CASE WHEN {of} = 0 OR {good} * 100 < {limit} * {of} THEN 1 ELSE 0 END)"
        return Terms(f"(CASE WHEN {of} > 0 THEN {good} * 100.0 / {of} END)", good, of, rows, lack, short)


@dataclass(frozen=True)
class Mean(Measure):
    """The mean of a column over the rows: numerator its sum, denominator the number of rows."""

    amount: Aggregate
    per: str = "area"
    kind = "mean"  # type: ignore[assignment]

    def parts(self) -> list[Part]:
        return [Part(self.rows, self.amount, self.per), Part(self.rows, Count("pk"), self.per)]

    def terms(self, n: Sequence[str], limit: Decimal | None) -> Terms:
        value = f"(CASE WHEN {n[1]} > 0 THEN {n[0]}::numeric / {n[1]} END)"
        return Terms(value, n[0], n[1], n[1], "0", "0")


@dataclass(frozen=True)
class Asked:
    """A measure under a name, with what one unit is held against (None: nothing)."""

    name: str
    measure: Measure
    limit: Decimal | None = None


def _with_moved(ids: Iterable[int], moved: Mapping[int, int]) -> list[int]:
    """These areas, and those that they stand for."""
    wanted = set(ids)
    return [*wanted, *(old for old, new in moved.items() if new in wanted and old not in wanted)]


def _base(
    part: Part, keys: Mapping[str, Sequence[int]] | None, moved: Mapping[int, int]
) -> tuple[QuerySet[Any] | None, Any]:
    """The rows of a part, narrowed to the keys, and what tells them from others; None when there can be none."""
    rows = part.rows.order_by()
    if keys is not None:
        rows = rows.filter(**{f"{part.per}__in": _with_moved(keys[part.to], moved)})
    try:
        return rows, (str(rows.query.sql_with_params()), part.per, part.to)
    except EmptyResultSet:
        return None, None


#: What a statement gives of each measure, in this order.
FIELDS = ("value", "good", "of", "rows", "lack", "short")
Sql = tuple[str, list[Any]]


def statement(
    asked: Sequence[Asked],
    units: Sql,
    keys: Mapping[str, Sequence[int]] | None = None,
    moved: Mapping[int, int] | None = None,
) -> Sql:
    """One SELECT: a row a unit with its `id` and `above`, then FIELDS of each measure.

    `units` is a SELECT of the columns id, above, top. `keys` narrows what is read: the values that each of these
    columns takes; without it everything is read (the whole country). `moved`: areas that are no more → the one that
    stands for each, where their rows count.
    """
    moved = moved or {}
    joins: dict[Any, tuple[str, QuerySet[Any], str, str, dict[str, Aggregate]]] = {}
    columns: list[str] = []
    known: dict[Any, tuple[QuerySet[Any] | None, Any]] = {}
    for one in asked:
        numbers = []
        for part in one.measure.parts():
            same = (id(part.rows), part.per, part.to)  # the parts of one measure speak of the same rows
            if same not in known:
                known[same] = _base(part, keys, moved)
            rows, base = known[same]
            if rows is None:
                numbers.append("0")
                continue
            name, _, _, _, values = joins.setdefault(base, (f"g{len(joins)}", rows, part.per, part.to, {}))
            alias = next((a for a, v in values.items() if v == part.value), f"m{len(values)}")
            values[alias] = part.value
            numbers.append(f"COALESCE({name}.{alias}, 0)")
        terms = one.measure.terms(numbers, one.limit)
        columns += [getattr(terms, name) for name in FIELDS]
    sql, params = [f"FROM ({units[0]}) AS c(id, above, top)"], list(units[1])
    for name, rows, per, to, values in joins.values():
        grouped = rows.values_list(per).annotate(**values).values_list(per, *values)
        inner, given = grouped.query.sql_with_params()
        params += given
        if moved:
            sums = ", ".join(f"SUM(s.{value})" for value in values)
            inner = (
                f"SELECT COALESCE(w.new, s.k), {sums} FROM ({inner}) AS s(k, {', '.join(values)}) "
                "LEFT JOIN unnest(%s::bigint[], %s::bigint[]) AS w(old, new) ON w.old = s.k GROUP BY 1"
            )
            params += [list(moved), list(moved.values())]
        sql.append(f"LEFT JOIN ({inner}) AS {name}(k, {', '.join(values)}) ON {name}.k = c.{to}")
    return f"SELECT c.id, c.above{''.join(f', {c}' for c in columns)} " + " ".join(sql), params


@dataclass(frozen=True)
class Unit:
    """An area that is counted for, with the two areas above it on that day."""

    id: int
    above: int = 0
    top: int = 0


def tallies(
    asked: Sequence[Asked], units: Sequence[Unit], moved: Mapping[int, int] | None = None
) -> dict[str, dict[int, Tally]]:
    """The tally of each measure for each unit: one statement, whatever their number."""
    if not units or not asked:
        return {one.name: {} for one in asked}
    keys = {
        SELF: [u.id for u in units], ABOVE: sorted({u.above for u in units}), TOP: sorted({u.top for u in units}),
    }  # fmt: skip
    source = "SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])"
    sql, params = statement(
        asked, (source, [keys[SELF], [u.above for u in units], [u.top for u in units]]), keys, moved
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    found: dict[str, dict[int, Tally]] = {one.name: {} for one in asked}
    width = len(FIELDS)
    for row in rows:
        for at, one in enumerate(asked):
            value, good, of, count, lack, short = row[2 + at * width : 2 + (at + 1) * width]
            beside = {"rows": int(count)}
            name = getattr(one.measure, "beside", "")
            if name:
                beside[name] = int(count) - int(of)
            found[one.name][row[0]] = Tally(
                int(good), int(of), beside, 1, int(value is None), int(short), int(lack),
                Decimal(str(value)) if value is not None else Decimal(0),
            )  # fmt: skip
    return found
