"""Take a sheet in: keep it, look at its heads, match them to columns, keep the match for the next one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from sanshe.kernel import params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible, WrongState
from sanshe.kernel.files import MEGABYTE

from ...declare import Register, register_of
from .. import container, heads, store
from ..access import ImportBatchAccess
from ..cells import text_of, without_numbers
from ..models import ImportBatch, ImportRow, KeptMapping
from ..reading import Book, refuse_long
from ..words import BatchState

SAMPLES = 3


def receive(
    *, register: Register, data: bytes, file_name: str, by: Viewer, now: datetime, size: int | None = None
) -> ImportBatch:
    """Keep a sheet that was sent in. Raises NotVisible for a read-only register, Invalid for what is no sheet."""
    if not by.system and not any(register.can(v) and register.access.q(by, v) is not False for v in ("add", "keep")):
        raise NotVisible()
    limit = params.get("sheets.upload_most").value
    if (size or len(data)) > limit * MEGABYTE:
        raise Invalid({"file": container.too_large(size or len(data), limit)})
    try:
        found = container.examine(data)
    except Invalid as error:
        raise Invalid({"file": error.sentence}) from None
    with transaction.atomic():
        return ImportBatch.objects.create(
            register=register.name, user=by.user_id, by_name=by.name[:120], file=store.put(data), size=len(data),
            file_name="".join(c for c in file_name.replace("\\", "/").rpartition("/")[2] if c.isprintable())[-200:]
            or "表格", kind=found.kind, remarks=found.remarks, created_at=now,
        )  # fmt: skip


def look(*, batch: ImportBatch, sheet: str = "", now: datetime) -> ImportBatch:
    """Read the head of a sheet and match it; the batch then waits for its columns, or is ready to be checked.

    `sheet` names the one to read; without it the first visible one with a known head. Raises Invalid.
    """
    register = register_of(batch.register)
    book = Book(store.get(batch.file), batch.kind)
    visible = [one.name for one in book.names if not one.hidden]
    hidden = [one.name for one in book.names if one.hidden]
    if not visible:
        raise Invalid("这个文件里没有可见的工作表。请取消隐藏要导入的那一张，保存后再上传。")
    if sheet and sheet not in visible + hidden:
        raise Invalid("文件里没有这张工作表，请重新选择。")
    best: tuple[int, str, heads.Head, list[tuple[int, Any]]] | None = None
    filled = 0
    for name in [sheet] if sheet else visible:
        first, merged = _first_rows(book, name)
        filled += bool(first)
        head = heads.find_head(first, register, merged)
        if head is None:
            continue
        known = sum(1 for m in heads.match(head.texts, register) if m.column)
        if best is None or known > best[0]:
            best = (known, name, head, first)
    if best is None:
        raise Invalid(
            "没有找到表头：前 30 行里没有一行像列名。请确认第一行是「姓名」「电话」这样的列名，"
            "也可以下载模板，把内容粘贴进去。" if filled else "这张表里没有内容，请重新选择。"
        )  # fmt: skip
    _, name, head, first = best
    kept = KeptMapping.objects.filter(register=register.name, signature=heads.signature(head.texts)).first()
    matches = heads.match(head.texts, register, kept.mapping if kept else None)
    below = [cells for at, cells in first if at >= head.at + head.rows][:SAMPLES]
    batch.sheet, batch.sheets = name, visible
    batch.head_at, batch.head_rows, batch.heads = head.at, head.rows, head.texts
    batch.samples = json.dumps([_samples(below, i) for i in range(len(head.texts))], ensure_ascii=False)
    batch.mapping, batch.matched = [m.column for m in matches], [m.how for m in matches]
    said = [f"隐藏的工作表没有读取：{'、'.join(hidden)}。"] if hidden and not sheet else []
    batch.remarks = [*[r for r in batch.remarks if not r.startswith("隐藏的")], *said]
    sure = all(m.how in ("name", "synonym", "kept", "none") for m in matches)
    batch.state = BatchState.CHECKING if sure and len(visible) == 1 and any(batch.mapping) else BatchState.MAPPING
    batch.save()
    return batch


def _first_rows(book: Book, name: str) -> tuple[list[tuple[int, Any]], Any]:
    sheet = book.sheet(name)
    first = []
    for at, cells in sheet.rows():
        first.append((at, cells))
        if len(first) >= heads.LOOK + SAMPLES + 2:
            break
    return first, sheet.merged


def _samples(rows: Sequence[Sequence[Any]], at: int) -> str:
    """What stands below a head, so that a person recognises the column; long numbers covered."""
    texts = []
    for row in rows:
        if at < len(row):
            try:
                texts.append(without_numbers(text_of(row[at]))[:20])
            except Invalid:
                texts.append("******")
    return "、".join(text for text in texts if text)


def assign(
    *, batch_id: int, mapping: Sequence[str], by: Viewer, now: datetime, expect: Sequence[str] | None = None
) -> ImportBatch:
    """Say which column of the register each column of the sheet is, and keep it for sheets with the same head.

    Raises Invalid when a column is named twice or nothing is matched, WrongState once the import has begun.
    """
    with transaction.atomic():
        batch = take(batch_id, by)
        if batch.state not in (BatchState.MAPPING, BatchState.CHECKED, BatchState.FAILED):
            raise WrongState("这张表已经在处理，不能再改列的对应。")
        register = register_of(batch.register)
        names = {column.name: column for column in register.editable}
        chosen = [name if name in names else "" for name in mapping]
        chosen = (chosen + [""] * len(batch.heads))[: len(batch.heads)]
        twice = {name for name in chosen if name and chosen.count(name) > 1}
        if twice:
            titles = "、".join(names[name].title for name in names if name in twice)
            raise Invalid(f"「{titles}」对应了不止一列，请只留一列，其余选“不导入”。")
        if not any(chosen):
            raise Invalid("还没有一列对应上，请至少选择一列。")
        KeptMapping.objects.update_or_create(
            register=register.name,
            signature=heads.signature(batch.heads),
            defaults={
                "mapping": {heads.normal(text): name for text, name in zip(batch.heads, chosen, strict=True) if text},
                "user": by.user_id,
                "at": now,
            },
        )
        batch.matched = [
            how if old == new else "hand"
            for how, old, new in zip(batch.matched, batch.mapping, chosen, strict=False)
        ]  # fmt: skip
        batch.mapping, batch.state, batch.problem, batch.done, batch.tries = chosen, BatchState.CHECKING, "", 0, 0
        batch.save()
    return batch


def choose_sheet(*, batch_id: int, sheet: str, by: Viewer, now: datetime) -> ImportBatch:
    """Read another sheet of the workbook. Raises WrongState once rows were checked, Invalid for an unknown sheet."""
    with transaction.atomic():
        batch = take(batch_id, by)
        if batch.state != BatchState.MAPPING:
            raise WrongState("这张表已经在处理，不能再换工作表。")
        batch = look(batch=batch, sheet=sheet, now=now)
        batch.state = BatchState.MAPPING  # whoever chooses a sheet sees its columns first
        batch.save()
    return batch


def check_again(*, batch_id: int, by: Viewer) -> ImportBatch:
    """Have a sheet checked once more, as its columns stand. Raises WrongState when something of it is written."""
    with transaction.atomic():
        batch = take(batch_id, by)
        if batch.state not in (BatchState.CHECKED, BatchState.FAILED) or batch.parts.exists() or not batch.file:
            raise WrongState("这张表不能重新核对了，请重新上传。")
        batch.state = BatchState.CHECKING if any(batch.mapping) else BatchState.RECEIVED
        batch.problem, batch.done, batch.tries = "", 0, 0
        batch.save()
    return batch


def confirm(*, batch_id: int, by: Viewer) -> ImportBatch:
    """Have a checked sheet written, or one cut short go on. Raises WrongState; Invalid without a row to write."""
    with transaction.atomic():
        batch = take(batch_id, by)
        if batch.state in (BatchState.APPLYING, BatchState.APPLIED):
            return batch
        goes_on = batch.state == BatchState.FAILED and batch.checked_at is not None
        if batch.state != BatchState.CHECKED and not goes_on:
            raise WrongState("这张表还没有核对完，请刷新页面再看。")
        if not batch.count("added") and not batch.count("changed"):
            raise Invalid("没有要新增或修改的行，不用导入。")
        batch.state, batch.problem, batch.tries = BatchState.APPLYING, "", 0
        batch.done = sum(
            ImportRow.objects.filter(batch=batch, no__gte=part.first, no__lte=part.last).count()
            for part in batch.parts.filter(undo=False)
        )
        batch.save()
    return batch


def take(batch_id: int, by: Viewer) -> ImportBatch:
    """The batch, locked, if it is the viewer's. Raises NotVisible."""
    if not by.system:
        ImportBatchAccess.get(by, batch_id, "work")
    return ImportBatch.objects.select_for_update().get(pk=batch_id)


def give_up(*, batch_id: int, by: Viewer) -> ImportBatch:
    """Put a sheet aside: nothing of it is written, and what was kept of it goes. Raises WrongState once it runs."""
    with transaction.atomic():
        batch = take(batch_id, by)
        if batch.state not in (BatchState.MAPPING, BatchState.CHECKED, BatchState.FAILED, BatchState.RECEIVED):
            raise WrongState("这张表已经导入或正在导入，不能放弃；导入后可以撤销。")
        if batch.parts.exists():
            raise WrongState("这张表已经导入了一部分，不能放弃；可以接着导入，或撤销。")
        ImportRow.objects.filter(batch=batch).delete()
        forget(batch)
        batch.state = BatchState.DROPPED
        batch.save()
    return batch


def forget(batch: ImportBatch) -> None:
    """Remove the files of a batch; the caller saves it."""
    for name in (batch.file, batch.back):
        store.drop(name)
    batch.file = batch.back = ""
    batch.samples = ""


def check_length(rows: int, width: int) -> None:
    """Raise Invalid beyond the limits of one import."""
    refuse_long(rows, rows * width)
