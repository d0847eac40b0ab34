"""The Word template of the minutes, built by code so that it can be read and compared like any other text.

A4; headings in a black face, text in a song face, as official papers are set.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

FACTS = (
    ("编号", "{{ number }}"),
    ("社区", "{{ community }}"),
    ("协商形式", "{{ form }}（{{ scope }}）"),
    ("牵头", "{{ leads }}"),
    ("时间", "{{ time }}"),
    ("地点", "{{ place }}"),
    ("主持人", "{{ chair }}"),
    ("记录人", "{{ recorder }}"),
    ("人数", "{{ quorum }}"),
    ("未到的应到人员", "{{ absent }}"),
)
PEOPLE = (("姓名", "name"), ("身份", "capacity"), ("席位", "seat"), ("签到", "time"), ("方式", "how"))


def _face(run: Any, face: str, size: float, bold: bool = False) -> None:
    run.font.name, run.font.size, run.font.bold = "Times New Roman", Pt(size), bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)


def _line(document: Any, text: str, face: str = "宋体", size: float = 11, bold: bool = False) -> Any:
    paragraph = document.add_paragraph()
    _face(paragraph.add_run(text), face, size, bold)
    paragraph.paragraph_format.space_after = Pt(4)
    return paragraph


def _cell(cell: Any, text: str, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    _face(paragraph.add_run(text), "宋体", 10.5, bold)


def _lines(document: Any, title: str, names: str) -> None:
    """A heading, and a paragraph for every line of a list."""
    _line(document, title, "黑体", 12, True)
    _line(document, f"{{%p for line in {names} %}}")
    _line(document, "{{ line }}")
    _line(document, "{%p endfor %}")


@cache
def _built() -> bytes:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    _line(document, "{{ title }}", "黑体", 16, True).alignment = WD_ALIGN_PARAGRAPH.CENTER
    _line(document, "协商会议记录", "黑体", 13).alignment = WD_ALIGN_PARAGRAPH.CENTER
    facts = document.add_table(rows=0, cols=2)
    facts.style = "Table Grid"
    for label, value in FACTS:
        row = facts.add_row().cells
        row[0].width, row[1].width = Cm(3.6), Cm(12.2)
        _cell(row[0], label, True)
        _cell(row[1], value)
    _line(document, "")
    _line(document, "商量的问题", "黑体", 12, True)
    _line(document, "{{ question }}")
    _lines(document, "议程", "agenda")
    _lines(document, "会议记录", "minutes")
    _lines(document, "决议", "resolution")
    _line(document, "表决：{{ votes }}")
    _line(document, "签到", "黑体", 12, True)
    people = document.add_table(rows=4, cols=len(PEOPLE))
    people.style = "Table Grid"
    for at, (label, name) in enumerate(PEOPLE):
        _cell(people.rows[0].cells[at], label, True)
        _cell(people.rows[2].cells[at], f"{{{{ one.{name} }}}}")
    _cell(people.rows[1].cells[0], "{%tr for one in present %}")
    _cell(people.rows[3].cells[0], "{%tr endfor %}")
    _line(document, "")
    _line(document, "主持人签名：＿＿＿＿＿＿＿＿　　记录人签名：＿＿＿＿＿＿＿＿")
    _line(document, "{{ printed }}由三社联动平台生成，签名后归档。", size=9)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def template() -> io.BytesIO:
    """The template, ready to be filled in; built once a process."""
    return io.BytesIO(_built())
