"""Documents: the minutes of a meeting, filled into a template of our own (minutes_template)."""

from __future__ import annotations

import io

from docxtpl import DocxTemplate

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer

from . import queries, rules
from .minutes_template import template
from .models import Meeting
from .words import Seat

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def minutes(viewer: Viewer, meeting: Meeting) -> bytes:
    """The minutes as a Word document, with the names of those who were there as far as the viewer may see them."""
    one = meeting.deliberation
    there = queries.attendance(viewer, meeting)
    away = queries.absent(viewer, meeting)
    quorum = rules.quorum_now(one) if meeting.state != "not_held" else None
    filled = {
        "title": one.title,
        "number": one.number,
        "community": one.area.name,
        "form": one.get_form_display(),  # type: ignore[attr-defined]
        "scope": one.scope_said,
        "leads": "、".join(b.name for b in (one.party_body, one.committee_body) if b is not None),
        "time": clock.say_moment(meeting.starts_at),
        "place": meeting.place,
        "chair": meeting.chair or "（未填写）",
        "recorder": meeting.recorder or "（未填写）",
        "question": one.question,
        "agenda": meeting.agenda,
        "present": [
            {"name": a.participant.name, "capacity": a.participant.get_capacity_display(),
             "seat": a.participant.get_seat_display(), "time": f"{clock.local(a.at):%H:%M}",
             "how": a.get_how_display()}
            for a in there
        ],
        "absent": "、".join(p.name for p in away if p.seat == Seat.MEMBER) or "无",
        "quorum": quorum.sentence if quorum is not None else "这次会议没有开成。",
        "minutes": (meeting.minutes or "（未填写）").split("\n"),
        "resolution": (meeting.resolution or "（没有形成决议）").split("\n"),
        "votes": (
            f"赞成 {meeting.votes_for} 人，反对 {meeting.votes_against} 人，弃权 {meeting.votes_abstain} 人。"
            if meeting.decided_at is not None
            else "没有表决。"
        ),
        "printed": clock.say_moment(clock.now()),
    }  # fmt: skip
    document = DocxTemplate(template())
    document.render(filled, autoescape=True)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
