"""The statements of a load: staged rows become the tree, each row written once. Called by `actions.load_areas` alone.

All of it is set-based: 620,573 communities are too many to go row by row (engineering notes, what goes wrong first: 8).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from .divisions import Division
from .words import AreaLevel

#: The order in which levels are put in: parents before children.
LEVELS = (AreaLevel.PROVINCE, AreaLevel.CITY, AreaLevel.DISTRICT, AreaLevel.STREET, AreaLevel.COMMUNITY)


def stage(cursor: Any, rows: Iterable[Division]) -> dict[str, int]:
    """Copy the rows into a temporary table; return how many of each level are left after doubled codes are settled."""
    # One load at a time: two would number the same tree differently.
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext('areas.load'))")
    cursor.execute("SET LOCAL work_mem = '128MB'")
    cursor.execute(
        'CREATE TEMP TABLE areas_stage (code text COLLATE "C", name text, short_name text, level text,'
        ' parent_code text COLLATE "C") ON COMMIT DROP'
    )
    with cursor.copy("COPY areas_stage FROM STDIN") as copy:
        for row in rows:
            copy.write_row((row.code, row.name, row.short_name, str(row.level), row.parent_code))
    cursor.execute("ANALYZE areas_stage")
    return _lowest_of_one_code(cursor)


def _lowest_of_one_code(cursor: Any) -> dict[str, int]:
    """Keep one row a code, the lowest.

    The lists repeat an area on the next level where a level is missing (a city without districts, one county whose
    only street and community carry its own code); the row that is kept moves up to the parent of the others.
    """
    cursor.execute(
        "CREATE TEMP TABLE areas_twice ON COMMIT DROP AS SELECT code FROM areas_stage WHERE parent_code = code"
    )
    cursor.execute(
        "UPDATE areas_stage s SET parent_code = u.parent_code FROM areas_stage u"
        " WHERE s.parent_code = s.code AND u.code = s.code AND u.parent_code <> u.code"
    )
    rank = "array_position(ARRAY['province','city','district','street','community'], {}.level)"
    cursor.execute(
        "DELETE FROM areas_stage s USING areas_stage lower WHERE s.code IN (SELECT code FROM areas_twice)"
        f" AND lower.code = s.code AND {rank.format('lower')} > {rank.format('s')}"
    )
    cursor.execute("DROP TABLE areas_twice")
    cursor.execute("SELECT level, count(*) FROM areas_stage GROUP BY level")
    counts = dict(cursor.fetchall())
    _leave_changed_areas(cursor)
    return counts


def _leave_changed_areas(cursor: Any) -> None:
    """Pass over staged areas that were changed since (they have versions), under whatever code; their children that
    the source brings hang on to them."""
    cursor.execute(
        "UPDATE areas_stage s SET parent_code = a.code FROM areas_areaversion v JOIN areas_area a ON a.id = v.area_id"
        " WHERE s.parent_code = v.code AND a.code <> v.code"
    )
    cursor.execute("DELETE FROM areas_stage s USING areas_areaversion v WHERE s.code = v.code")


def renumber(cursor: Any) -> int:
    """Number the tree as the parents now say; return how many rows moved in the order."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext('areas.load'))")
    cursor.execute(
        'CREATE TEMP TABLE areas_stage (code text COLLATE "C", name text, short_name text, level text,'
        ' parent_code text COLLATE "C") ON COMMIT DROP'
    )
    number(cursor)
    cursor.execute(
        "UPDATE areas_area a SET lo = o.lo, hi = greatest(o.lo, o.last) + 1 FROM areas_order o"
        " WHERE a.code = o.code AND (a.lo <> o.lo OR a.hi <> greatest(o.lo, o.last) + 1)"
    )
    moved: int = cursor.rowcount
    cursor.execute("DROP TABLE areas_all, areas_order")
    return moved


def number(cursor: Any) -> None:
    """Number the tree as it will be: staged rows and those that stand already, siblings in the order of their codes.

    A staged row whose parent is nowhere keeps the parent that it has, or becomes a root.
    """
    cursor.execute(
        """
        CREATE TEMP TABLE areas_all ON COMMIT DROP AS
        SELECT s.code, s.name, s.short_name, s.level, true AS staged, a.id IS NULL AS is_new,
               coalesce(t.code, p.code, was.code) COLLATE "C" AS parent_code
        FROM areas_stage s LEFT JOIN areas_stage t ON t.code = s.parent_code
        LEFT JOIN areas_area p ON p.code = s.parent_code
        LEFT JOIN areas_area a ON a.code = s.code LEFT JOIN areas_area was ON was.id = a.parent_id
        UNION ALL
        SELECT a.code, a.name, a.short_name, a.level, false, false, p.code
        FROM areas_area a LEFT JOIN areas_area p ON p.id = a.parent_id
        WHERE NOT EXISTS (SELECT 1 FROM areas_stage s WHERE s.code = a.code)
        """
    )
    cursor.execute("DROP TABLE areas_stage")
    cursor.execute("ANALYZE areas_all")
    cursor.execute(
        """
        CREATE TEMP TABLE areas_order ON COMMIT DROP AS
        WITH RECURSIVE walk(code, parent_code, depth, path) AS (
            SELECT code, parent_code, 0, code FROM areas_all WHERE parent_code IS NULL
            UNION ALL
            SELECT x.code, x.parent_code, w.depth + 1, w.path || x.code
            FROM areas_all x JOIN walk w ON x.parent_code = w.code)
        SELECT code, parent_code, depth, row_number() OVER (ORDER BY path COLLATE "C")::int AS lo, 0 AS last FROM walk
        """
    )
    cursor.execute("UPDATE areas_order SET last = lo WHERE last < lo AND code IN (SELECT parent_code FROM areas_order)")
    cursor.execute("CREATE INDEX ON areas_order (code)")
    cursor.execute("ANALYZE areas_order")
    cursor.execute("SELECT coalesce(max(depth), 0) FROM areas_order")
    for depth in range(cursor.fetchone()[0], 0, -1):
        cursor.execute(
            "UPDATE areas_order p SET last = c.last FROM (SELECT parent_code, max(greatest(lo, last)) AS last"
            " FROM areas_order WHERE depth = %s GROUP BY parent_code) c WHERE p.code = c.parent_code",
            [depth],
        )


def write(cursor: Any, begins: date, progress: Callable[[int, int], None]) -> tuple[int, int]:
    """Write what is new or changed; return how many rows are new and how many changed in more than their order."""
    added = 0
    for done, level in enumerate(LEVELS):
        progress(done, len(LEVELS) + 1)
        cursor.execute(
            "INSERT INTO areas_area (code, name, short_name, level, parent_id, lo, hi, valid_from)"
            " SELECT x.code, x.name, x.short_name, x.level, p.id, o.lo, greatest(o.lo, o.last) + 1, %s"
            " FROM areas_all x JOIN areas_order o ON o.code = x.code"
            " LEFT JOIN areas_area p ON p.code = x.parent_code"
            " WHERE x.is_new AND x.level = %s ORDER BY o.lo",
            [begins, str(level)],
        )
        added += cursor.rowcount
    progress(len(LEVELS), len(LEVELS) + 1)
    cursor.execute(
        "UPDATE areas_area a SET name = x.name, short_name = x.short_name, level = x.level, parent_id = p.id"
        " FROM areas_all x LEFT JOIN areas_area p ON p.code = x.parent_code"
        " WHERE x.staged AND NOT x.is_new AND a.code = x.code"
        " AND (a.name, a.short_name, a.level, a.parent_id) IS DISTINCT FROM (x.name, x.short_name, x.level, p.id)"
    )
    changed = cursor.rowcount
    if added or changed:
        cursor.execute(
            "UPDATE areas_area a SET lo = o.lo, hi = greatest(o.lo, o.last) + 1 FROM areas_order o"
            " WHERE a.code = o.code AND (a.lo <> o.lo OR a.hi <> greatest(o.lo, o.last) + 1)"
        )
    cursor.execute("DROP TABLE areas_all, areas_order")
    cursor.execute("SELECT relowner = current_user::regrole FROM pg_class WHERE oid = 'areas_area'::regclass")
    if (added or changed) and cursor.fetchone()[0]:
        cursor.execute("ANALYZE areas_area")
    progress(len(LEVELS) + 1, len(LEVELS) + 1)
    return added, changed
