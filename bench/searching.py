"""Search at a million matters: words and parts of texts, as people of several posts ask, beside the plain list.

What is asked is drawn from the texts themselves: `words` are the names of criteria, spots and places that residents
write, `parts` are pieces of four to six characters from anywhere in a text. Filing is measured by inserting copies of
matters, with and without the triggers, in a transaction that is undone.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable
from typing import Any

ASKED = 60
FILED = 400
SEED = 20261123


def _times(work: Callable[[Any], Any], given: list[Any]) -> list[float]:
    took = []
    for one in given:
        begin = time.perf_counter()
        work(one)
        took.append((time.perf_counter() - begin) * 1000)
    return took


def _p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[-1]


def _drawn(texts: list[str]) -> tuple[list[str], list[str]]:
    rng = random.Random(SEED)
    words, parts = [], []
    while len(words) < ASKED:
        text = rng.choice(texts)
        pieces = [p for p in "".join(c if c.isalnum() else " " for c in text).split() if 2 <= len(p) <= 8]
        if pieces:
            words.append(rng.choice(pieces))
    while len(parts) < ASKED:
        text, size = rng.choice(texts), rng.randint(4, 6)
        at = rng.randrange(max(1, len(text) - size))
        piece = text[at : at + size]
        if piece.isalnum() and len(piece) == size:
            parts.append(piece)
    return words, parts


def _other_forms(text: str) -> str:
    """The same text in other forms of its signs: 电梯3栋 → 電梯３幢."""
    from sanshe.kernel.search import folded
    from sanshe.kernel.search.folding import forms

    return "".join(forms(sign)[-1] for sign in folded(text))


def _board(out: dict[str, Any], words: list[str]) -> None:
    """A page of the public board, plain and narrowed to words, with its count."""
    from sanshe.kernel import clock
    from sanshe.kernel.access import Viewer
    from sanshe.matters.paging import page_by_key
    from sanshe.matters.queries import board

    nobody, now = Viewer.public(), clock.now()
    for name, texts in (("plain", [""] * ASKED), ("words", words)):
        took = _times(lambda text: page_by_key(board(nobody, {"text": text}, now)), texts)
        out[f"board_{name}_p95_ms"] = _p95(took)


def _row_by_row(rows: Any, text: str) -> list[Any]:
    """What the list did before: compare every row, newest first, up to a page."""
    return list(rows.filter(text__contains=text).order_by("-created_at", "-pk").values_list("pk", flat=True)[:20])


def _filing(triggers: bool) -> float:
    """Milliseconds of writing one matter, undone afterwards."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE drawn ON COMMIT DROP AS SELECT * FROM matters_matter ORDER BY id DESC LIMIT %s", [FILED]
        )
        cursor.execute("UPDATE drawn SET id = id + 100000000, number = 'b' || id, token = 'b' || id, source_key = ''")
        cursor.execute("SELECT id FROM drawn")
        ids = [row[0] for row in cursor.fetchall()]
        if not triggers:
            cursor.execute("ALTER TABLE matters_matter DISABLE TRIGGER USER")
        begin = time.perf_counter()
        for pk in ids:
            cursor.execute("INSERT INTO matters_matter SELECT * FROM drawn WHERE id = %s", [pk])
        took = (time.perf_counter() - begin) * 1000 / len(ids)
        transaction.set_rollback(True)
    return took


def measure() -> None:
    """Run inside a database of simulated matters, as the owner; print figures as json."""
    from django.db import connection

    from bench.inside import _viewers
    from sanshe.kernel import search
    from sanshe.kernel.access import Viewer
    from sanshe.kernel.search import keeping
    from sanshe.matters.models import Matter
    from sanshe.web.finding.looking import Looking

    out: dict[str, Any] = {}
    begin = time.perf_counter()
    keeping.rebuild()
    out["rebuild_seconds"] = time.perf_counter() - begin
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE kernel_search")
        cursor.execute("SELECT pg_table_size('matters_matter'), pg_indexes_size('matters_matter')")
        out["matters_mb"], out["matters_indexes_mb"] = (size / 1e6 for size in cursor.fetchone())
    stands = keeping.status()
    out["table_mb"], out["index_mb"] = stands["table"] / 1e6, stands["index"] / 1e6
    out["rows"] = {kind["name"]: kind["held"] for kind in stands["kinds"]}
    thing = search.searchable("matters")
    words: list[str] = []
    for who, user in _viewers().items():
        viewer = Viewer.of(user)
        rows = thing.rows_of(viewer)
        sample = list(rows.order_by("-pk").values_list("text", flat=True)[:20000:97]) or ["电梯坏了没有人来修"]
        far = list(rows.order_by("pk").values_list("text", flat=True)[:20000:97])
        words, parts = _drawn(sample + far)
        plain = _times(lambda _, rows=rows: list(rows.order_by("-created_at", "-pk")[:20]), list(range(ASKED)))
        out[f"{who}_plain_list_p95_ms"] = _p95(plain)
        for name, texts in (("words", words), ("parts", parts), ("forms", list(map(_other_forms, parts)))):
            for deep in (False, True):
                asked = [search.read(text) for text in texts]
                took = _times(lambda one, rows=rows, deep=deep: search.find(thing, rows, one, deep=deep), asked)
                kind = f"{who}_{name}{'_all' if deep else ''}"
                out[f"{kind}_p50_ms"], out[f"{kind}_p95_ms"], out[f"{kind}_max_ms"] = (
                    statistics.median(took), _p95(took), max(took)
                )  # fmt: skip
                out[f"{kind}_p95_to_plain_list"] = _p95(took) / _p95(plain)
        if viewer.is_staff:
            # Whoever types sees all kinds at once: the newest rows of each, until there are enough.
            typing = _times(lambda text, viewer=viewer: Looking(viewer, search.read(text)).suggest(), words[:30])
            out[f"{who}_typing_p50_ms"], out[f"{who}_typing_p95_ms"] = statistics.median(typing), _p95(typing)
        missing = [text[:2] + "鳌" + text[2:] for text in parts[:20]]
        took = _times(lambda text, rows=rows: search.find(thing, rows, search.read(text)), missing)
        out[f"{who}_nothing_p95_ms"] = _p95(took)
        out[f"{who}_nothing_row_by_row_ms"] = statistics.median(
            _times(lambda text, rows=rows: _row_by_row(rows, text), missing[:3])
        )
        wrong = sum(
            set(search.find(thing, rows, search.read(text), deep=True).ids)
            != set(rows.filter(search.read(text).within(thing.fields)).order_by("-created_at", "-pk")
                   .values_list("pk", flat=True)[: search.COUNT_TO + 1])
            for text in parts[:6]
        )  # fmt: skip
        out[f"{who}_differ"] = wrong
    _board(out, words)
    _filing(True)
    out["filing_ms"], out["filing_without_ms"] = _filing(True), _filing(False)
    Matter.objects.filter(pk__in=list(Matter.objects.order_by("-pk").values_list("pk", flat=True)[:2000])).update(
        place_text="换了地方再试"
    )
    begin = time.perf_counter()
    out["taken"] = keeping.take()
    out["taking_ms_a_row"] = (time.perf_counter() - begin) * 1000 / max(1, out["taken"])
    print(json.dumps(out))
