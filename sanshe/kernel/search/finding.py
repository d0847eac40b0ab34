"""The two stages of a search: the newest rows by comparing, then all rows by their pairs.

Stage 1 reads the viewer's newest `NEWEST` rows and compares each with the words: that answers what is frequent, and
everything for who sees few rows. Only where it finds fewer than `ENOUGH` and there are older rows is the index asked
(stage 2), which is quick just for what is rare (docs/adr/0015). Both begin from the rows that the viewer may find.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import BooleanField, Case, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL

from sanshe.kernel.access import Viewer, holds

from .declare import Searchable, end_of, indexed_for
from .grams import grams
from .words import Asked

#: Rows of stage 1.
NEWEST = 5000
#: So many found there are enough.
ENOUGH = 20
#: Rows are found up to here; beyond, a page says 「1000+」.
COUNT_TO = 1000
#: Changes that still wait for the index are compared as well, unless there are more than these.
WAITING = 20_000
#: Ids that are given literally.
LITERALS = 2000

_HIT = "SELECT object_id FROM kernel_search WHERE pairs @> %s::int4[]"
_LATE = "SELECT object_id FROM kernel_search_changed WHERE kind = %s"


@dataclass
class Found:
    """The keys of what was found, newest first, at most `COUNT_TO` + 1.

    `whole`: every row of the viewer was searched; else the newest only. `behind`: the index is still being made.
    """

    ids: list[int] = field(default_factory=list)
    whole: bool = True
    behind: bool = False

    @property
    def total(self) -> str:
        """How many, in words."""
        if len(self.ids) > COUNT_TO:
            return f"{COUNT_TO}+"
        return str(len(self.ids)) if self.whole or not self.ids else f"{len(self.ids)}+"


def find(thing: Searchable, rows: QuerySet[Any], asked: Asked, *, deep: bool = False, enough: int = ENOUGH) -> Found:
    """Find the words in `rows` (the viewer's, narrowed as one likes, in any order).

    `deep`: all rows, though the newest hold enough.
    """
    if not asked.words:
        return Found()
    seen, ids = _newest(thing, rows, asked)
    found = Found(ids, whole=seen < NEWEST)
    if found.whole or (len(ids) >= enough and not deep) or len(ids) > COUNT_TO or not thing.indexed:
        return found
    pairs = asked.pairs(thing.kind)
    if not pairs:
        return found
    late = _late(thing.kind)
    if late > WAITING:
        found.behind = True
    return Found(_by_pairs(thing, rows, asked, pairs, late), whole=not found.behind, behind=found.behind)


def _newest(thing: Searchable, rows: QuerySet[Any], asked: Asked) -> tuple[int, list[int]]:
    """Stage 1: how many rows were looked through, and the keys of those that have the words."""
    inner = rows.order_by(*thing.newest).values_list("pk", *thing.fields)[:NEWEST]
    try:
        sql, given = inner.query.sql_with_params()
    except EmptyResultSet:
        return 0, []
    names = [f"c{at}" for at in range(len(thing.fields) + 1)]
    columns = [
        f"{name}::text" if isinstance(end_of(thing.model, path), models.JSONField) else name
        for name, path in zip(names[1:], thing.fields, strict=True)
    ]
    tests: list[str] = []
    params: list[Any] = []
    for word in asked.words:
        like = "ILIKE" if word.blind else "LIKE"
        ways = [(column, pattern) for column in columns for pattern in word.patterns()]
        tests.append("(" + " OR ".join(f"{column} {like} %s" for column, _ in ways) + ")")
        params += [pattern for _, pattern in ways]
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH newest ({', '.join(names)}) AS MATERIALIZED ({sql}) SELECT (SELECT count(*) FROM newest), "
            f"ARRAY(SELECT c0 FROM newest WHERE {' AND '.join(tests)} LIMIT {COUNT_TO + 1})",
            [*given, *params],
        )
        seen, ids = cursor.fetchone()
    return int(seen), list(ids)


def _late(kind: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({_LATE} LIMIT {WAITING + 1}) AS late", [kind])
        return int(cursor.fetchone()[0])


def _by_pairs(thing: Searchable, rows: QuerySet[Any], asked: Asked, pairs: list[int], late: int) -> list[int]:
    """Stage 2: the index first and by itself, then the rule and the comparison on what it found."""
    narrowed = rows.filter(asked.within(thing.fields), pk__in=RawSQL("SELECT object_id FROM hit", []))
    inner = narrowed.order_by(*thing.newest).values_list("pk")[: COUNT_TO + 1]
    try:
        sql, given = inner.query.sql_with_params()
    except EmptyResultSet:
        return []
    also, more = (f" UNION ({_LATE} LIMIT {WAITING})", [thing.kind]) if late else ("", [])
    with connection.cursor() as cursor:
        cursor.execute(f"WITH hit AS MATERIALIZED ({_HIT}{also}) {sql}", [pairs, *more, *given])
        return [row[0] for row in cursor.fetchall()]


def in_order(thing: Searchable, viewer: Viewer, ids: Sequence[int]) -> list[int]:
    """The keys in the order of use: what is open first, then the viewer's own area, then as they come (newest)."""
    own = holds(*viewer.grants.areas, area=thing.area).q(viewer) if thing.area and viewer.grants.areas else False
    marks = {
        name: Case(When(q, then=Value(True)), default=Value(False), output_field=BooleanField())
        for name, q in (("is_open", thing.open), ("is_near", own))
        if isinstance(q, Q)
    }
    if not marks or len(ids) < 2:
        return list(ids)
    told = thing.model._default_manager.filter(pk__in=ids).annotate(**marks).values_list("pk", *marks)
    rank = {pk: tuple(not mark for mark in given) for pk, *given in told}
    last = (True,) * len(marks)
    return sorted(ids, key=lambda pk: rank.get(pk, last))


def candidates(model: type[models.Model], fields: Sequence[str], text: str) -> Q:
    """The condition that a row may contain a text in these columns, from the index; empty where it can not tell.

    It stands beside the comparison itself, which it only makes quick.
    """
    thing = indexed_for(model, fields)
    pairs = grams(text, thing.kind) if thing is not None else []
    if thing is None or not pairs:
        return Q()
    late = _late(thing.kind)
    if late > WAITING:
        return Q()
    sql = f"{_HIT} UNION {_LATE}" if late else _HIT
    params: list[Any] = [pairs, thing.kind] if late else [pairs]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT object_id FROM ({sql}) AS hit LIMIT {LITERALS + 1}", params)
        ids = [row[0] for row in cursor.fetchall()]
    return Q(pk__in=ids) if len(ids) <= LITERALS else Q(pk__in=RawSQL(sql, params))
