"""What sheets did to a row, as the row's page tells it: from what to what, masked where it is encrypted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from sanshe.kernel import clock

from ..declare import Column, Register
from .models import ImportBatch, ImportRow
from .words import RowState


@dataclass(frozen=True)
class Moment:
    """When an event was; in the place of an audit entry."""

    at: datetime
    post: str = ""


def merged(
    register: Register, row: models.Model, entries: list[dict[str, Any]], closed: bool = False
) -> list[dict[str, Any]]:
    """The audit's events of a row and those of sheets, newest first; personal changes only when not `closed`."""
    mine = of(register, row)
    for event in mine:
        event["changes"] = [change for change in event["changes"] if not (closed and change["personal"])]
    return sorted([*entries, *mine], key=lambda event: event["entry"].at, reverse=True)


def of(register: Register, row: models.Model, limit: int = 50) -> list[dict[str, Any]]:
    """Events of a row, newest first: `entry` (its moment), `text`, `changes` (title, from, to, personal)."""
    found = (
        ImportRow.objects.filter(
            target=row.pk, batch__register=register.name, state__in=(RowState.ADDED, RowState.CHANGED),
            batch__parts__undo=False, batch__parts__first__lte=models.F("no"), batch__parts__last__gte=models.F("no"),
        )
        .select_related("batch").order_by("-batch")[:limit]
    )  # fmt: skip
    out = []
    for one in found:
        batch = one.batch
        changes = told(register, batch, one.vals, one.before) if one.state == RowState.CHANGED else []
        if batch.undone_at is not None and not one.told:
            back = [{**c, "from": c["to"], "to": c["from"]} for c in changes]
            out.append(_event(batch, batch.undone_at, "撤销了表格导入，恢复原来的内容", back))
        what = "用表格导入修改了" if one.state == RowState.CHANGED else "用表格导入登记"
        text = f"{what}{'、'.join(c['title'] for c in changes)}（「{batch.file_name}」第 {one.no} 行）"
        out.append(_event(batch, batch.applied_at or batch.created_at, text, changes))
    return sorted(out, key=lambda event: event["entry"].at, reverse=True)


def _event(batch: ImportBatch, at: datetime, text: str, changes: list[dict[str, Any]]) -> dict[str, Any]:
    return {"entry": Moment(at), "text": f"{batch.by_name or '系统'}{text}", "changes": changes}


def told(
    register: Register, batch: ImportBatch, vals: Sequence[str | None] | None, before: Sequence[str | None] | None
) -> list[dict[str, Any]]:
    """The changed cells of a staged row, as shown."""
    if vals is None:
        return []
    names = {name: at for at, name in enumerate(batch.layout.get("fields", []))}
    old = before or [None] * len(vals)
    out = []
    for column in register.editable:
        at = names.get(column.name)
        if at is None or (vals[at] is None and old[at] is None):
            continue
        mask = names.get(column.mask) if column.mask else None
        place = mask if mask is not None else at
        out.append({
            "title": column.title, "personal": column.personal,
            "from": shown(column, old[place], place == mask), "to": shown(column, vals[place], place == mask),
        })  # fmt: skip
    return out


def shown(column: Column, text: str | None, masked: bool = False) -> str:
    """A staged text as a cell is shown."""
    if not text:
        return ""
    if masked:
        return text
    if column.encrypted:
        return "（加密保存）"
    field = column.db
    assert field is not None
    if isinstance(field, models.ForeignKey):
        return _name(field, text)
    value = field.to_python(text) if not isinstance(field, models.JSONField) else text
    if column.kind == "choice":
        return next((str(label) for known, label in column.options if known == value), text)
    if column.kind == "yes":
        return "是" if value else "否"
    if column.kind == "list":
        import json

        return "、".join(str(item) for item in json.loads(text))
    if isinstance(value, datetime):
        return str(clock.local(value).date())
    return str(value)


def _name(field: models.ForeignKey[Any, Any], key: str) -> str:
    model = field.related_model
    assert isinstance(model, type)
    row = model._base_manager.filter(pk=key).first()
    return str(row) if row is not None else "（已删除）"
