"""The same figures as a sheet for WPS and Excel: numerator, denominator and share of each, and what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import xlsxwriter

from .counting import Line
from .said import Figure


def xlsx(title: str, about: str, first: str, figures: Sequence[Figure], lines: Sequence[Line]) -> bytes:
    """The table as seen; a figure of nothing reads 无数据."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, share = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "0.0%"})
    sheet = book.add_worksheet("数字")
    sheet.write(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
    sheet.write(1, 0, about)
    heads = [first]
    for one in figures:
        heads += [one.label] if one.count else [f"{one.label}：分子", f"{one.label}：分母", one.label]
    sheet.write_row(3, 0, heads, bold)
    for nr, line in enumerate(lines, 4):
        sheet.write(nr, 0, line.label)
        at = 1
        for cell in line.cells:
            if cell.figure.count:
                sheet.write(nr, at, cell.tally.numerator)
                at += 1
                continue
            sheet.write(nr, at, cell.tally.numerator)
            sheet.write(nr, at + 1, cell.tally.denominator)
            if cell.tally.share is None:
                sheet.write(nr, at + 2, "无数据")
            else:
                sheet.write(nr, at + 2, cell.tally.share, share)
            at += 3
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, len(heads), 12)
    sheet.freeze_panes(4, 1)
    means = book.add_worksheet("口径")
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    means.set_column(0, 0, 18)
    means.set_column(1, 1, 80)
    means.write_row(0, 0, ["名称", "怎样算"], bold)
    for nr, one in enumerate(figures, 1):
        means.write(nr, 0, one.label, wrap)
        means.write(nr, 1, one.says, wrap)
    book.close()
    return out.getvalue()
