"""Affairs of a residents' committee: published, questioned, answered."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sanshe.kernel import audit, clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed

from ..access import CommitteeNoticeAccess
from ..flow import QUESTION_FLOW
from ..models import Area, CommitteeNotice, NoticeQuestion
from ..words import AreaLevel, AreasEvent, NoticeKind


def _text(value: str, field: str, least: int, most: int, sentence: str) -> str:
    plain = value.replace("\0", "").strip()
    if not least <= len(plain) <= most:
        raise Invalid({field: sentence})
    return plain


@transaction.atomic
def publish_affair(*, area_id: int, kind: str, title: str, text: str, by: Viewer, now: datetime) -> CommitteeNotice:
    """Publish an affair of a community. Raises Invalid, NotAllowed."""
    area = Area.objects.filter(pk=area_id, level=AreaLevel.COMMUNITY).first()
    if area is None:
        raise Invalid({"area": "请选择社区。"})
    notice = CommitteeNotice.objects.create(
        area=area, kind=NoticeKind(kind), title=_text(title, "title", 2, 80, "请写 2 至 80 个字的标题。"),
        text=_text(text, "text", 5, 20_000, "请写明公开的内容，不超过 2 万字。"), published_at=now,
        published_by_id=by.account_id,
    )  # fmt: skip
    if not CommitteeNoticeAccess.may(by, "publish", notice):
        raise NotAllowed("居务由本社区党组织书记、居委会主任公开。")
    audit.record(by=by, event=AreasEvent.NOTICE_PUBLISHED, obj=notice, sentence="{actor}公开了此项居务", now=now)
    return notice


@transaction.atomic
def ask_about_affair(*, notice_id: int, text: str, by: Viewer, now: datetime) -> NoticeQuestion:
    """Ask about a published affair. Raises Invalid."""
    notice = CommitteeNoticeAccess.get(by, notice_id, "ask")
    days = int(params.get("committee.answer_days", on=clock.local(now).date()).value)
    question = NoticeQuestion(
        notice=notice, text=_text(text, "text", 4, 500, "请写明想问什么，4 至 500 个字。"), asked_by_id=by.account_id,
        asked_at=now, due_at=clock.add_working_days(now, days),
    )  # fmt: skip
    return QUESTION_FLOW.begin(question, by, now, "{actor}就公开的居务提了问题")


@transaction.atomic
def answer_question(*, question_id: int, answer: str, by: Viewer, now: datetime) -> NoticeQuestion:
    """Answer a question; both become public. Raises Invalid, WrongState."""
    question = QUESTION_FLOW.take(question_id, "answer", by)
    question.answer = _text(answer, "answer", 4, 1000, "请写明答复，4 至 1000 个字。")
    question.answered_at = now
    return QUESTION_FLOW.move(question, "answer", by, now)
