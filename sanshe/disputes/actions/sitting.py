"""A meeting of the mediation is written down."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.kernel.texts import checked

from ..flow import FLOW
from ..models import Dispute, Sitting
from .telling import long_text


@transaction.atomic
def sit(
    *, dispute_id: int, at: datetime, place: str, present: str, record: str, next_step: str = "", by: Viewer,
    now: datetime,
) -> Dispute:  # fmt: skip
    """Write down one meeting: when, where, who, what was said, what comes next. Raises Invalid at the fields."""
    one = FLOW.take(dispute_id, "sit", by)
    if at > now:
        raise Invalid({"at": "这一次调解还没有开始，请在调解之后再记。"})
    if one.appointed_at is not None and at.date() < one.created_at.date():
        raise Invalid({"at": "调解的时间早于登记的日期，请核对。"})
    Sitting.objects.create(
        dispute=one,
        at=at,
        place=checked("place", place, "地点", 100),
        present=checked("present", present, "到场的人", 300),
        record=long_text("record", record, "调解记录", now),
        next_step=checked("next_step", next_step, "下一步", 300, required=False) or None,
        written_by_id=by.user_id,
        written_at=now,
    )
    return FLOW.move(one, "sit", by, now)
