"""The certificate of volunteers' hours as a Word document.

志愿服务条例 art. 19: issued free of charge and truthfully from the record, with identity, service, hours,
issuer, number and day.
"""

from __future__ import annotations

import io
from datetime import datetime
from functools import cache
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docxtpl import DocxTemplate

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.people.public import person_of

from . import queries
from .actions.checks import community_of
from .actions.hours import note_certificate

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEXT = (
    "　　{{ name }}（证件号码 {{ paper }}）于{{ since }}至{{ until }}期间，参加社区邻里互助志愿服务 {{ count }} 次，"
    "服务时间共 {{ total }} 小时。每次时间均由双方确认或由社区核定。"
)
COLUMNS = (("服务内容", "kind"), ("次数", "times"), ("时间（小时）", "hours"))


def certificate(viewer: Viewer, now: datetime) -> tuple[bytes, str]:
    """The document and its number. Raises Invalid for somebody without confirmed hours or without a file."""
    rows = list(queries.confirmed(viewer.account_id))
    if not rows:
        raise Invalid("还没有双方确认过的互助时间，确认后才能出具证明。")
    person = person_of(viewer.account_id)
    if person is None:
        raise Invalid("证明要写明身份。请带证件到社区窗口登记一次人员档案，再来出具。")
    minutes = sum(p.minutes or 0 for p in rows)
    number = note_certificate(person=person, minutes=minutes, by=viewer, now=now)
    area = community_of(viewer)
    today = clock.local(now).date()
    filled = {
        "number": number,
        "name": person.name,
        "paper": person.citizen_masked or person.paper_masked or "（未登记）",
        "since": clock.say_day(rows[0].done_on) if rows[0].done_on else "",
        "until": clock.say_day(rows[-1].done_on) if rows[-1].done_on else "",
        "total": f"{minutes / 60:g}",
        "count": len(rows),
        "lines": [{"kind": k, "times": n, "hours": f"{h:g}"} for k, n, h in queries.hours_by_kind(rows)],
        "issuer": f"{area.short_name}居民委员会" if area is not None else "",
        "day": f"{today.year}年{today.month}月{today.day}日",
    }
    document = DocxTemplate(io.BytesIO(_template()))
    document.render(filled, autoescape=True)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue(), number


def _line(document: Any, text: str, face: str = "宋体", size: float = 12, bold: bool = False) -> Any:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    run.font.name, run.font.size, run.font.bold = "Times New Roman", Pt(size), bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    return paragraph


@cache
def _template() -> bytes:
    """The template, built by code, ready to be filled in; once a process."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.8)
    _line(document, "志愿服务记录证明", "黑体", 20, True).alignment = WD_ALIGN_PARAGRAPH.CENTER
    _line(document, "编号：{{ number }}").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _line(document, TEXT)
    table = document.add_table(rows=4, cols=len(COLUMNS))
    table.style = "Table Grid"
    for at, (label, name) in enumerate(COLUMNS):
        table.rows[0].cells[at].text, table.rows[2].cells[at].text = label, f"{{{{ one.{name} }}}}"
    table.rows[1].cells[0].text, table.rows[3].cells[0].text = "{%tr for one in lines %}", "{%tr endfor %}"
    _line(document, "")
    _line(document, "　　本证明依据志愿服务记录无偿、如实出具（志愿服务条例第十九条）。")
    _line(document, "")
    _line(document, "经办人（签名）：＿＿＿＿＿＿＿＿")
    _line(document, "{{ issuer }}（盖章）").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _line(document, "{{ day }}").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
