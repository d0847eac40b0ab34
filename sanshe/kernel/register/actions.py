"""Writing rows of registers: one way for form, bulk change, API and sheets. Each write is one entry of the audit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model

from sanshe.kernel import audit
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, SansheError
from sanshe.kernel.readings import reading

from . import values
from .declare import Column, Register
from .models import SavedView

CREATED, CHANGED, EXPORTED = "register.created", "register.changed", "register.exported"
#: Rows that one bulk change may touch in a request; more go through a sheet, in the background.
BULK = 2000


@dataclass(frozen=True)
class Change:
    """One column of a row that became another: as shown, masked where it is encrypted."""

    column: Column
    before: Any
    after: Any


def fingerprint(register: Register, row: Model) -> str:
    """What the editable cells hold now, as a short hash: by it a form notices that somebody else was quicker."""
    cells = [str(getattr(row, c.db.attname, "")) for c in register.editable if c.db is not None]
    return hashlib.sha256("\x1f".join(cells).encode()).hexdigest()[:24]


def _texts(register: Register, row: Model) -> dict[str, Any]:
    return {column.name: values.shown(column, row) for column in register.editable}


def _raw(register: Register, row: Model) -> dict[str, Any]:
    return {c.name: getattr(row, c.db.attname) for c in register.editable if c.db is not None}


def _write(register: Register, row: Model, given: Mapping[str, Any], by: Viewer, now: datetime, fresh: bool) -> None:
    """Set, check and save. Raises Invalid with a sentence at each column that is wrong."""
    cleaned, wrong = values.prepare(register, given, by, fresh=fresh)
    if wrong:
        raise Invalid(wrong)
    for name, value in cleaned.items():
        setattr(row, name, value)
    columns: dict[str, list[Any]] = {name: [value] for name, value in cleaned.items()}
    register.derive(columns)
    for name, column in columns.items():
        setattr(row, name, column[0])
    register.clean(row, cleaned, by, now)
    shown = {column.name for column in register.columns}
    try:
        row.full_clean(exclude=[f.name for f in row._meta.fields if f.name not in shown])
        with transaction.atomic():
            register.save(row, by=by, now=now)
    except ValidationError as error:
        raise Invalid(values.model_errors(register, error)) from None
    except IntegrityError:
        raise Invalid(f"已有相同的{register.noun}，或内容互相矛盾，请核对后再保存。") from None


@transaction.atomic
def create(*, register: Register, given: Mapping[str, Any], by: Viewer, now: datetime) -> Any:
    """Enter a row from typed cells (texts or values, by column name).

    Raises NotVisible when the register is read-only for everybody, NotAllowed when the new row would lie outside of
    what the viewer may add, Invalid for what is wrong.
    """
    if not register.can("add"):
        raise NotVisible()
    row = register.model()
    _write(register, row, given, by, now, fresh=True)
    if not by.system and not register.access.may(by, "add", row.pk):
        raise NotAllowed(f"这条{register.noun}不在您可以登记的范围内，请核对所在区域或单位。")
    audit.record(
        by=by, event=CREATED, obj=row, sentence=f"{{actor}}在{register.title}中新增了这一条", data={}, now=now,
        public=False,
    )  # fmt: skip
    # As the database keeps it: 120.5 becomes 120.50, and the fingerprint of a form must agree.
    return register.model._default_manager.get(pk=row.pk)


@transaction.atomic
def change(
    *,
    register: Register,
    pk: int,
    given: Mapping[str, Any],
    by: Viewer,
    now: datetime,
    reason: str = "",
    seen: str = "",
) -> tuple[Any, list[Change]]:
    """Change some cells of a row; return it with what became different (nothing is written when nothing did).

    `seen`: the fingerprint of the row as the writer saw it. Raises NotVisible, NotAllowed, and Invalid, also when
    somebody else changed the row in between.
    """
    if not register.can("keep"):
        raise NotVisible()
    register.access.get(by, pk, "keep")
    row: Any = register.model._default_manager.select_for_update().get(pk=pk)
    if seen and seen != fingerprint(register, row):
        raise Invalid("您打开之后，这一行已被别人修改过。请核对下面的最新内容，再保存一次。")
    before, raw = _texts(register, row), _raw(register, row)
    _write(register, row, given, by, now, fresh=False)
    if not by.system and not register.access.may(by, "keep", row.pk):
        raise NotAllowed("这样修改后，这一条就不在您可以维护的范围内了，请由上级办理。")
    row = register.model._default_manager.get(pk=row.pk)
    after, now_raw = _texts(register, row), _raw(register, row)
    changes = [
        Change(column, before[column.name], after[column.name])
        for column in register.editable
        if raw[column.name] != now_raw[column.name]
    ]
    if changes:
        record_change(register, row, changes, by=by, now=now, reason=reason)
    return row, changes


def record_change(
    register: Register, row: Model, changes: Sequence[Change], *, by: Viewer, now: datetime, reason: str = ""
) -> None:
    """Write down what changed, from and to; personal columns in the part of the entry that can be erased."""

    def told(items: Iterable[Change]) -> list[dict[str, str]]:
        return [{"title": c.column.title, "from": _said(c.before), "to": _said(c.after)} for c in items]

    private = [c for c in changes if c.column.personal]
    audit.record(
        by=by,
        event=CHANGED,
        obj=row,
        sentence="{actor}修改了" + "、".join(c.column.title for c in changes) + ("（{note}）" if reason else ""),
        data={"changes": told(c for c in changes if not c.column.personal)},
        personal={"changes": told(private)} if private else {},
        note=reason,
        now=now,
        public=False,
    )


def _said(value: Any) -> str:
    return str(value)[:500]


@dataclass(frozen=True)
class BulkResult:
    """How many rows were changed, were so already, and which were refused with the reason."""

    changed: int
    same: int
    refused: list[tuple[Any, str]]


@transaction.atomic
def change_many(
    *, register: Register, pks: Sequence[int], given: Mapping[str, Any], by: Viewer, now: datetime, reason: str = ""
) -> BulkResult:
    """Change the same cells of many rows. A row that is refused leaves the others alone. Raises Invalid beyond BULK."""
    if len(pks) > BULK:
        raise Invalid(f"一次最多修改 {BULK} 行，现在选了 {len(pks)} 行。请缩小条件，或导出后用表格导入。")
    changed = same = 0
    refused: list[tuple[Any, str]] = []
    for pk in pks:
        try:
            with transaction.atomic():
                _, changes = change(register=register, pk=pk, given=given, by=by, now=now, reason=reason)
        except SansheError as error:
            refused.append((pk, error.sentence))
        else:
            changed, same = changed + bool(changes), same + (not changes)
    return BulkResult(changed, same, refused)


@reading
@transaction.atomic
def record_export(*, register: Register, rows: int, query: str, form: str, by: Viewer, now: datetime) -> None:
    """Write down that a list left the platform: who, which, how many rows, by which conditions."""
    audit.record(
        by=by, event=EXPORTED, obj=None, sentence=f"{{actor}}导出了{register.title}，共 {rows} 行",
        data={"register": register.name, "rows": rows, "form": form, "query": query[:500]}, now=now, public=False,
    )  # fmt: skip


@transaction.atomic
def keep_view(*, register: Register, name: str, query: str, by: Viewer, now: datetime) -> SavedView:
    """Keep the list as it stands under a name (without a name: as it opens). Raises Invalid for a long name."""
    name = values.plain(name)
    if len(name) > 40:
        raise Invalid({"name": "名称最多 40 个字。"})
    view, _ = SavedView.objects.update_or_create(
        user=by.account_id, register=register.name, name=name, defaults={"query": query[:2000], "at": now}
    )
    return view


@transaction.atomic
def drop_view(*, register: Register, pk: int, by: Viewer) -> None:
    """Forget a kept view of one's own. Raises NotVisible for anybody else's."""
    gone, _ = SavedView.objects.filter(user=by.account_id, register=register.name, pk=pk).delete()
    if not gone:
        raise NotVisible()
