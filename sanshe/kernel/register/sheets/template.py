"""An empty sheet to fill: heads with a note each, drop-downs, and columns that Excel does not calculate with."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from sanshe.kernel.access import Viewer

from ..declare import Column, Register
from ..export import sheet_name, width

#: Rows that have drop-downs and formats.
ROWS = 2000
#: Longer lists, in characters, stand on a sheet of their own: Excel takes no more in one rule.
INLINE = 200
OFFERED = 3000
KINDS = {
    "date": "日期，例如 2026-11-23", "moment": "日期，例如 2026-11-23", "number": "数字", "yes": "填「是」或「否」",
    "list": "可填多项，用顿号隔开", "reference": "从下拉中选，或写全称、代码", "choice": "从下拉中选",
}  # fmt: skip


def template_book(register: Register, viewer: Viewer) -> bytes:
    """The template of a register, with what this viewer may choose."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet(sheet_name(register))
    base = {"bold": True, "border": 1, "text_wrap": True, "valign": "vcenter", "bg_color": "#E3E7EB"}
    head, must = book.add_format(base), book.add_format({**base, "bg_color": "#CDE7E3"})
    text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
    lists: Any = None
    used = 0
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 32)
    for at, column in enumerate(register.editable):
        sheet.write_string(0, at, column.head, must if column.is_required else head)
        offered, all_of_them = _offered(column, viewer)
        note = _note(column, offered)
        sheet.write_comment(
            0, at, note, {"author": "三社联动平台", "x_scale": 2.2, "y_scale": 1 + note.count("\n") / 4}
        )
        sheet.set_column(at, at, max(12, width(column)), day if column.kind in ("date", "moment") else
                         None if column.kind == "number" else text)  # fmt: skip
        if not offered:
            continue
        rule: dict[str, Any] = {
            "validate": "list", "error_type": "stop" if all_of_them else "information", "error_title": "请从下拉中选",
            "error_message": f"「{column.title}」请从下拉列表中选择。", "ignore_blank": True,
        }  # fmt: skip
        if sum(len(item) + 1 for item in offered) <= INLINE and not any("," in item for item in offered):
            rule["source"] = offered
        else:
            if lists is None:
                lists = book.add_worksheet("可选项")
                lists.hide()
            lists.write_string(0, used, column.title)
            for line, item in enumerate(offered, 1):
                lists.write_string(line, used, item)
            letter = xlsxwriter.utility.xl_col_to_name(used)
            rule["source"] = f"=可选项!${letter}$2:${letter}${len(offered) + 1}"
            used += 1
        sheet.data_validation(1, at, ROWS, at, rule)
    book.close()
    return out.getvalue()


def _offered(column: Column, viewer: Viewer) -> tuple[list[str], bool]:
    """What the drop-down offers, and whether it is all there is."""
    if column.kind == "choice":
        return [str(label) for stored, label in column.options if str(stored) != ""], True
    if column.kind == "yes":
        return ["是", "否"], True
    if column.kind == "reference" and column.reference is not None:
        rows = list(column.reference.offer(viewer)[: OFFERED + 1])
        if len(rows) > OFFERED:
            return [], False
        return [text for text in dict.fromkeys(column.reference.text(row) for row in rows) if "*" not in text], False
    return [], False


def _note(column: Column, offered: list[str]) -> str:
    lines = ["必填" if column.is_required else "选填"]
    kind = KINDS.get(column.kind, "")
    if column.kind == "reference" and not offered:
        kind = "写全称、代码或证件号码"
    lines += [part for part in (kind, column.hint) if part]
    if column.unit:
        lines.append(f"单位：{column.unit}")
    if column.example:
        lines.append(f"例如：{column.example}")
    if offered and len(offered) <= 20:
        lines.append(f"可填：{'、'.join(offered)}")
    return "\n".join(lines)
