"""The index follows the texts: triggers note what was written, the worker takes its pairs within seconds.

A trigger sees everything that is written: single actions, bulk imports, COPY. It only notes the key; the pairs are
taken outside the writer's transaction, which would otherwise wait whenever the index folds in its pending entries.
What is noted and not yet taken is compared by the search itself, so nothing is missed meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any
from zlib import crc32

from django.db import connection, models, transaction
from django.db.models import Q

from .declare import Searchable, searchables
from .folding import version
from .grams import grams_of

#: Things that are taken in one transaction.
CHUNK = 500
#: One worker at a time takes changes (an advisory lock), so that an older text never overwrites a newer one's pairs.
_LOCK = 6_015_001


def indexed() -> list[Searchable]:
    """The kinds whose pairs are kept."""
    return [one for one in searchables() if one.indexed]


# -- triggers ----------------------------------------------------------------------------------------------------------


def _columns(thing: Searchable) -> list[str]:
    names = [*thing.fields, *(str(child[0]) for child in thing.kept.children if isinstance(child, tuple))]
    return [str(thing.model._meta.get_field(name).column) for name in dict.fromkeys(names)]  # type: ignore[union-attr]


def _statements(thing: Searchable, prefix: str) -> list[str]:
    table, kind = thing.model._meta.db_table, thing.kind
    changed = " OR ".join(f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in _columns(thing))
    return [
        f"CREATE TRIGGER {prefix}_new AFTER INSERT ON {table} REFERENCING NEW TABLE AS touched "
        f"FOR EACH STATEMENT EXECUTE FUNCTION kernel_search_many('{kind}')",
        f"CREATE TRIGGER {prefix}_gone AFTER DELETE ON {table} REFERENCING OLD TABLE AS touched "
        f"FOR EACH STATEMENT EXECUTE FUNCTION kernel_search_many('{kind}')",
        f"CREATE TRIGGER {prefix}_changed AFTER UPDATE ON {table} FOR EACH ROW WHEN ({changed}) "
        f"EXECUTE FUNCTION kernel_search_one('{kind}')",
    ]


def install() -> list[str]:
    """Put up the triggers that are missing, as the owner of the tables; return the kinds that begin.

    A kind that begins, or whose columns or folding are others than before, is noted whole, for the worker to take.
    """
    begun = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('kernel_search_one') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return []
        for thing in indexed():
            table = thing.model._meta.db_table
            cursor.execute("SELECT array_agg(column_name::text) FROM information_schema.columns WHERE table_name = %s",
                           [table])  # fmt: skip
            there = set(cursor.fetchone()[0] or ())
            if not set(_columns(thing)) <= there:
                continue  # a migration to an earlier state
            mark = crc32("|".join([table, *_columns(thing), str(version())]).encode())
            own = f"search_{thing.name.replace('-', '_')}"
            prefix = f"{own}_{mark:08x}"
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname ~ %s",
                [table, f"^{own}_[0-9a-f]{{8}}_(new|gone|changed)$"],
            )
            names = {name for (name,) in cursor.fetchall()}
            if names == {f"{prefix}_{end}" for end in ("new", "gone", "changed")}:
                continue
            for name in names:
                cursor.execute(f"DROP TRIGGER {name} ON {table}")
            for statement in _statements(thing, prefix):
                cursor.execute(statement)
            cursor.execute(f"INSERT INTO kernel_search_changed (kind, object_id) SELECT {thing.kind}, id FROM {table}")
            begun.append(thing.name)
    return begun


# -- taking ------------------------------------------------------------------------------------------------------------


def take(most: int | None = None, seconds: float | None = None) -> int:
    """Take the pairs of what has changed, oldest note first; return how many notes were taken.

    Stops after about `most` notes or `seconds`; without either, when nothing is left.
    """
    kinds = {one.kind: one for one in indexed()}
    began, done = monotonic(), 0
    while True:
        taken = _take_chunk(kinds)
        done += taken
        if not taken or (most and done >= most) or (seconds and monotonic() - began > seconds):
            return done


def _take_chunk(kinds: dict[int, Searchable]) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(
            "DELETE FROM kernel_search_changed WHERE id IN "
            "(SELECT id FROM kernel_search_changed ORDER BY id LIMIT %s) RETURNING kind, object_id",
            [CHUNK],
        )
        noted = cursor.fetchall()
        for kind in {kind for kind, _ in noted}:
            ids = sorted({pk for one, pk in noted if one == kind})
            rows = _pairs_of(kinds[kind], ids) if kind in kinds else []
            kept = [pk for pk, _ in rows]
            cursor.execute(
                "DELETE FROM kernel_search WHERE kind = %s AND object_id = ANY(%s) AND object_id <> ALL(%s)",
                [kind, ids, kept],
            )
            # What says the same as before is left alone: the index grows by every entry that is written anew.
            cursor.executemany(
                "INSERT INTO kernel_search AS old (kind, object_id, pairs) VALUES (%s, %s, %s::int4[]) "
                "ON CONFLICT (kind, object_id) DO UPDATE SET pairs = excluded.pairs WHERE old.pairs <> excluded.pairs",
                [(kind, pk, pairs) for pk, pairs in rows],
            )
    return len(noted)


def _pairs_of(thing: Searchable, ids: list[int]) -> list[tuple[int, list[int]]]:
    rows = list(_kept(thing).filter(pk__in=ids).values_list("pk", *thing.fields))
    taken = grams_of([_text(values) for _, *values in rows], thing.kind)
    return [(row[0], pairs.tolist()) for row, pairs in zip(rows, taken, strict=True)]


def _kept(thing: Searchable) -> models.QuerySet[Any]:
    return thing.model._base_manager.filter(thing.kept or Q()).order_by()


def _text(values: list[Any]) -> str:
    return "\n".join("\n".join(map(str, v)) if isinstance(v, list) else str(v or "") for v in values)


# -- all anew ----------------------------------------------------------------------------------------------------------


def rebuild(tell: Callable[[str, int], None] = lambda title, done: None) -> dict[str, int]:
    """Take the pairs of everything anew, as the owner of the tables: the index is dropped, filled by COPY, built.

    Searches meanwhile wait. Returns how many things of each kind.
    """
    done: dict[str, int] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute("SELECT coalesce(max(id), 0) FROM kernel_search_changed")
        upto = cursor.fetchone()[0]
        cursor.execute("DROP INDEX IF EXISTS search_pairs")
        cursor.execute("TRUNCATE kernel_search")
        for thing in indexed():
            done[thing.name] = _fill(thing, cursor, tell)
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute("CREATE INDEX search_pairs ON kernel_search USING gin (pairs)")
        cursor.execute("DELETE FROM kernel_search_changed WHERE id <= %s", [upto])
        cursor.execute("ANALYZE kernel_search")
    return done


def _fill(thing: Searchable, cursor: Any, tell: Callable[[str, int], None]) -> int:
    last, done = 0, 0
    while True:
        rows = list(_kept(thing).filter(pk__gt=last).order_by("pk").values_list("pk", *thing.fields)[: CHUNK * 10])
        if not rows:
            return done
        last = rows[-1][0]
        for at in range(0, len(rows), CHUNK):
            piece = rows[at : at + CHUNK]
            taken = grams_of([_text(values) for _, *values in piece], thing.kind)
            with cursor.copy("COPY kernel_search (kind, object_id, pairs) FROM STDIN") as copy:
                copy.write("".join(
                    f"{thing.kind}\t{row[0]}\t{{{','.join(map(str, pairs.tolist()))}}}\n"
                    for row, pairs in zip(piece, taken, strict=True)
                ))  # fmt: skip
        done += len(rows)
        tell(thing.title, len(rows))


def status() -> dict[str, Any]:
    """How many things of each kind are in the index, how many changes wait, bytes of table and index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, count(*) FROM kernel_search GROUP BY kind")
        held = dict(cursor.fetchall())
        cursor.execute("SELECT kind, count(*) FROM kernel_search_changed GROUP BY kind")
        late = dict(cursor.fetchall())
        cursor.execute("SELECT pg_table_size('kernel_search'), pg_relation_size(to_regclass('search_pairs'))")
        table, index = cursor.fetchone()
    kinds = [{"name": t.name, "title": t.title, "held": held.get(t.kind, 0), "waiting": late.get(t.kind, 0)}
             for t in indexed()]  # fmt: skip
    return {"kinds": kinds, "table": table, "index": index or 0}
