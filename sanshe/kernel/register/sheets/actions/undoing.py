"""Undo an import: new rows go, changed ones are set back, and what was changed again since is left and told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from sanshe.kernel import audit, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import WrongState

from ...declare import register_of
from .. import matching
from ..models import ImportBatch, ImportPart, ImportRow
from ..plan import Plan, from_json, quoted
from ..words import BatchState, RowState, SheetEvent
from .by_row import undo_rows
from .staging import REGISTERS, locked
from .taking import take
from .writing import Part, run_parts, set_columns

AGAIN = "导入之后又有修改，保持现状，没有撤销。"
USED = "已有其他记录用到这一条，没有撤销。"


def may_undo(batch: ImportBatch, now: datetime) -> bool:
    """Whether an import can still be undone: for so many days, and only once."""
    if batch.applied_at is None or batch.state != BatchState.APPLIED:
        return False
    return bool(now - batch.applied_at <= timedelta(days=params.get("sheets.undo_days").value))


def ask_undo(*, batch_id: int, by: Viewer, now: datetime) -> ImportBatch:
    """Ask for an import to be undone; the work itself is done in the background. Raises WrongState."""
    with transaction.atomic():
        batch = take(batch_id, by)
        if not may_undo(batch, now):
            days = params.get("sheets.undo_days").value
            raise WrongState(f"这次导入不能撤销了：只有导入完成后 {days} 天以内、还没有撤销过的才可以。")
        batch.state, batch.done, batch.tries = BatchState.UNDOING, 0, 0
        batch.save()
    return batch


def undo(*, batch_id: int, by: Viewer, now: datetime) -> ImportBatch:
    """Undo an import, part by part. Run again after a kill, it goes on where it stopped."""
    register_name = ImportBatch.objects.values_list("register", flat=True).get(pk=batch_id)
    with locked(REGISTERS, register_name):
        batch = ImportBatch.objects.get(pk=batch_id)
        if batch.state == BatchState.UNDONE:
            return batch
        if batch.state != BatchState.UNDOING:
            raise WrongState("这次导入不在等待撤销，请刷新页面。")
        ImportBatch.objects.filter(pk=batch_id).update(tries=F("tries") + 1)
        register = register_of(batch.register)
        plan = from_json(register, batch.mapping, batch.layout, now)
        run_parts(batch, plan, by, now, undo=True, write=undo_rows if register.side_effects else _undo_set)
        total: Counter[str] = Counter({"removed": 0, "restored": 0, "kept": 0})
        for counts in ImportPart.objects.filter(batch=batch, undo=True).values_list("counts", flat=True):
            total.update(counts)
        with transaction.atomic():
            batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
            batch.counts = {**batch.counts, **total}
            batch.state, batch.undone_at, batch.done = BatchState.UNDONE, now, batch.total
            batch.save()
            said = f"，{total['kept']} 条保持现状" if total["kept"] else ""
            audit.record(
                by=by, event=SheetEvent.UNDONE, obj=batch, now=now, public=False,
                sentence=(
                    f"{{actor}}撤销了向{register.title}的表格导入：移除新增的 {total['removed']} 条，"
                    f"恢复修改的 {total['restored']} 条{said}"
                ),
                data={"register": register.name, "counts": dict(total)},
            )  # fmt: skip
    return batch


def _undo_set(part: Part) -> Counter[str]:
    counts: Counter[str] = Counter()
    rows = list(part.rows(RowState.ADDED)) + list(part.rows(RowState.CHANGED))
    keep = matching.allowed(part.plan.register, part.by, "keep", [row.target for row in rows])
    held = matching.current(part.plan, [row.target for row in rows], lock=True)
    elsewhere = _touched_elsewhere(part.plan, [row.target for row in rows if row.state == RowState.ADDED])
    told: dict[int, str] = {}
    remove, back, places = {}, [], set()
    for row in rows:
        now = held.get(row.target)
        if now is None:
            told[row.no] = "这一条已经不在了。"
        elif row.target not in keep:
            told[row.no] = "这一条已不由您维护，没有撤销。"
        elif row.state == RowState.ADDED:
            cells = zip(part.plan.fields, now, row.vals or [], strict=True)
            if row.target in elsewhere or not all(matching.alike(one, c, v) for one, c, v in cells):
                told[row.no] = AGAIN
            else:
                remove[row.target] = row.no
        else:
            pairs = enumerate(zip(part.plan.fields, now, row.vals, row.before, strict=True))
            changed = {at: matching.alike(one, c, v) for at, (one, c, v, b) in pairs if (v, b) != (None, None)}
            if all(changed.values()):
                back.append(row.no)
                places |= set(changed)
            else:
                told[row.no] = AGAIN
    used = _remove(part.plan, list(remove))
    told |= {remove[key]: USED for key in used}
    if back:
        set_columns(part, sorted(places), to="before", among=back)
    for sentence in set(told.values()):
        nos = [no for no, said in told.items() if said == sentence]
        ImportRow.objects.filter(batch=part.batch, no__in=nos).update(told=sentence)
    counts["removed"], counts["restored"], counts["kept"] = len(remove) - len(used), len(back), len(told)
    return counts


def _touched_elsewhere(plan: Plan, targets: Sequence[int | None]) -> set[int]:
    """New rows whose other fields no longer hold what they were made with."""
    if not plan.constants or not targets:
        return set()
    model = plan.register.model
    pk = plan.pk
    tests, values = [], []
    for name, (cast, value) in plan.constants.items():
        tests.append(f"{quoted(model._meta.get_field(name).column)} IS DISTINCT FROM %s::{cast}")  # type: ignore[union-attr]
        values.append(value)
    sql = f"SELECT {pk} FROM {plan.table} WHERE {pk} = ANY(%s) AND ({' OR '.join(tests)})"
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(targets), *values])
        return {key for (key,) in cursor.fetchall()}


def _remove(plan: Plan, pks: Sequence[int]) -> list[int]:
    """Remove rows; those that something else points to stay, and are returned."""
    if not pks:
        return []
    pk = plan.pk
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {plan.table} WHERE {pk} = ANY(%s)", [list(pks)])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            return []
    except IntegrityError:
        if len(pks) == 1:
            return list(pks)
    middle = len(pks) // 2
    return _remove(plan, pks[:middle]) + _remove(plan, pks[middle:])
