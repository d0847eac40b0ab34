"""The Word template of the agreement, built by code so that it can be read and compared like any other text.

Contents after 人民调解法 art. 29: the parties, the facts and responsibilities, what was agreed, how and by when.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

PARTIES = (("当事人", "side"), ("姓名或名称", "name"), ("电话", "phone"))
LINES = (("序号", "nr"), ("由谁履行", "who"), ("做什么", "what"), ("期限", "due"))
CLOSING = (
    "以上协议由双方当事人自愿达成，具有法律约束力，双方应当按照约定履行（人民调解法第三十一条）。就协议的履行或者内容发生争议的，"
    "可以向人民法院起诉（第三十二条）。双方认为有必要的，可以自协议生效之日起三十日内共同向人民法院申请司法确认（第三十三条）。"
    "人民调解不收取任何费用（第四条）。"
)


def _face(run: Any, face: str, size: float, bold: bool = False) -> None:
    run.font.name, run.font.size, run.font.bold = "Times New Roman", Pt(size), bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)


def _line(document: Any, text: str, face: str = "宋体", size: float = 11.5, bold: bool = False) -> Any:
    paragraph = document.add_paragraph()
    _face(paragraph.add_run(text), face, size, bold)
    paragraph.paragraph_format.space_after = Pt(4)
    return paragraph


def _table(document: Any, heads: tuple[tuple[str, str], ...], rows: str, widths: tuple[float, ...]) -> None:
    """A table with a line for each of `rows`."""
    table = document.add_table(rows=4, cols=len(heads))
    table.style = "Table Grid"
    for at, (label, name) in enumerate(heads):
        for row, text in ((0, label), (2, f"{{{{ one.{name} }}}}")):
            cell = table.rows[row].cells[at]
            cell.width = Cm(widths[at])
            _face(cell.paragraphs[0].add_run(text), "宋体", 10.5, row == 0)
    for row, text in ((1, f"{{%tr for one in {rows} %}}"), (3, "{%tr endfor %}")):
        _face(table.rows[row].cells[0].paragraphs[0].add_run(text), "宋体", 10.5)


def _paragraphs(document: Any, title: str, names: str) -> None:
    _line(document, title, "黑体", 12, True)
    for text in (f"{{%p for line in {names} %}}", "{{ line }}", "{%p endfor %}"):
        _line(document, text)


@cache
def _built() -> bytes:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    _line(document, "{{ committee }}", "黑体", 14).alignment = WD_ALIGN_PARAGRAPH.CENTER
    _line(document, "{{ title }}", "黑体", 18, True).alignment = WD_ALIGN_PARAGRAPH.CENTER
    _line(document, "编号：{{ number }}").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _table(document, PARTIES, "parties", (3, 8, 5))
    _line(document, "纠纷类别：{{ kind }}")
    _paragraphs(document, "一、纠纷的主要事实和双方的责任", "facts")
    _paragraphs(document, "二、协议内容", "terms")
    _line(document, "三、履行的方式和期限", "黑体", 12, True)
    _table(document, LINES, "lines", (1.6, 3.4, 7.4, 3.6))
    _line(document, CLOSING)
    _line(document, "{%p if oral %}")
    _line(document, "本协议为口头协议，自双方达成之日起生效，由调解员记录（人民调解法第二十八条、第三十条）。")
    _line(document, "{%p else %}")
    _line(document, "本协议一式 {{ copies }} 份，当事人各执一份，人民调解委员会留存一份，自签名并加盖印章之日起生效。")
    _line(document, "{%p endif %}")
    _line(document, "")
    for text in (
        "{%p for one in parties %}",
        "{{ one.side }}（签名、盖章或按指印）：＿＿＿＿＿＿＿＿＿＿＿＿",
        "{%p endfor %}",
    ):
        _line(document, text)
    _line(document, "调解员（签名）：＿＿＿＿＿＿＿＿　　{{ mediator }}")
    _line(document, "{{ committee }}（印章）").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _line(document, "{{ day }}").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _line(document, "{{ printed }}由三社联动平台生成。内容保密，请妥善保管。", size=9)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def template() -> io.BytesIO:
    """The template, ready to be filled in; built once a process."""
    return io.BytesIO(_built())
