"""A list as a sheet: what is seen, no more. Masked stays masked; a cell never runs as a formula."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.db.models import QuerySet

from . import values
from .declare import Column, Register
from .query import Asked, Order, found, hidden_columns

#: A sheet of Excel ends at 1,048,576 rows; more than this is rarely read and takes minutes.
LIMIT = 200_000
RISKY = ("=", "+", "-", "@", "\t", "\r")
CHUNK = 2000


def safe(value: Any) -> Any:
    """A text that a program would take for a formula, made plain by an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value


def rows_of(asked: Asked) -> QuerySet[Any]:
    """The rows that are asked for, in the order of the list."""
    return found(asked).order_by(*Order(asked).by())


def cells(asked: Asked) -> Iterator[list[Any]]:
    """The cells of each row, as shown; closed columns are empty."""
    register, columns = asked.register, asked.columns
    batch: list[Any] = []

    def flush() -> Iterator[list[Any]]:
        closed = hidden_columns(register, asked.viewer, batch)
        for row in batch:
            hidden = closed.get(row.pk, ())
            yield ["" if c.name in hidden else values.shown(c, row) for c in columns]

    for row in rows_of(asked)[:LIMIT].iterator(chunk_size=CHUNK):
        batch.append(row)
        if len(batch) == CHUNK:
            yield from flush()
            batch = []
    yield from flush()


def csv_lines(asked: Asked) -> Iterator[str]:
    """The sheet as CSV, with the mark by which Excel knows UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    out.write("\ufeff")
    writer.writerow([column.head for column in asked.columns])
    for line in cells(asked):
        writer.writerow([safe(_text(cell)) for cell in line])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def _text(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    return str(cell)


def xlsx(asked: Asked) -> tuple[IO[bytes], int]:
    """The sheet as an Excel file, and how many rows it holds."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the response that sends it
    # Strings are written as strings, whatever they look like.
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    book = xlsxwriter.Workbook(file, options)
    try:
        sheet = book.add_worksheet(sheet_name(asked.register))
        head = book.add_format(
            {"bold": True, "bg_color": "#E3E7EB", "border": 1, "text_wrap": True, "valign": "vcenter"}
        )
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.freeze_panes(1, 1)
        for at, column in enumerate(asked.columns):
            sheet.set_column(at, at, width(column))
            sheet.write_string(0, at, column.head, head)
        count = 0
        for count, line in enumerate(cells(asked), 1):
            for at, cell in enumerate(line):
                if cell == "" or cell is None:
                    continue
                if isinstance(cell, datetime):
                    sheet.write_datetime(count, at, cell.replace(tzinfo=None), moment)
                elif isinstance(cell, date):
                    sheet.write_datetime(count, at, datetime(cell.year, cell.month, cell.day), day)
                elif isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
                    sheet.write_number(count, at, float(cell))
                else:
                    sheet.write_string(count, at, str(cell)[:32_000])
        sheet.autofilter(0, 0, max(count, 1), len(asked.columns) - 1)
    finally:
        book.close()
    file.seek(0)
    return file, count


def sheet_name(register: Register) -> str:
    """A name that Excel takes: at most 31 characters, none of its marks."""
    return "".join("-" if c in "[]:*?/\\" else c for c in register.title)[:31]


def width(column: Column) -> int:
    """How wide a column is, in characters."""
    kind = column.kind
    if kind in ("date", "yes", "number"):
        return 12
    return 40 if kind == "long" else 24 if kind == "reference" else max(14, min(30, 2 * len(column.head) + 2))
