"""The things that share most pairs with a text, out of some rows: what to compare closely, without reading them all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from .declare import Searchable
from .grams import grams

#: Pairs that must be shared at least: one says nothing.
LEAST = 2


def nearest(
    thing: Searchable, rows: QuerySet[Any], pieces: Iterable[str], *, within: Sequence[str] = (), among: int, limit: int
) -> list[int]:
    """The keys of the `rows` that share most with the `pieces` of a text, at most `limit`, the nearest first.

    `within`: only things that contain one of these wholly (up to the order of its pairs), as a name of a place.
    `among`: no more rows than these are looked through; `rows` must be narrowed by an index. What was written within
    the last seconds may still be missing: its pairs are taken by the worker.
    """
    pairs = grams(" ".join(pieces), thing.kind)
    names = [found for found in (grams(name, thing.kind) for name in within) if found]
    if len(pairs) < LEAST or (within and not names):
        return []
    try:
        sql, given = rows.order_by().values_list("pk")[:among].query.sql_with_params()
    except EmptyResultSet:
        return []
    named = " OR ".join(["held.pairs @> %s::int4[]"] * len(names)) or "TRUE"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH near (pk) AS MATERIALIZED ({sql}) "
            "SELECT held.object_id FROM near JOIN kernel_search AS held ON held.kind = %s AND held.object_id = near.pk "
            "CROSS JOIN LATERAL (SELECT count(*) AS pairs FROM unnest(held.pairs) AS one (pair) "
            "WHERE one.pair = ANY(%s::int4[])) AS shared "
            f"WHERE ({named}) AND shared.pairs >= {LEAST} "
            "ORDER BY shared.pairs / sqrt(cardinality(held.pairs) + 20) DESC, held.object_id DESC LIMIT %s",
            [*given, thing.kind, pairs, *names, limit],
        )
        return [row[0] for row in cursor.fetchall()]
