"""Check every row of a sheet and stage it: what would be added, changed, left, refused. Nothing is written yet."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from sanshe.kernel import params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, WrongState

from ...declare import Register, register_of
from .. import store
from ..checking import Known, Line, Reader, copied
from ..deciding import Decider, Fate
from ..models import ImportBatch, ImportRow
from ..plan import Plan, make_plan, quoted
from ..reading import Book, refuse_long
from ..words import BatchState, RowState
from ..workers import CHUNK, chunks, staged
from .returning import make_back

#: The two numbers of an advisory lock: what is locked, and which one.
BATCHES, REGISTERS = 7_310_001, 7_310_002


@contextmanager
def locked(space: int, key: int | str) -> Iterator[None]:
    """Hold a lock of the database for as long as the block runs; it goes with the connection when we are killed."""
    name = "%s" if isinstance(key, int) else "hashtext(%s)"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_lock(%s, {name})", [space, key])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_unlock(%s, {name})", [space, key])


def check(*, batch_id: int, by: Viewer, now: datetime) -> ImportBatch:
    """Stage every row of the sheet. May be run twice: what an earlier run left half done goes first.

    Raises Invalid for a sheet that is too long or can not be read.
    """
    with locked(BATCHES, batch_id):
        batch = ImportBatch.objects.get(pk=batch_id)
        if batch.state != BatchState.CHECKING:
            raise WrongState("这张表不在等待核对，请刷新页面。")
        ImportRow.objects.filter(batch=batch)._raw_delete(using="default")
        register = register_of(batch.register)
        plan = make_plan(register, batch.mapping, now)
        if register.key and not plan.keys():
            title = {column.name: column.title for column in register.columns}
            ways = "，或".join("和".join(f"「{title[name]}」" for name in key) for key in register.key)
            raise Invalid(f"表里缺少能认出是哪一条的列：需要有{ways}。请补上这一列，或在“列的对应”里选出来。")
        counts = _stage_all(batch, plan, by, now)
        batch.counts, batch.layout = dict(counts), plan.as_json()
        batch.total = batch.done = sum(counts.values())
        batch.checked_at, batch.state, batch.problem = now, BatchState.CHECKED, ""
        if counts["refused"]:
            batch.back = make_back(batch, register)
        batch.save()
    return batch


NAMES = {RowState.ADDED: "added", RowState.CHANGED: "changed", RowState.LEFT: "left", RowState.REFUSED: "refused"}


def _stage_all(batch: ImportBatch, plan: Plan, by: Viewer, now: datetime) -> Counter[str]:
    decider = Decider(plan, by, now)
    reader = Reader(plan, decider.wanted)
    book = Book(store.get(batch.file), batch.kind)
    sheet = book.sheet(batch.sheet)
    del book
    counts: Counter[str] = Counter({name: 0 for name in NAMES.values()})
    lines = _counted(sheet.rows(), batch, len(plan.columns))
    if plan.whole:
        # Row by row needs the plain cells and the database, so it stays in this process.
        for part in chunks(lines, 500):
            known = _find(plan, reader, by, part)
            _put(batch, plan, decider.decide(reader.stage(part, known), reader.read(part, known)), counts)
        return counts
    for one in staged(reader, chunks(lines), lambda part: _find(plan, reader, by, part)):
        _put(batch, plan, decider.decide(one), counts)
    return counts


def _counted(rows: Iterator[Line], batch: ImportBatch, width: int) -> Iterator[Line]:
    """The rows below the head; raises Invalid at once when there are more than one import takes."""
    most = params.get("sheets.rows_most").value
    cells = params.get("sheets.cells_most").value // max(width, 1)
    below = batch.head_at + batch.head_rows
    count = 0
    for no, row in rows:
        if no < below:
            continue
        count += 1
        if count > most or count > cells:
            total = count + sum(1 for _ in rows)
            refuse_long(total, total * width)
        yield no, row
    if not count:
        raise Invalid("表头下面没有内容，请填好后再上传。")


def _find(plan: Plan, reader: Reader, by: Viewer, part: Sequence[Line]) -> Known:
    """Keys of the references of a chunk: each different text is looked up once a sheet."""
    texts = reader.texts(part)
    out: Known = {}
    for _, column in plan.columns:
        if column.kind != "reference" or column.reference is None:
            continue
        memory = _memory(reader, column.name)
        new = [text for text in texts[column.name] if text not in memory]
        if new:
            found = column.reference.find(new, by)
            memory.update({text: found.get(text) for text in new})
        out[column.name] = {t: key for t in texts[column.name] if (key := memory.get(t)) is not None}
        if len(memory) > 50_000:
            memory.clear()
    return out


def _memory(reader: Reader, name: str) -> dict[str, int | None]:
    held: dict[str, dict[str, int | None]] = reader.__dict__.setdefault("_found", {})
    return held.setdefault(name, {})


def _put(batch: ImportBatch, plan: Plan, fates: Sequence[Fate], counts: Counter[str]) -> None:
    """Write a chunk of fates by COPY, keys of new rows chosen beforehand; and how far we are."""
    new = [fate for fate in fates if fate.state == RowState.ADDED]
    with transaction.atomic(), connection.cursor() as cursor:
        if new:
            pk = plan.register.model._meta.pk
            assert pk is not None
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [quoted(plan.register.model._meta.db_table), pk.column, len(new)],
            )
            for fate, (key,) in zip(new, cursor.fetchall(), strict=True):
                fate.target = key
        sql = "COPY kernel_import_row (batch_id, no, state, target, label, vals, before, problems, told) FROM STDIN"
        with cursor.copy(sql) as copy:
            start = 0
            while start < len(fates):
                copy.write("".join([_line(batch.pk, fate) for fate in fates[start : start + 1000]]))
                start += 1000
        for fate in fates:
            counts[NAMES[RowState(fate.state)]] += 1
        batch.done = sum(counts.values())
        ImportBatch.objects.filter(pk=batch.pk).update(done=batch.done, counts=dict(counts))


def _line(batch: int, fate: Fate) -> str:
    problems = "\\N" if fate.problems is None else copied(json.dumps(fate.problems, ensure_ascii=False))
    target = "\\N" if fate.target is None else str(fate.target)
    cells = (
        str(batch), str(fate.no), fate.state, target, copied(fate.label), copied(fate.literal), copied(fate.before),
        problems, "",
    )  # fmt: skip
    return "\t".join(cells) + "\n"


def columns_titles(register: Register) -> dict[str, str]:
    """Heads of the register's columns by name."""
    return {column.name: column.title for column in register.columns}


__all__ = ["BATCHES", "CHUNK", "REGISTERS", "check", "columns_titles", "locked"]
