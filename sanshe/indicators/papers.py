"""A report as docx and as xlsx."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from .figure import Figure
from .reports import YEAR, Document


def _limit(figure: Figure) -> str:
    due = figure.due
    if due is None or due.at_least is None:
        return figure.aim
    return f"{figure.aim}（{due.source}）"


def _was(document: Document) -> str:
    return "上年末" if document.period == YEAR else "上月末"


def docx(document: Document) -> bytes:
    """The report for Word and WPS: A4, the answer first, then every figure, what falls short, plans, sources."""
    from docx import Document as Word
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    word = Word()
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.orientation = WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = Cm(2.2)
    for style in ("Normal", "Heading 1", "Heading 2", "Title"):
        font = word.styles[style].font
        font.name = "宋体" if style == "Normal" else "黑体"
        word.styles[style].element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font.name)
    word.styles["Normal"].font.size = Pt(10.5)

    def table(heads: list[str], rows: list[list[str]]) -> None:
        made = word.add_table(rows=1, cols=len(heads))
        made.style = "Table Grid"
        for cell, text in zip(made.rows[0].cells, heads, strict=True):
            cell.text = ""
            cell.paragraphs[0].add_run(text).bold = True
        for row in rows:
            for cell, text in zip(made.add_row().cells, row, strict=True):
                cell.text = text
        for line in made.rows:
            for cell in line.cells:
                for paragraph in cell.paragraphs:
                    paragraph.paragraph_format.space_after = Pt(0)
                    for run in paragraph.runs:
                        run.font.size = Pt(9)

    word.add_heading(document.title, 0)
    word.add_paragraph(f"截至 {document.on.year} 年 {document.on.month} 月 {document.on.day} 日。{document.answer}")
    word.add_heading("一、各项目标", 1)
    heads = ["指标", "数值", _was(document), "变化", "评判", "目标"]
    table(heads, [[f.target.title, f.value, was, change, f.verdict, f.aim]
                  for f, was, change in document.table if not f.target.trend])  # fmt: skip
    word.add_heading("二、只看趋势的指标", 1)
    table(["指标", "数值", _was(document), "变化"],
          [[f.target.title, f.value, was, change] for f, was, change in document.table if f.target.trend])  # fmt: skip
    word.add_heading("三、还差什么", 1)
    if not document.short:
        word.add_paragraph("各项目标均已达到。")
    for one in document.short:
        word.add_heading(one.figure.target.title, 2)
        word.add_paragraph(one.figure.sentence)
        if one.rows:
            table(["上级", "区域", "差什么"], [list(row) for row in one.rows])
        if one.more:
            word.add_paragraph(f"另有 {one.more} 个，见系统。")
    word.add_heading("四、补齐计划", 1)
    if document.plans:
        table(["区域", "目标", "负责人", "期限"],
              [[p.area.short_name, p.title, p.owner.name, f"{p.due_at:%Y-%m-%d}"] for p in document.plans])  # fmt: skip
    else:
        word.add_paragraph("目前没有进行中的计划。")
    word.add_heading("五、口径和来源", 1)
    for figure in document.figures:
        paragraph = word.add_paragraph()
        paragraph.add_run(f"{figure.target.title}：").bold = True
        numbers = f"分子 {figure.tally.numerator}，分母 {figure.tally.denominator}"
        paragraph.add_run(f"{figure.target.counts}。{numbers}，依据 {figure.tally.beside.get('rows', 0)} 条记录。"
                          f"{_limit(figure)}。出处：{figure.target.source}。")  # fmt: skip
    out = BytesIO()
    word.save(out)
    return out.getvalue()


def xlsx(document: Document) -> bytes:
    """The report as a workbook: figures, areas below, what falls short, plans, sources. Texts are never formulas."""
    import xlsxwriter

    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bg_color": "#e6f2f0", "border": 1, "text_wrap": True, "valign": "vcenter"})
    text = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    big = book.add_format({"bold": True, "font_size": 14})

    def sheet(name: str, heads: list[str], rows: list[list[Any]], widths: list[int]) -> None:
        page = book.add_worksheet(name)
        page.write_string(0, 0, document.title, big)
        page.write_string(1, 0, f"截至 {document.on:%Y-%m-%d}。{document.answer}")
        for at, (title, width) in enumerate(zip(heads, widths, strict=True)):
            page.write_string(3, at, title, head)
            page.set_column(at, at, width)
        for nr, row in enumerate(rows, 4):
            for at, value in enumerate(row):
                if isinstance(value, int | float) and not isinstance(value, bool):
                    page.write_number(nr, at, value, text)
                else:
                    page.write_string(nr, at, "" if value is None else str(value), text)
        page.freeze_panes(4, 1)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)

    def number(figure: Figure) -> Any:
        return "无数据" if figure.number is None else round(figure.number, 2)

    sheet(
        "指标",
        ["指标", "数值", "单位", _was(document), "变化", "评判", "目标", "分子", "分母", "无数据", "说明"],
        [
            [f.target.title, number(f), f.unit, was, change, f.verdict, f.aim, f.tally.numerator, f.tally.denominator,
             f.tally.unknown, f.sentence]
            for f, was, change in document.table
        ],
        [30, 10, 8, 12, 14, 10, 34, 10, 10, 8, 50],
    )  # fmt: skip
    if document.streets:
        names = [f.indicator.short for f in document.streets[0][1]]
        sheet(
            "各区域",
            ["区域", *names],
            [[area.short_name, *(f.value for f in found)] for area, found in document.streets],
            [18, *([13] * len(names))],
        )
    sheet(
        "还差什么",
        ["目标", "上级", "区域", "差什么"],
        [[one.figure.target.title, *row] for one in document.short for row in one.rows],
        [30, 16, 20, 50],
    )
    sheet(
        "补齐计划",
        ["区域", "目标", "措施", "负责人", "期限"],
        [[p.area.short_name, p.title, p.measures, p.owner.name, f"{p.due_at:%Y-%m-%d}"] for p in document.plans],
        [18, 30, 60, 12, 12],
    )
    sheet(
        "口径和来源",
        ["指标", "口径", "目标和来源", "出处", "依据的记录数"],
        [[f.target.title, f.target.counts, _limit(f), f.target.source, f.tally.beside.get("rows", 0)]
         for f in document.figures],
        [30, 70, 50, 34, 12],
    )  # fmt: skip
    book.close()
    return out.getvalue()
