"""Which values are encrypted under which key, and moving them to the current one in chunks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from sanshe.kernel import crypto
from sanshe.kernel.fields import EncryptedText

CHUNK = 500  # rows a transaction: short enough that nobody waits for a row


@dataclass(frozen=True)
class Column:
    """An encrypted column: its table, its name, the primary key, and what its values are bound to."""

    table: str
    column: str
    pk: str
    context: str


@dataclass
class Progress:
    """How far the work on one column is; `failed` names the rows that could not be read."""

    column: Column
    total: int
    done: int
    failed: list[str]


def columns() -> list[Column]:
    """Every `EncryptedText` field of every model that has a table of its own."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        if meta.proxy or not meta.managed:
            continue
        for field in meta.local_concrete_fields:
            if isinstance(field, EncryptedText):
                pk = meta.pk.column or meta.pk.attname
                found.append(Column(meta.db_table, field.column or field.attname, pk, field.context))
    return sorted(found, key=lambda column: column.context)


def count_by_key(column: Column) -> dict[str, int]:
    """Number of values in a column by the id of their key; "" for values that are not encrypted."""
    table, name = _quoted(column)
    with connection.cursor() as cursor:
        key = f"CASE WHEN position(':' in {name}) > 0 THEN split_part({name}, ':', 1) ELSE '' END"
        cursor.execute(f"SELECT {key}, count(*) FROM {table} WHERE {name} <> '' GROUP BY 1 ORDER BY 1")
        return dict(cursor.fetchall())


def reencrypt(column: Column) -> Iterator[Progress]:
    """Move a column's values to the current key, chunk by chunk; yields after each chunk.

    May be stopped at any time and run again. A value that somebody changes meanwhile is left to its writer,
    who writes with the current key already; one that can not be read stays as it is and is reported.
    """
    table, name = _quoted(column)
    pk, current = connection.ops.quote_name(column.pk), crypto.ring().current
    stale = f"{name} <> '' AND {name} NOT LIKE %s"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {stale}", [f"{current}:%"])
        state = Progress(column, cursor.fetchone()[0], 0, [])
    last: Any = None
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            after = "" if last is None else f" AND {pk} > %s"
            cursor.execute(
                f"SELECT {pk}, {name} FROM {table} WHERE {stale}{after} ORDER BY {pk} LIMIT {CHUNK}",
                [f"{current}:%", *([] if last is None else [last])],
            )
            rows = cursor.fetchall()
            for key, stored in rows:
                try:
                    fresh = crypto.encrypt(crypto.decrypt(stored, column.context), column.context)
                except crypto.KeyTrouble:
                    state.failed.append(str(key))
                    continue
                cursor.execute(f"UPDATE {table} SET {name} = %s WHERE {pk} = %s AND {name} = %s", [fresh, key, stored])
        if not rows:
            return
        last = rows[-1][0]
        state.done += len(rows)
        yield state


def _quoted(column: Column) -> tuple[str, str]:
    return connection.ops.quote_name(column.table), connection.ops.quote_name(column.column)
