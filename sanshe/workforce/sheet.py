"""The allowance sheet as an Excel file: the lines, the changes, and the rule with its sources in the sheet itself."""

from __future__ import annotations

import io

import xlsxwriter

from .allowance import Change
from .models import AllowanceLine, AllowanceSheet

HEADS = ("姓名", "社区", "证书级别", "证书编号", "月标准（元）", "计发天数", "应发（元）")
WIDTHS = (12, 22, 18, 24, 14, 10, 14)


def xlsx(sheet: AllowanceSheet, lines: list[AllowanceLine], changed: list[Change]) -> bytes:
    """The whole sheet as a file. Texts are written as texts: no cell runs as a formula."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    bold = book.add_format({"bold": True, "bg_color": "#f6f7f8", "border": 1})
    title = book.add_format({"bold": True, "font_size": 14})
    money = book.add_format({"num_format": "#,##0.00"})
    total = book.add_format({"num_format": "#,##0.00", "bold": True, "top": 1})
    page = book.add_worksheet("月表")
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    for column, width in enumerate(WIDTHS):
        page.set_column(column, column, width)
    page.write_string(0, 0, str(sheet), title)
    page.write_string(
        1, 0, f"状态：{sheet.get_state_display()}；{sheet.people} 人；计算于 {sheet.computed_at:%Y-%m-%d}"
    )
    for column, head in enumerate(HEADS):
        page.write_string(3, column, head, bold)
    page.freeze_panes(4, 1)
    row = 4
    for line in lines:
        texts = (line.worker.name, str(line.area), line.get_level_display(), line.number)
        for column, text in enumerate(texts):
            page.write_string(row, column, text)
        page.write_number(row, 4, line.rate / 100, money)
        page.write_number(row, 5, line.days)
        page.write_number(row, 6, line.amount / 100, money)
        row += 1
    page.write_string(row, 0, "合计", bold)
    page.write_number(row, 6, sheet.total / 100, total)
    row += 2
    page.write_string(row, 0, "计算规则与依据", bold)
    for text in rule_lines(sheet):
        row += 1
        page.write_string(row, 0, text)
    if changed:
        _changes(book, changed, bold, money)
    book.close()
    return out.getvalue()


def rule_lines(sheet: AllowanceSheet) -> list[str]:
    """The rule by which the sheet was worked out, with the source of each rate, as sentences."""
    rates = [
        f"{item['label']}：每月 {item['fen'] / 100:,.2f} 元（{item['source']}）" for item in sheet.rule.get("rates", [])
    ]
    return [*rates, *(str(words) for words in sheet.rule.get("words", []))]


def _changes(book: xlsxwriter.Workbook, changed: list[Change], bold: object, money: object) -> None:
    page = book.add_worksheet("与上月相比")
    page.set_column(0, 4, 16)
    for column, head in enumerate(("姓名", "上月（元）", "本月（元）", "增减（元）", "原因")):
        page.write_string(0, column, head, bold)
    for row, one in enumerate(changed, 1):
        page.write_string(row, 0, one.worker.name)
        for column, fen in enumerate((one.before, one.after, one.more), 1):
            page.write_number(row, column, fen / 100, money)
        page.write_string(row, 4, one.why)
