"""The refused rows as a sheet, with the columns as they were sent: cells coloured, the reason beside and as a comment.

In the very sheet while it is short enough, else in a new one that holds the refused rows alone. Nothing in it runs.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sanshe.kernel import params

from ...declare import Register
from ...export import RISKY, safe
from .. import store
from ..heads import REASON
from ..models import ImportBatch, ImportRow
from ..reading import Book
from ..words import RowState

#: A comment each up to here; the last column tells the reason of every row.
COMMENTS = 2000
FILL, WHO = "FFE4B5", "三社联动平台"
Problems = dict[int, dict[str, str]]


def make_back(batch: ImportBatch, register: Register) -> str:
    """Write the sheet that goes back; return the name of its encrypted copy."""
    rows = ImportRow.objects.filter(batch=batch, state=RowState.REFUSED).order_by("no")
    problems: Problems = {no: found or {} for no, found in rows.values_list("no", "problems")}
    titles = {column.name: column.title for column in register.columns}
    place = {name: at for at, name in enumerate(batch.mapping) if name}
    data = store.get(batch.file)
    if batch.kind == "xlsx" and batch.total < params.get("sheets.coloured_most").value:
        try:
            return store.put(_in_the_sheet(data, batch, problems, titles, place))
        except Exception:
            pass
    return store.put(_anew(data, batch, problems, titles, place))


def _reason(sentences: dict[str, str], titles: dict[str, str]) -> str:
    parts = [f"{titles[name]}：{said}" if name in titles else said for name, said in sentences.items()]
    return " ".join(parts)


def _in_the_sheet(
    data: bytes, batch: ImportBatch, problems: Problems, titles: dict[str, str], place: dict[str, int]
) -> bytes:
    from openpyxl import load_workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill

    # Values alone: formulas, links to other files and macros stay behind.
    book = load_workbook(io.BytesIO(data), data_only=True, keep_vba=False, keep_links=False)
    sheet = book[batch.sheet]
    fill = PatternFill("solid", start_color=FILL, end_color=FILL)
    aside = _reason_column(batch, sheet.max_column)
    width = len(batch.heads)
    head = sheet.cell(batch.head_at + batch.head_rows - 1, aside + 1)
    if type(head).__name__ != "MergedCell":
        head.value = REASON
        head.font = Font(bold=True)
    for no in range(batch.head_at + batch.head_rows, sheet.max_row + 1):
        if sheet.cell(no, aside + 1).value is not None:
            sheet.cell(no, aside + 1).value = None
    for count, (no, sentences) in enumerate(problems.items()):
        cell = sheet.cell(no, aside + 1)
        _write(cell, _reason(sentences, titles))
        marked = [place[name] for name in sentences if name in place] or list(range(width))
        for at in marked:
            one = sheet.cell(no, at + 1)
            if type(one).__name__ == "MergedCell":
                continue
            one.fill = fill
            if count < COMMENTS and (at == marked[0] or at in {place.get(name) for name in sentences}):
                name = batch.mapping[at] if at < len(batch.mapping) else ""
                one.comment = Comment(sentences.get(name) or _reason(sentences, titles), WHO, height=110, width=280)
    sheet.column_dimensions[_letter(aside)].width = 60
    for other in book.worksheets:
        _calm(other)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(cell: Any, text: str) -> None:
    cell.value = text
    if cell.data_type == "f":
        cell.data_type = "s"


def _calm(sheet: Any) -> None:
    """Texts that look like formulas stay texts, also when somebody enters the cell and leaves it again."""
    for row in sheet.iter_rows():
        for cell in row:
            value = cell.value
            if isinstance(value, str) and value.startswith(RISKY):
                cell.data_type = "s"
                cell.quotePrefix = True


def _reason_column(batch: ImportBatch, width: int) -> int:
    """Where reasons stand: the column of an earlier return, else the first one beyond the sheet's own."""
    return batch.heads.index(REASON) if REASON in batch.heads else max(width, len(batch.heads))


def _letter(at: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(at + 1))


def _anew(data: bytes, batch: ImportBatch, problems: Problems, titles: dict[str, str], place: dict[str, int]) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet("不能导入的行")
    head = book.add_format({"bold": True, "bg_color": "#E3E7EB", "border": 1, "text_wrap": True, "valign": "vcenter"})
    wrong = book.add_format({"bg_color": f"#{FILL}", "num_format": "@"})
    formats = {
        False: {"text": book.add_format({"num_format": "@"}), "day": book.add_format({"num_format": "yyyy-mm-dd"})},
        True: {"text": wrong, "day": book.add_format({"bg_color": f"#{FILL}", "num_format": "yyyy-mm-dd"})},
    }
    sheet.freeze_panes(1, 0)
    aside = _reason_column(batch, len(batch.heads))
    for at, text in enumerate(batch.heads):
        sheet.write_string(0, at, text.replace("\n", " "), head)
    sheet.write_string(0, aside, REASON, head)
    sheet.set_column(0, max(aside - 1, 0), 16)
    sheet.set_column(aside, aside, 70)
    line = 0
    for no, cells in Book(data, batch.kind).sheet(batch.sheet).rows():
        sentences = problems.get(no)
        if sentences is None:
            continue
        line += 1
        marked = {place[name] for name in sentences if name in place}
        for at in range(min(len(cells), len(batch.heads))):
            if at != aside:
                put(sheet, line, at, cells[at], formats[at in marked or not marked])
        for name, said in sentences.items():
            if name in place and line <= COMMENTS:
                sheet.write_comment(line, place[name], said, {"author": WHO, "x_scale": 2})
        sheet.write_string(line, aside, f"原表第 {no} 行：{_reason(sentences, titles)}", formats[False]["text"])
    book.close()
    return out.getvalue()


def put(sheet: Any, row: int, at: int, cell: Any, formats: dict[str, Any]) -> None:
    """A cell as it was sent; texts as texts, whatever they look like."""
    if cell == "" or cell is None:
        if formats["text"].bg_color:
            sheet.write_blank(row, at, None, formats["text"])
    elif isinstance(cell, bool):
        sheet.write_boolean(row, at, cell, formats["text"])
    elif isinstance(cell, int | float):
        whole = cell == int(cell) if cell == cell and abs(cell) < 1e18 else False
        if whole and abs(cell) >= 10**9:
            sheet.write_string(row, at, str(int(cell)), formats["text"])
        else:
            sheet.write_number(row, at, cell)
    elif isinstance(cell, date | datetime):
        sheet.write_datetime(row, at, cell, formats["day"])
    elif isinstance(cell, time | timedelta):
        sheet.write_string(row, at, str(cell), formats["text"])
    else:
        text = str(cell)[:32_000]
        sheet.write_string(row, at, safe(text), formats["text"])


def refused_lines(batch: ImportBatch, nos: Sequence[int]) -> dict[int, list[Any]]:
    """The cells of some rows as they were sent."""
    wanted = set(nos)
    sheet = Book(store.get(batch.file), batch.kind).sheet(batch.sheet)
    return {no: cells for no, cells in sheet.rows() if no in wanted}
