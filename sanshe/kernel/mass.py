"""Very many invented rows by COPY: for simulation, where neither access rules nor single actions are asked.

A `Part` is one module's share: it says how many ids it needs of each table, and draws the rows of one piece at a time,
always the same ones. `fill` takes the ids, draws many pieces on all cores while others are written, and for many rows
builds indexes and foreign keys afterwards: half the time, and the keys are checked all at once. All of it happens in
the caller's transaction, so a load that is stopped leaves nothing behind.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

from sanshe.runtime.processes import die_with_parent

T = TypeVar("T")
#: From so many rows on it pays to build the indexes afterwards, and to draw on all cores.
MANY = 200_000
#: Pieces drawn before they are needed.
AHEAD = 6
#: Rows of a piece: model → values in the order of `Part.columns`.
Rows = dict[type[Model], list[tuple[Any, ...]]]
Ids = Mapping[type[Model], int]


@dataclass
class Part:
    """One module's share of a simulation.

    `columns`: model → attribute names of the values of its rows, in the order in which the tables refer to one another.
    `counts`: how many ids are taken of those tables whose ids are given by us. `draw(piece, ids)` gives the rows of a
    piece, `ids` being the first id taken of each such table; it never touches the database.
    """

    title: str
    columns: Mapping[type[Model], Sequence[str]]
    counts: Mapping[type[Model], int]
    pieces: Sequence[Any]
    draw: Callable[[Any, Ids], Rows]

    @property
    def size(self) -> int:
        """About how many rows it has: those that are counted ahead."""
        return sum(self.counts.values())


def share(*keys: object) -> float:
    """A number between 0 and 1 that follows from the keys: cheaper than a generator for a single draw."""
    digest = blake2b("|".join(map(str, keys)).encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") / (1 << 56)


def fit(counts: Sequence[int], wanted: int | None, order: Sequence[float]) -> list[int]:
    """Bring counts to a sum: too many, and the last in `order` get nothing; too few, and all get more in proportion."""
    total = sum(counts)
    if wanted is None or total == wanted or not total:
        return list(counts)
    ranked = sorted(range(len(counts)), key=lambda at: order[at])
    times, left = divmod(wanted, total)
    out = [count * times for count in counts]
    for at in ranked:
        more = min(counts[at], left)
        out[at] += more
        left -= more
        if not left:
            break
    return out


def offsets(counts: Sequence[int]) -> list[int]:
    """Where the rows of each begin when they stand one after the other."""
    out, at = [], 0
    for count in counts:
        out.append(at)
        at += count
    return out


def pieces(count: int, size: int = 500) -> list[range]:
    """The numbers from 0 up to `count`, in pieces."""
    return [range(at, min(at + size, count)) for at in range(0, count, size)]


def table_of(model: type[Model]) -> str:
    """The name of a model's table."""
    return model._meta.db_table


# -- writing -----------------------------------------------------------------------------------------------------------


def lock(cursor: Any, tables: Iterable[str]) -> None:
    """Keep others from writing: the ids are ours until the end of the transaction."""
    cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")


def first_free(cursor: Any, table: str) -> int:
    """The id that follows the last one."""
    cursor.execute(f"SELECT greatest(coalesce((SELECT max(id) FROM {table}), 0), last_value) + 1 FROM {table}_id_seq")
    return int(cursor.fetchone()[0])


def used(cursor: Any, table: str, following: int) -> None:
    """Let the table's sequence go on after the ids that we took."""
    cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, max(1, following - 1)])


def take_down(cursor: Any, tables: Sequence[str]) -> list[str]:
    """Drop foreign keys and plain indexes of the tables; return the statements that put them up again."""
    again: list[str] = []
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still to come can not be altered
    cursor.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND conrelid = ANY(%s::text[]::regclass[])",
        [list(tables)],
    )
    for table, name, definition in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        again.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i "
        "WHERE i.indrelid = ANY(%s::text[]::regclass[]) AND NOT i.indisprimary "
        "AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
        [list(tables)],
    )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    return [definition for _, definition in indexes] + again


def put_up(cursor: Any, statements: Sequence[str], step: Callable[[int], None]) -> None:
    """Build what was taken down, with memory for it."""
    cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
    for statement in statements:
        cursor.execute(statement)
        step(1)


def written(rows: Iterable[tuple[Any, ...]], tail: str = "") -> str:
    """Rows in the text form of COPY, each with the same tail. The texts are our own: no tabs, breaks, backslashes."""
    end = tail + "\n"
    return "".join([
        "\t".join(["\\N" if v is None else "t" if v is True else "f" if v is False else str(v) for v in row]) + end
        for row in rows
    ])  # fmt: skip


def _rest(model: type[Model], named: Sequence[str]) -> tuple[list[str], str]:
    """The columns that a part does not name and that have no value by themselves, and their defaults as a tail."""
    columns: list[str] = []
    values: list[str] = []
    for field in model._meta.concrete_fields:
        if field.attname in named or field.primary_key or field.null or field.generated or field.has_db_default():
            continue
        default = field.get_default()
        columns.append(str(field.column))
        plain = isinstance(default, list | dict)
        values.append(json.dumps(default) if plain else written([(default,)])[:-1])
    return columns, "".join(f"\t{value}" for value in values)


# -- drawing -----------------------------------------------------------------------------------------------------------

_work: Callable[[Any], Any] | None = None


def _one(piece: Any) -> Any:
    assert _work is not None
    return _work(piece)


def drawn(work: Callable[[Any], T], pieces: Sequence[Any], many: bool) -> Iterator[T]:
    """`work` of each piece, in order; when there is much to draw on all cores, some pieces ahead.

    The processes are forked, so that what is drawn from need not be sent; they must not touch the database.
    """
    global _work
    if not many:
        yield from map(work, pieces)
        return
    _work = work
    with multiprocessing.get_context("fork").Pool(initializer=die_with_parent) as pool:
        waiting = [pool.apply_async(_one, (piece,)) for piece in pieces[:AHEAD]]
        for following in [*pieces[AHEAD:], *[None] * min(AHEAD, len(pieces))]:
            yield waiting.pop(0).get()
            if following is not None:
                waiting.append(pool.apply_async(_one, (following,)))


#: Told of what is done: title, how much more, of how much.
Tell = Callable[[str, int, int], None]


def _quiet(title: str, more: int, of: int) -> None:
    pass


def fill(parts: Sequence[Part], tell: Tell = _quiet) -> dict[type[Model], int]:
    """Write the rows of all parts; return how many of each model. To be called in a transaction, as the owner."""
    models = [model for part in parts for model in part.columns]
    tables = [table_of(model) for model in models]
    done: dict[type[Model], int] = dict.fromkeys(models, 0)
    rest = {model: _rest(model, names) for part in parts for model, names in part.columns.items()}
    with connection.cursor() as cursor:
        lock(cursor, tables)
        many = sum(part.size for part in parts) >= MANY
        again = take_down(cursor, tables) if many else []
        for part in parts:
            ids = {model: first_free(cursor, table_of(model)) for model in part.counts}

            def work(piece: Any, part: Part = part, ids: Ids = ids) -> dict[type[Model], tuple[int, str]]:
                found = part.draw(piece, ids)
                return {model: (len(rows), written(rows, rest[model][1])) for model, rows in found.items() if rows}

            for texts in drawn(work, part.pieces, many):
                for model, columns in part.columns.items():
                    number, text = texts.get(model, (0, ""))
                    if number:
                        named = [*columns, *rest[model][0]]
                        listed = ", ".join(f'"{name}"' for name in named)
                        with cursor.copy(f"COPY {table_of(model)} ({listed}) FROM STDIN") as copy:
                            copy.write(text)
                        done[model] += number
                tell(part.title, 1, len(part.pieces))
            for model, count in part.counts.items():
                used(cursor, table_of(model), ids[model] + count)
        put_up(cursor, again, lambda more: tell("建立索引、核对关联", more, len(again)))
        for table in tables:
            cursor.execute(f"ANALYZE {table}")
    return done
