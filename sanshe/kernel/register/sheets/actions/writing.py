"""Write what was staged: part by part, each in one transaction, each remembered, so that a killed import goes on.

New rows by one INSERT … SELECT a part, changed ones by one UPDATE … FROM; the staged rows stay as the record of what
changed from what to what. What became different since the preview is looked at again and never overwritten.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DataError, IntegrityError, connection, connections, transaction
from django.db.models import F

from sanshe.kernel import audit
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import WrongState

from ...declare import register_of
from .. import matching
from ..models import ImportBatch, ImportPart, ImportRow
from ..plan import Plan, from_json, quoted
from ..words import BatchState, RowState, SheetEvent
from .by_row import write_rows
from .staging import REGISTERS, locked

PART = 5000
#: From so many rows on, parts are written on two connections at once.
TWO_FROM = 20_000
CLASH = "与台账里已有的内容冲突（号码重复，或内容互相矛盾），没有写入。"
SINCE = "核对之后这一条又被别人修改过，没有写入，请重新核对。"


@dataclass(frozen=True)
class Part:
    """Lines of one batch that are written in one transaction."""

    plan: Plan
    batch: int
    first: int
    last: int
    by: Viewer
    now: datetime

    @property
    def where(self) -> tuple[str, list[int]]:
        """The condition on staged rows, with its values."""
        return "s.batch_id = %s AND s.no BETWEEN %s AND %s", [self.batch, self.first, self.last]

    def rows(self, state: str) -> Any:
        """Its staged rows of one state."""
        return ImportRow.objects.filter(batch=self.batch, no__gte=self.first, no__lte=self.last, state=state)


def apply(*, batch_id: int, by: Viewer, now: datetime) -> ImportBatch:
    """Write a checked sheet into its register. Run again after a kill, it goes on where it stopped.

    One import a register at a time: who comes second waits, and finds what is there already left as it is.
    """
    register_name = ImportBatch.objects.values_list("register", flat=True).get(pk=batch_id)
    with locked(REGISTERS, register_name):
        batch = ImportBatch.objects.get(pk=batch_id)
        if batch.state == BatchState.APPLIED:
            return batch
        if batch.state != BatchState.APPLYING:
            raise WrongState("这张表不在等待导入，请刷新页面。")
        ImportBatch.objects.filter(pk=batch_id).update(tries=F("tries") + 1)
        register = register_of(batch.register)
        plan = from_json(register, batch.mapping, batch.layout, now)
        write = write_rows if register.side_effects else _write_set
        run_parts(batch, plan, by, now, undo=False, write=write)
        counts = _counted(batch_id)
        with transaction.atomic():
            batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
            batch.counts = {**batch.counts, **counts}
            batch.state, batch.applied_at, batch.done = BatchState.APPLIED, now, batch.total
            batch.save()
            audit.record(
                by=by, event=SheetEvent.APPLIED, obj=batch, now=now, public=False,
                sentence=(
                    f"{{actor}}用表格向{register.title}导入：新增 {counts['added']} 条，修改 {counts['changed']} 条，"
                    f"不变 {counts['left']} 条，未导入 {counts['refused']} 条"
                ),
                data={"register": register.name, "counts": counts, "rows": digest(batch_id)},
            )  # fmt: skip
    return batch


def digest(batch_id: int) -> str:
    """A fingerprint of what was added and changed, sealed with the audit: the record of changes can be held to it."""
    sql = (
        "SELECT coalesce(encode(sha256(string_agg(sha256(convert_to(concat_ws('|', no, state, target, "
        "CASE state WHEN 'c' THEN vals::text END, before::text), 'UTF8')), ''::bytea ORDER BY no)), 'hex'), '') "
        "FROM kernel_import_row WHERE batch_id = %s AND state IN ('a', 'c')"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [batch_id])
        return str(cursor.fetchone()[0])


def _counted(batch_id: int) -> dict[str, int]:
    names = {"a": "added", "c": "changed", "l": "left", "r": "refused"}
    out = dict.fromkeys(names.values(), 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT state, count(*) FROM kernel_import_row WHERE batch_id = %s GROUP BY 1", [batch_id])
        out.update({names[state]: count for state, count in cursor.fetchall()})
    return out


Write = Callable[[Part], Counter[str]]


def run_parts(batch: ImportBatch, plan: Plan, by: Viewer, now: datetime, *, undo: bool, write: Write) -> None:
    """Do every part that is not done yet, each in a transaction of its own, with a mark that it is done."""
    done = set(ImportPart.objects.filter(batch=batch, undo=undo).values_list("first", flat=True))
    bounds = [pair for pair in _bounds(batch.pk) if pair[0] not in done]
    parts = [Part(plan, batch.pk, first, last, by, now) for first, last in bounds]
    two = batch.total >= TWO_FROM and len(parts) > 1 and (os.cpu_count() or 1) > 1
    if not two or connection.in_atomic_block:
        for part in parts:
            _run(part, undo, write)
        return

    def share(mine: Sequence[Part]) -> None:
        try:
            for part in mine:
                _run(part, undo, write)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        for done_share in [pool.submit(share, parts[0::2]), pool.submit(share, parts[1::2])]:
            done_share.result()


def _run(part: Part, undo: bool, write: Write) -> None:
    with transaction.atomic():
        counts = write(part)
        ImportPart.objects.create(batch_id=part.batch, undo=undo, first=part.first, last=part.last, counts=dict(counts))
    rows = ImportRow.objects.filter(batch=part.batch, no__gte=part.first, no__lte=part.last).count()
    ImportBatch.objects.filter(pk=part.batch).update(done=F("done") + rows)


def _bounds(batch_id: int) -> Iterator[tuple[int, int]]:
    sql = (
        "SELECT min(no), max(no) FROM (SELECT no, (row_number() OVER (ORDER BY no) - 1) / %s AS part "
        "FROM kernel_import_row WHERE batch_id = %s) x GROUP BY part ORDER BY part"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [PART, batch_id])
        yield from cursor.fetchall()


# -- one part, as sets ----------------------------------------------------------------------------------


def _write_set(part: Part) -> Counter[str]:
    counts: Counter[str] = Counter()
    _look_again_at_new(part)
    _look_again_at_changed(part)
    counts["added"] = _bisected(part, _insert)
    counts["changed"] = _bisected(part, _update)
    return counts


def refuse(part: Part, nos: Sequence[int], sentence: str) -> None:
    """Staged rows that can not be written after all."""
    ImportRow.objects.filter(batch=part.batch, no__in=list(nos)).update(state=RowState.REFUSED, told=sentence)


def _look_again_at_new(part: Part) -> None:
    """New rows that somebody entered since the preview: the same is left, another is refused."""
    plan = part.plan
    found: dict[int, int] = {}
    where, values = part.where
    pk = plan.pk
    for way in plan.ways():
        fields = [(place, plan.fields[place]) for place in way.places]
        on = " AND ".join(matching.same(one, f"s.vals[{place + 1}]", place in way.must) for place, one in fields)
        on += "".join(f" AND s.vals[{place + 1}] <> ''" for place in way.must)
        sql = f"SELECT s.no, min(t.{pk}) FROM kernel_import_row s JOIN {plan.table} t ON {on} "
        sql += f"WHERE {where} AND s.state = 'a' GROUP BY s.no"
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            for no, key in cursor.fetchall():
                found.setdefault(no, key)
    if not found:
        return
    held = matching.current(plan, set(found.values()))
    same: list[ImportRow] = []
    other: list[ImportRow] = []
    for row in part.rows(RowState.ADDED).filter(no__in=list(found)):
        texts = row.vals or []
        blank = sum(1 << at for at, text in enumerate(texts) if text in (None, ""))
        # our own row, of an earlier run that was cut short after its commit, is the same as any other
        found_row = matching.compare(plan, texts, held[found[row.no]], blank)
        (same if found_row is None else other).append(row)
    for row in same:
        row.state, row.target = RowState.LEFT, found[row.no]
    ImportRow.objects.bulk_update(same, ["state", "target"], batch_size=1000)
    refuse(part, [row.no for row in other], "核对之后别人登记了同一条，内容不同，没有写入，请重新核对。")


def _look_again_at_changed(part: Part) -> None:
    rows = list(part.rows(RowState.CHANGED).order_by("target"))
    if not rows:
        return
    held = matching.current(part.plan, [row.target for row in rows], lock=True)
    keep = matching.allowed(part.plan.register, part.by, "keep", held)
    left, since, gone, closed = [], [], [], []
    for row in rows:
        old = held.get(row.target)
        if old is None:
            gone.append(row.no)
        elif row.target not in keep:
            closed.append(row.no)
        else:
            cells = zip(part.plan.fields, old, row.before, row.vals, strict=True)
            changed = [cell for cell in cells if cell[2:] != (None, None)]
            if all(matching.alike(one, o, v) for one, o, _, v in changed):
                left.append(row.no)
            elif not all(matching.alike(one, o, b) for one, o, b, _ in changed):
                since.append(row.no)
    ImportRow.objects.filter(batch=part.batch, no__in=left).update(state=RowState.LEFT)
    refuse(part, since, SINCE)
    refuse(part, gone, "核对之后这一条已被删除，没有写入。")
    refuse(part, closed, "这一条已不由您维护，没有写入。")


def _bisected(part: Part, write: Callable[[Part], int]) -> int:
    """Write the part; when the database refuses, its halves, down to the rows that are to blame."""
    try:
        with transaction.atomic():
            count = write(part)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            return count
    except (IntegrityError, DataError):
        if part.first == part.last:
            refuse(part, [part.first], CLASH)
            return 0
    middle = (part.first + part.last) // 2
    halves = [(part.first, middle), (middle + 1, part.last)]
    return sum(_bisected(Part(part.plan, part.batch, first, last, part.by, part.now), write) for first, last in halves)


def _insert(part: Part) -> int:
    plan = part.plan
    pk = plan.pk
    model = plan.register.model
    constants = [(quoted(model._meta.get_field(n).column), cast, v) for n, (cast, v) in plan.constants.items()]  # type: ignore[union-attr]
    names = [pk, *(one.column for one in plan.fields), *(name for name, _, _ in constants)]
    values = ["s.target", *(f"s.vals[{at}]::{one.cast}" for at, one in enumerate(plan.fields, 1))]
    values += [f"%s::{cast}" for _, cast, _ in constants]
    where, bound = part.where
    sql = f"INSERT INTO {plan.table} ({', '.join(names)}) SELECT {', '.join(values)} FROM kernel_import_row s "
    sql += f"WHERE {where} AND s.state = 'a' ORDER BY s.no"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*(value for _, _, value in constants), *bound])
        count = int(cursor.rowcount)
    _still_may(part, "add", RowState.ADDED)
    return count


def _update(part: Part) -> int:
    changed: set[int] = set()
    rows = list(part.rows(RowState.CHANGED).values_list("vals", "before"))
    for vals, before in rows:
        changed |= {at for at, pair in enumerate(zip(vals, before, strict=True)) if pair != (None, None)}
    if not changed:
        return 0
    count = set_columns(part, sorted(changed), to="vals")
    _still_may(part, "keep", RowState.CHANGED)
    return count


def set_columns(part: Part, places: Sequence[int], to: str, among: Sequence[int] | None = None) -> int:
    """Set the changed cells of the part's changed rows to `vals` or back to `before`."""
    plan = part.plan
    pk = plan.pk
    sets = []
    for place in places:
        one, at = plan.fields[place], place + 1
        keep = f"s.vals[{at}] IS NULL AND s.before[{at}] IS NULL"
        sets.append(f"{one.column} = CASE WHEN {keep} THEN t.{one.column} ELSE s.{to}[{at}]::{one.cast} END")
    where, values = part.where
    sql = f"UPDATE {plan.table} t SET {', '.join(sets)} FROM kernel_import_row s WHERE {where} AND s.state = 'c' "
    sql += f"AND t.{pk} = s.target"
    if among is not None:
        sql, values = sql + " AND s.no = ANY(%s)", [*values, list(among)]  # type: ignore[list-item]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def _still_may(part: Part, verb: str, state: str) -> None:
    """Rows as they stand now must satisfy the rule; a part with one that does not is taken back and halved."""
    if part.by.system or part.plan.register.access.q(part.by, verb) is True:
        return
    targets = list(part.rows(state).values_list("target", flat=True))
    if targets and len(matching.allowed(part.plan.register, part.by, verb, targets)) < len(targets):
        raise IntegrityError("a row lies beyond what the viewer may write")
