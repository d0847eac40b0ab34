"""A version of a list as an Excel sheet, the same columns for each list."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from .kinds import Kind

WIDTHS = {"covers": 44, "guidance": 44, "says": 44, "basis": 32, "name": 24}


def sheet(kind: Kind, version: Any, items: Sequence[Any]) -> bytes:
    """The sheet as bytes: a row an item, texts as texts whatever they look like."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    page = book.add_worksheet(kind.title[:31])
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    body = book.add_format({"text_wrap": True, "valign": "top"})
    page.write_string(0, 0, f"{version.name}（{version.version}）", book.add_format({"bold": True, "font_size": 14}))
    for at, label in enumerate(["编码", *(one.label for one in kind.fields)]):
        page.write_string(2, at, label, head)
        page.set_column(at, at, 8 if at == 0 else WIDTHS.get(kind.fields[at - 1].name, 14))
    for line, item in enumerate(items, 3):
        page.write_string(line, 0, item.code, body)
        for at, one in enumerate(kind.fields, 1):
            page.write_string(line, at, one.shown(getattr(item, one.name)), body)
    page.freeze_panes(3, 2)
    book.close()
    return out.getvalue()
