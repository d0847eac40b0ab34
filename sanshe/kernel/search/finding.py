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

from .declare import Searchable, indexed_for
from .folding import folded
from .words import Asked, Word

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

#: Columns that hold a number by which a thing is called.
_NUMBERS = ("number", "code")
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


def peek(thing: Searchable, rows: QuerySet[Any], asked: Asked, most: int) -> list[int]:
    """The keys of the newest rows that have the words, at most `most`, for who is still typing: stage 1 alone, which
    ends as soon as there are enough."""
    inner = _texts(thing, rows)
    if inner is None or not asked.words:
        return []
    sql, given, names, told = inner
    test, params = _tests(asked)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c0 FROM (SELECT c0, {told} AS told FROM ({sql}) AS newest ({names}) OFFSET 0) AS texts "
            f"WHERE {test} LIMIT %s",
            [*given, *params, most],
        )
        return [row[0] for row in cursor.fetchall()]


def _newest(thing: Searchable, rows: QuerySet[Any], asked: Asked) -> tuple[int, list[int]]:
    """Stage 1: how many rows were looked through, and the keys of those that have the words."""
    inner = _texts(thing, rows)
    if inner is None:
        return 0, []
    sql, given, names, told = inner
    test, params = _tests(asked)
    # OFFSET 0 keeps the columns from being put together anew for each comparison.
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH newest ({names}) AS MATERIALIZED ({sql}) SELECT (SELECT count(*) FROM newest), "
            f"ARRAY(SELECT c0 FROM (SELECT c0, {told} AS told FROM newest OFFSET 0) AS texts "
            f"WHERE {test} LIMIT {COUNT_TO + 1})",
            [*given, *params],
        )
        seen, ids = cursor.fetchone()
    return int(seen), list(ids)


def _texts(thing: Searchable, rows: QuerySet[Any]) -> tuple[str, Sequence[Any], str, str] | None:
    """The newest rows in SQL with what is given to it, the names of its columns, and all their texts as one."""
    inner = rows.order_by(*thing.newest).values_list("pk", *thing.fields)[:NEWEST]
    try:
        sql, given = inner.query.sql_with_params()
    except EmptyResultSet:
        return None
    names = [f"c{at}" for at in range(len(thing.fields) + 1)]
    told = " || E'\\n' || ".join(f"coalesce({name}::text, '')" for name in names[1:])
    return sql, given, ", ".join(names), told


def _tests(asked: Asked) -> tuple[str, list[str]]:
    tests = [word.test("told") for word in asked.words]
    return " AND ".join(test for test, _ in tests), [one for _, params in tests for one in params]


def _late(kind: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({_LATE} LIMIT {WAITING + 1}) AS late", [kind])
        return int(cursor.fetchone()[0])


def _hit(pairs: list[list[list[int]]]) -> tuple[str, list[list[int]]]:
    """What the index is asked: all pairs of a word, or all of another way of it."""
    tests = [" OR ".join("pairs @> %s::int4[]" for _ in ways) for ways in pairs if len(ways) > 1]
    given = [way for ways in pairs if len(ways) > 1 for way in ways]
    if single := sorted({pair for ways in pairs if len(ways) == 1 for pair in ways[0]}):
        tests, given = ["pairs @> %s::int4[]", *tests], [single, *given]
    return f"SELECT object_id FROM kernel_search WHERE {' AND '.join(f'({test})' for test in tests)}", given


def _by_pairs(
    thing: Searchable, rows: QuerySet[Any], asked: Asked, pairs: list[list[list[int]]], late: int
) -> list[int]:
    """Stage 2: the index first and by itself, then the rule and the comparison on what it found."""
    narrowed = rows.filter(asked.within(thing.fields), pk__in=RawSQL("SELECT object_id FROM hit", []))
    inner = narrowed.order_by(*thing.newest).values_list("pk")[: COUNT_TO + 1]
    try:
        sql, given = inner.query.sql_with_params()
    except EmptyResultSet:
        return []
    hit, wanted = _hit(pairs)
    also, more = (f" UNION ({_LATE} LIMIT {WAITING})", [thing.kind]) if late else ("", [])
    with connection.cursor() as cursor:
        cursor.execute(f"WITH hit AS MATERIALIZED ({hit}{also}) {sql}", [*wanted, *more, *given])
        return [row[0] for row in cursor.fetchall()]


def in_order(thing: Searchable, viewer: Viewer, ids: Sequence[int], asked: Asked | None = None) -> list[int]:
    """The keys in the order of use: whose title or number was typed in full, the viewer's own that is open, what is
    open, the viewer's own, what lies in the viewer's area, then as they come (newest)."""
    near = holds(*viewer.grants.areas, area=thing.area).q(viewer) if thing.area and viewer.grants.areas else False
    marks = {
        name: Case(When(q, then=Value(True)), default=Value(False), output_field=BooleanField())
        for name, q in (("is_mine", thing.mine(viewer)), ("is_open", thing.open), ("is_near", near))
        if isinstance(q, Q)
    }
    named = [thing.fields[0], *(name for name in thing.fields[1:] if name.endswith(_NUMBERS))] if asked else []
    if len(ids) < 2 or not (marks or named):
        return list(ids)
    typed = folded(asked.typed) if asked else ""
    told = thing.model._default_manager.filter(pk__in=ids).annotate(**marks).values_list("pk", *named, *marks)
    rank: dict[int, tuple[bool, ...]] = {}
    for pk, *given in told:
        texts, yes = given[: len(named)], dict(zip(marks, given[len(named) :], strict=True))
        own, still = yes.get("is_mine", False), yes.get("is_open", True)
        whole = any(folded(str(text or "")) == typed for text in texts)
        rank[pk] = tuple(not one for one in (whole, own and still, still, own, yes.get("is_near", False)))
    last = (True,) * 5
    return sorted(ids, key=lambda pk: rank.get(pk, last))


def candidates(model: type[models.Model], fields: Sequence[str], text: str) -> Q:
    """The condition that a row may contain a text in these columns, from the index; empty where it can not tell.

    It stands beside the comparison itself, which it only makes quick.
    """
    thing = indexed_for(model, fields)
    pairs = Word(text).grams(thing.kind) if thing is not None else []
    if thing is None or not pairs:
        return Q()
    late = _late(thing.kind)
    if late > WAITING:
        return Q()
    hit, wanted = _hit([pairs])
    sql = f"{hit} UNION {_LATE}" if late else hit
    params: list[Any] = [*wanted, thing.kind] if late else [*wanted]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT object_id FROM ({sql}) AS hit LIMIT {LITERALS + 1}", params)
        ids = [row[0] for row in cursor.fetchall()]
    return Q(pk__in=ids) if len(ids) <= LITERALS else Q(pk__in=RawSQL(sql, params))
