"""Row by row, through the register's own actions: for registers whose rows bring other things with them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from sanshe.kernel import crypto
from sanshe.kernel.errors import SansheError

from ... import actions as register_actions
from ..models import ImportRow
from ..words import RowState

if TYPE_CHECKING:
    from .writing import Part


def _cells(part: Part, texts: list[str | None], held: list[str | None] | None = None) -> dict[str, Any]:
    """Cells by column as the register's actions take them; those that are empty in both lists are left out."""
    out: dict[str, Any] = {}
    for at, one in enumerate(part.plan.fields):
        if not one.of or (texts[at] is None and (held is None or held[at] is None)):
            continue
        field = part.plan.register.model._meta.get_field(one.name)
        assert isinstance(field, models.Field)
        text = texts[at]
        if text is not None and one.context:
            text = crypto.decrypt(text, one.context)
        if text in (None, ""):
            out[one.of] = ""
        elif field.is_relation:
            out[one.of] = field.related_model._base_manager.filter(pk=text).first()  # type: ignore[union-attr]
        else:
            value = field.to_python(text)
            out[one.of] = value if isinstance(value, bool | list) else text
    return out


def write_rows(part: Part) -> Counter[str]:
    """Create and change the part's rows one after the other; a refusal leaves the others alone."""
    counts: Counter[str] = Counter()
    for row in part.rows(RowState.ADDED).order_by("no"):
        try:
            with transaction.atomic():
                made = register_actions.create(
                    register=part.plan.register, given=_cells(part, row.vals or []), by=part.by, now=part.now
                )
        except SansheError as error:
            _refuse(row, error)
        else:
            row.target = made.pk
            row.save(update_fields=["target"])
            counts["added"] += 1
    for row in part.rows(RowState.CHANGED).order_by("no"):
        try:
            with transaction.atomic():
                register_actions.change(
                    register=part.plan.register, pk=row.target, by=part.by, now=part.now,  # type: ignore[arg-type]
                    given=_cells(part, row.vals or [], row.before), reason="表格导入",
                )  # fmt: skip
        except SansheError as error:
            _refuse(row, error)
        else:
            counts["changed"] += 1
    return counts


def _refuse(row: ImportRow, error: SansheError) -> None:
    row.state, row.told = RowState.REFUSED, error.sentence[:200]
    row.save(update_fields=["state", "told"])


def undo_rows(part: Part) -> Counter[str]:
    """Set changed rows back. A new row brought other things with it, so it is left, and said so."""
    counts: Counter[str] = Counter()
    for row in part.rows(RowState.ADDED).order_by("no"):
        row.told = "登记时一并建立了相关资料，不能自动撤销，请在台账里逐条处理。"
        row.save(update_fields=["told"])
        counts["kept"] += 1
    for row in part.rows(RowState.CHANGED).order_by("no"):
        try:
            with transaction.atomic():
                register_actions.change(
                    register=part.plan.register, pk=row.target, by=part.by, now=part.now,  # type: ignore[arg-type]
                    given=_cells(part, row.before or [], row.vals), reason="撤销表格导入",
                )  # fmt: skip
        except SansheError as error:
            row.told = error.sentence[:200]
            row.save(update_fields=["told"])
            counts["kept"] += 1
        else:
            counts["restored"] += 1
    return counts
