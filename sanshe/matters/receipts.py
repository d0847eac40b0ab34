"""The receipt as a Word document, from a template of our own: for matters, questions and applications alike."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import segno
from django.conf import settings
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt
from docxtpl import DocxTemplate, InlineImage

from sanshe.kernel import clock

from .models import Matter
from .words import MaterialState, MatterKind

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TITLES = {
    MatterKind.MATTER: "事项受理回执",
    MatterKind.QUESTION: "咨询受理回执",
    MatterKind.APPLICATION: "申请受理回执",
}


def _face(run: Any, face: str, size: float, bold: bool = False) -> None:
    run.font.name, run.font.size, run.font.bold = "Times New Roman", Pt(size), bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)


def _line(holder: Any, text: str, face: str = "宋体", size: float = 11, bold: bool = False) -> Any:
    paragraph = holder.add_paragraph()
    _face(paragraph.add_run(text), face, size, bold)
    paragraph.paragraph_format.space_after = Pt(4)
    return paragraph


def _cell(cell: Any, text: str, bold: bool = False) -> None:
    _face(cell.paragraphs[0].add_run(text), "宋体", 10.5, bold)


@cache
def _template() -> bytes:
    """A sheet of A5: title, facts, materials where there are some, the code. Built once a process."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(14.8), Cm(21)
    section.left_margin = section.right_margin = Cm(1.8)
    section.top_margin = section.bottom_margin = Cm(1.6)
    _line(document, "{{ title }}", "黑体", 16, True).alignment = WD_ALIGN_PARAGRAPH.CENTER
    _line(document, "编号　{{ number }}", "黑体", 12).alignment = WD_ALIGN_PARAGRAPH.CENTER
    facts = document.add_table(rows=3, cols=2)
    facts.style = "Table Grid"
    _cell(facts.rows[0].cells[0], "{%tr for fact in facts %}")
    _cell(facts.rows[1].cells[0], "{{ fact.name }}", True)
    _cell(facts.rows[1].cells[1], "{{ fact.value }}")
    _cell(facts.rows[2].cells[0], "{%tr endfor %}")
    for row in facts.rows:
        row.cells[0].width, row.cells[1].width = Cm(2.8), Cm(8.4)
    _line(document, "{%p if materials %}")
    _line(document, "材料", "黑体", 12, True)
    materials = document.add_table(rows=3, cols=2)
    materials.style = "Table Grid"
    _cell(materials.rows[0].cells[0], "{%tr for one in materials %}")
    _cell(materials.rows[1].cells[0], "{{ one.name }}")
    _cell(materials.rows[1].cells[1], "{{ one.state }}")
    _cell(materials.rows[2].cells[0], "{%tr endfor %}")
    _line(document, "{%p endif %}")
    _line(document, "{{ code }}").alignment = WD_ALIGN_PARAGRAPH.CENTER
    _line(
        document, "扫码看进度，不用登录；办结后可以评价，没有解决的可以重新打开。", size=9
    ).alignment = WD_ALIGN_PARAGRAPH.CENTER
    _line(
        document, "请妥善保管，谁拿到二维码，谁就能看到进度。{{ printed }}打印。", size=9
    ).alignment = WD_ALIGN_PARAGRAPH.CENTER
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def material_line(row: Any) -> str:
    """Where a material stands, with the day for what is to come."""
    said = str(row.get_state_display())
    return f"{said}，{row.due_on.month}月{row.due_on.day}日前" if row.state == MaterialState.LATER else said


def _facts(matter: Matter) -> list[dict[str, str]]:
    rows = [("服务事项" if matter.service else "事项", str(matter)), ("社区", str(matter.area))]
    if matter.place_text:
        rows.append(("地点", matter.place_text))
    if matter.window is not None:
        rows.append(("受理窗口", str(matter.window)))
    rows.append(("渠道", str(matter.get_channel_display())))  # type: ignore[attr-defined]
    rows.append(("受理时间", f"{clock.local(matter.created_at):%Y年%-m月%-d日 %H:%M}"))
    if matter.host_unit is not None:
        rows.append(("由谁办理", str(matter.host_unit)))
    if matter.promised_at is not None and matter.is_open:
        rows.append(("答复日期", f"{clock.local(matter.promised_at):%Y年%-m月%-d日}前"))
    if matter.kind == MatterKind.QUESTION and matter.result:
        rows.append(("答复", matter.result))
    return [{"name": name, "value": value} for name, value in rows]


def receipt_docx(matter: Matter) -> bytes:
    """The receipt of a matter, with the code that leads to its progress."""
    document = DocxTemplate(io.BytesIO(_template()))
    picture = io.BytesIO()
    address = f"{str(settings.SANSHE_BASE_URL).rstrip('/')}{matter.progress_url}"
    segno.make(address, error="m").save(picture, kind="png", scale=8, border=2)
    picture.seek(0)
    materials = matter.materials.all() if matter.kind == MatterKind.APPLICATION else []
    document.render({
        "title": _TITLES[MatterKind(matter.kind)],
        "number": matter.number,
        "facts": _facts(matter),
        "materials": [{"name": row.name, "state": material_line(row)} for row in materials],
        "code": InlineImage(document, picture, width=Mm(36)),
        "printed": clock.say_moment(clock.now()),
    }, autoescape=True)  # fmt: skip
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
