"""Stored figures: every indicator for every street and wider area of the country, in a few set-based statements.

The statement that counts one community for a page counts all of them here (kernel.measures.statement); its rows are
summed to the area above in the same statement, then up the tree, and only streets and wider areas are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from sanshe.areas.public import Area, AreaLevel, AreaVersion, absorbed_by
from sanshe.kernel import params
from sanshe.kernel.measures import FIELDS, Asked, Sql, statement

from ..models import StoredFigure
from ..queries import due_days, month_ends
from ..reckoning import asked_of, due_of
from ..registry import ANYWHERE, COMMUNITY, STREET, Indicator, indicators

#: Sums kept of each indicator while the tree is climbed, with how each comes from the fields of a unit.
SUMS = {
    "numerator": "SUM({good})", "denominator": "SUM({of})", "units": "COUNT(*)",
    "unknown": "COUNT(*) FILTER (WHERE {value} IS NULL)", "short": "SUM({short})", "lack": "SUM({lack})",
    "rows": "SUM({rows})", "total": "COALESCE(SUM({value}), 0)",
}  # fmt: skip
LOCK = 0x53414E46  # two runs for one day must not meet


def _areas(level: str, on: date) -> Sql:
    """Every area of a level in force on a day, with the two above it as they stood then: columns id, above, top."""
    changed = list(
        AreaVersion.objects.filter(valid_from__lte=on, valid_to__gt=on).values_list("area_id", "parent_id", "level")
    )
    table = connection.ops.quote_name(Area._meta.db_table)
    force = "a.valid_from <= %s AND (a.valid_to IS NULL OR a.valid_to > %s)"
    if not changed:
        sql = (
            f"SELECT a.id, a.parent_id, p.parent_id FROM {table} a LEFT JOIN {table} p ON p.id = a.parent_id "
            f"WHERE a.level = %s AND {force}"
        )
        return sql, [level, on, on]
    then = "unnest(%s::bigint[], %s::bigint[], %s::text[]) AS"
    given = [[c[0] for c in changed], [c[1] for c in changed], [c[2] for c in changed]]
    sql = (
        "SELECT a.id, COALESCE(w.parent, a.parent_id), COALESCE(v.parent, p.parent_id) "
        f"FROM {table} a LEFT JOIN {then} w(id, parent, level) ON w.id = a.id "
        f"LEFT JOIN {table} p ON p.id = COALESCE(w.parent, a.parent_id) "
        f"LEFT JOIN {then} v(id, parent, level) ON v.id = p.id "
        f"WHERE COALESCE(w.level, a.level) = %s AND {force}"
    )
    return sql, [*given, *given, level, on, on]


def _columns(asked: Sequence[Asked]) -> list[str]:
    return [f"i{at}_{name}" for at in range(len(asked)) for name in SUMS]


def _climb(table: str, asked: Sequence[Asked], on: date) -> None:
    """Add what lies above each area of the table, generation by generation, as the tree stood on the day."""
    names = _columns(asked)
    parents, given = "SELECT id, parent_id FROM areas_area", []
    changed = list(AreaVersion.objects.filter(valid_from__lte=on, valid_to__gt=on).values_list("area_id", "parent_id"))
    if changed:
        parents = (
            "SELECT a.id, COALESCE(w.parent, a.parent_id) AS parent_id FROM areas_area a "
            "LEFT JOIN unnest(%s::bigint[], %s::bigint[]) AS w(id, parent) ON w.id = a.id"
        )
        given = [[c[0] for c in changed], [c[1] for c in changed]]
    sums = ", ".join(f"SUM(f.{name})" for name in names)
    with connection.cursor() as cursor:
        for generation in range(8):  # not policy: no tree is deeper
            cursor.execute(
                f"INSERT INTO {table} (area_id, gen, {', '.join(names)}) SELECT p.parent_id, {generation + 1}, {sums} "
                f"FROM {table} f JOIN ({parents}) p ON p.id = f.area_id "
                f"WHERE f.gen = {generation} AND p.parent_id IS NOT NULL GROUP BY p.parent_id",
                given,
            )
            if cursor.rowcount == 0:
                break


def _keep(table: str, asked: Sequence[Asked], on: date, now: datetime) -> int:
    """Store the sums of streets and wider areas; an area without any datum gets no row. Returns how many rows."""
    made = 0
    with connection.cursor() as cursor:
        for at, one in enumerate(asked):
            due = due_of(params.target(one.name, on))
            limit = due.at_least if due is not None else None
            sums = ", ".join(f"SUM(f.i{at}_{name})" for name in SUMS)
            cursor.execute(
                f'INSERT INTO indicators_storedfigure (area_id, "on", indicator, {", ".join(SUMS)}, '
                '"limit", limit_by, computed_at) '
                f"SELECT f.area_id, %s, %s, {sums}, %s, %s, %s FROM {table} f JOIN areas_area a ON a.id = f.area_id "
                "WHERE a.level IN ('street', 'district', 'city', 'province') GROUP BY f.area_id "
                f"HAVING SUM(f.i{at}_units) > SUM(f.i{at}_unknown)",
                [on, one.name, limit, due.by if limit is not None and due is not None else None, now],
            )
            made += cursor.rowcount
        cursor.execute(f"DROP TABLE {table}")
    return made


def _counted(asked: Sequence[Asked], units: Sql, key: str, on: date) -> str:
    """A temporary table with the sums of every unit (key "id") or of the area above it (key "above")."""
    table = f"figures_{key}"
    sql, given = statement(asked, units, moved=absorbed_by(on=on))
    fields = [f"v{at}_{name}" for at in range(len(asked)) for name in FIELDS]
    sums = [
        f"{how.format(**{name: f'u.v{at}_{name}' for name in FIELDS})} AS i{at}_{name}"
        for at in range(len(asked))
        for name, how in SUMS.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS SELECT u.{key}::bigint AS area_id, 0 AS gen, "
            f"{', '.join(sums)} FROM ({sql}) AS u(id, above, {', '.join(fields)}) "
            f"WHERE u.{key} IS NOT NULL GROUP BY u.{key}",
            given,
        )
    return table


def _standing(chosen: Sequence[Indicator], on: date) -> tuple[str, list[Asked]]:
    """The same for what is counted where it stands: a row each place with a row of its own or of its ledger."""
    asked = [Asked(one.name, one.on(on)) for one in chosen]
    places: set[int] = set()
    for one in asked:
        kept = getattr(one.measure, "kept", None)
        for rows in (one.measure.rows, kept.rows if kept is not None else None):
            if rows is not None:
                places |= set(rows.order_by().values_list("area_id", flat=True).distinct())
    units = ("SELECT id, parent_id, NULL::bigint FROM areas_area WHERE id = ANY(%s)", [sorted(places)])
    return _counted(asked, units, "id", on), asked


@transaction.atomic
def compute(on: date, now: datetime) -> int:
    """Store every indicator of every street and wider area for a day, in the place of what was stored for it.

    Returns the number of figures. Communities are not stored: a page counts theirs when it is asked for.
    """
    chosen = indicators()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    StoredFigure.objects.filter(on=on).delete()
    made = 0
    for level, key, unit in ((COMMUNITY, "above", AreaLevel.COMMUNITY), (STREET, "id", AreaLevel.STREET)):
        asked = asked_of(chosen, on, level)
        if asked:
            table = _counted(asked, _areas(unit, on), key, on)
            _climb(table, asked, on)
            made += _keep(table, asked, on, now)
    standing = [one for one in chosen if one.level == ANYWHERE]
    if standing:
        table, asked = _standing(standing, on)
        _climb(table, asked, on)
        made += _keep(table, asked, on, now)
    return made


def compute_missing(today: date, now: datetime, months: int = 12) -> list[date]:
    """Store the month ends of the last months and the due days that are not stored yet, and today anew.

    Days that are neither are forgotten, so that the table holds what a trend shows. Returns the days computed.
    """
    wanted = set(month_ends(today, months)) | set(due_days(today))
    have = set(StoredFigure.objects.values_list("on", flat=True).distinct())
    done = []
    for day in sorted(wanted - have | {today}):
        compute(day, now)
        done.append(day)
    passing = [d for d in have if d not in wanted and d < today and (d + timedelta(days=1)).day != 1]
    StoredFigure.objects.filter(on__in=passing).delete()
    return done
