"""What a batch's page shows: its figures, its rows by fate, its columns as they were matched."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse

from sanshe.kernel.access import Viewer

from .. import values
from ..declare import Column, Register
from . import history
from .access import ImportBatchAccess
from .models import ImportBatch, ImportRow
from .words import RowState

SIZE = 50
TABS = {"added": RowState.ADDED, "changed": RowState.CHANGED, "left": RowState.LEFT, "refused": RowState.REFUSED}
#: How a column was matched, in a word.
HOW = {
    "name": "列名相同", "synonym": "常用叫法", "like": "名称相近，请核对", "kept": "沿用上次", "hand": "手工选择",
    "none": "不导入", "": "未对应",
}  # fmt: skip


def batches(register: Register, viewer: Viewer, limit: int = 10) -> list[ImportBatch]:
    """The viewer's own imports into a register, newest first."""
    return list(ImportBatchAccess.rows(viewer).filter(register=register.name).order_by("-pk")[:limit])


@dataclass
class Rows:
    """One page of a batch's rows. `next`: the line after which the next page begins."""

    tab: str
    columns: list[Column] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    next: int | None = None


def rows(batch: ImportBatch, register: Register, viewer: Viewer, tab: str, after: int) -> Rows:
    """The rows of one fate after a line."""
    tab = tab if tab in TABS else next((name for name in ("added", "changed", "refused") if batch.count(name)), "added")
    found = list(
        ImportRow.objects.filter(batch=batch, state=TABS[tab], no__gt=after).order_by("no")[: SIZE + 1]
    )  # fmt: skip
    out = Rows(tab, next=found[SIZE - 1].no if len(found) > SIZE else None)
    found = found[:SIZE]
    names = {name: at for at, name in enumerate(batch.layout.get("fields", []))}
    mapped = [c for c in register.editable if c.name in batch.mapping and c.name in names]
    if tab == "added":
        out.columns = mapped
    held = _named(register, viewer, [row.target for row in found if row.target and tab in ("changed", "left")])
    memory: dict[tuple[str, str], str] = {}
    for row in found:
        line: dict[str, Any] = {"no": row.no, "told": row.told}
        if tab == "added":
            line["cells"] = [(c, _cell(c, row.vals, names, memory)) for c in mapped]
        elif tab == "refused":
            titles = {c.name: c.title for c in register.editable}
            line["name"] = row.label
            line["reasons"] = [(titles.get(n, ""), said) for n, said in (row.problems or {}).items()]
            if row.told:
                line["reasons"].append(("", row.told))
        else:
            line["name"], line["url"] = held.get(row.target or 0, ("（已删除）", ""))
            line["changes"] = history.told(register, batch, row.vals, row.before) if tab == "changed" else []
        out.lines.append(line)
    return out


def _cell(
    column: Column, vals: list[str | None] | None, names: dict[str, int], memory: dict[tuple[str, str], str]
) -> str:
    if vals is None:
        return ""
    mask = names.get(column.mask) if column.mask else None
    text = vals[mask if mask is not None else names[column.name]]
    if column.mask and mask is None:
        # masked by a property of the row, not by a field: a row that is not stored yet has none
        return "已填（加密保存）" if text else ""
    key = (column.name, text or "")
    if key not in memory:
        memory[key] = history.shown(column, text, masked=mask is not None)
    return memory[key]


def _named(register: Register, viewer: Viewer, pks: list[int]) -> dict[int, tuple[str, str]]:
    found = register.rows(viewer).filter(pk__in=pks) if pks else []
    first = register.columns[0]
    return {row.pk: (str(values.shown(first, row) or row), register.url(row)) for row in found}


def undone_notes(batch: ImportBatch) -> list[ImportRow]:
    """The rows that an undo left as they are, with why."""
    return list(ImportRow.objects.filter(batch=batch).exclude(told="").order_by("no")[:200])


def columns(batch: ImportBatch, register: Register) -> list[dict[str, Any]]:
    """The sheet's columns with what they were matched to, for the page where it is put right by hand."""
    samples = json.loads(batch.samples) if batch.samples else []
    titles = {column.name: column.head for column in register.editable}
    return [
        {
            "at": at, "text": text.replace("\n", " / "), "sample": samples[at] if at < len(samples) else "",
            "chosen": batch.mapping[at] if at < len(batch.mapping) else "",
            "title": titles.get(batch.mapping[at] if at < len(batch.mapping) else "", ""),
            "how": HOW.get(batch.matched[at] if at < len(batch.matched) else "", ""),
            "doubt": at < len(batch.matched) and batch.matched[at] in ("like", ""),
        }
        for at, text in enumerate(batch.heads) if text
    ]  # fmt: skip


def lacking(batch: ImportBatch, register: Register) -> list[str]:
    """Titles of required columns that the sheet does not have."""
    return [c.title for c in register.editable if c.is_required and c.name not in batch.mapping]


def sentence(batch: ImportBatch, register: Register, now: datetime) -> str:
    """The page's first sentence: where the import stands."""
    n = batch.count
    noun = register.noun
    after = "，其余照常导入" if n("added") or n("changed") else ""
    refused = f"，{n('refused')} 行不能导入" if n("refused") else ""
    went_on = f"（中途断过 {batch.tries - 1} 次，已从断处接着导入）" if batch.tries > 1 else ""
    match batch.state:
        case "received":
            return "正在读取表头，马上就好。"
        case "mapping":
            return "请核对表里的每一列对应台账的哪一项；对好以后会记住，下次不再问。"
        case "checking":
            return f"正在逐行核对，已核对 {batch.done} 行。可以离开这一页，稍后再来。"
        case "checked" if not n("added") and not n("changed"):
            return f"没有要新增或修改的{noun}：{n('left')} 行与台账相同{refused}。"
        case "checked":
            what = "、".join(
                f"{word} {n(name)} 条" for name, word in (("added", "新增"), ("changed", "修改")) if n(name)
            )
            left = f"，{n('left')} 行与台账相同" if n("left") else ""
            return f"将{what}{left}{refused}{after if refused else ''}。现在还没有写入任何内容。"
        case "applying":
            return f"正在导入，已处理 {batch.done} 行，共 {batch.total} 行{went_on}。可以离开这一页，完成后再来看。"
        case "applied":
            return f"已新增 {n('added')} 条，修改 {n('changed')} 条，{n('left')} 行与台账相同{refused}{went_on}。"
        case "undoing":
            return f"正在撤销，已处理 {batch.done} 行，共 {batch.total} 行。"
        case "undone":
            kept = f"，{n('kept')} 条保持现状，原因见下" if n("kept") else ""
            return f"已撤销：移除 {n('removed')} 条，恢复 {n('restored')} 条{kept}。"
        case "failed":
            written = sum(sum(part.counts.values()) for part in batch.parts.filter(undo=False))
            some = f"已写入 {written} 条，其余没有写入。" if written else "没有写入任何内容。"
            return f"{batch.problem}{some}"
    return "这张表已放弃，没有写入任何内容。"


def url(batch: ImportBatch, what: str) -> str:
    """The address of one of a batch's steps."""
    return reverse(f"registers:batch_{what}", kwargs={"name": batch.register, "pk": batch.pk})
