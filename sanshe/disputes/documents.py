"""The agreement as a Word document, filled into a template of our own (agreement_template)."""

from __future__ import annotations

import io

from docxtpl import DocxTemplate

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer

from . import queries
from .agreement_template import template
from .models import Dispute
from .words import Form, Side

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def agreement(viewer: Viewer, one: Dispute) -> bytes:
    """The agreement with the contents that 人民调解法 art. 29 names, for signatures and the committee's seal."""
    parties = queries.parties_of(viewer, one)
    names = {Side.FIRST.value: "甲方", Side.SECOND.value: "乙方"}
    filled = {
        "committee": queries.committee_of(one.area),
        "number": one.number,
        "oral": one.form == Form.ORAL,
        "title": "口头调解协议登记表" if one.form == Form.ORAL else "人民调解协议书",
        "parties": [
            {"side": names[p.side], "name": p.name, "phone": p.phone or "—"} for p in parties
        ],
        "kind": one.kind_said,
        "facts": (one.facts or "").split("\n"),
        "terms": (one.terms_text or "").split("\n"),
        "lines": [
            {"nr": t.place, "who": t.who.name, "what": t.what, "due": clock.say_day(t.due_at)}
            for t, _ in queries.terms_of(viewer, one)
        ],
        "mediator": one.mediator.name if one.mediator else "",
        "day": f"{on.year}年{on.month}月{on.day}日" if (on := one.effect_on) else "　　年　　月　　日",
        "copies": len(parties) + 1,
        "printed": clock.say_moment(clock.now()),
    }  # fmt: skip
    document = DocxTemplate(template())
    document.render(filled, autoescape=True)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
