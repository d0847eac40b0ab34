"""Checked words, and who is told what. Shared by the verbs of this module."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sanshe.accounts.public import Role, on_duty
from sanshe.kernel.errors import Invalid
from sanshe.kernel.notices import notify

from ..models import Deliberation, Participant
from ..words import Answer

KIND = "协商"


def words(field: str, text: str, label: str, most: int, required: bool = True) -> str:
    """The text, trimmed. Raises Invalid at the field if it is empty, too long or holds control signs."""
    text = (text or "").replace("\r\n", "\n").strip()
    if required and not text:
        raise Invalid({field: f"请填写{label}。"})
    if len(text) > most:
        raise Invalid({field: f"{label}最多 {most} 个字，现在有 {len(text)} 个字。"})
    if any(ord(sign) < 32 and sign not in "\n\t" for sign in text):
        raise Invalid({field: f"{label}里有无法识别的符号，请删去后再提交。"})
    return text


def taking_part(deliberation: Deliberation) -> list[int]:
    """Ids of the users who were called or take part."""
    return list(
        Participant.objects.filter(
            deliberation=deliberation, user__isnull=False, answer__in=[Answer.INVITED, Answer.ACCEPTED]
        ).values_list("user_id", flat=True)
    )


def tell_participants(deliberation: Deliberation, text: str, now: datetime, but: int | None = None) -> int:
    """Tell all who take part, except `but` (who did it). Returns how many were told."""
    ids = [pk for pk in taking_part(deliberation) if pk != but]
    return notify(ids, text, deliberation.get_absolute_url(), now, KIND)


def tell_community(deliberation: Deliberation, text: str, now: datetime, but: int | None = None) -> int:
    """Tell the lead and the workers of the community itself."""
    found = on_duty(Role.COMMUNITY_LEAD, Role.COMMUNITY_WORKER, area=deliberation.area, exactly=True)
    return notify([u.pk for u in found if u.pk != but], text, deliberation.get_absolute_url(), now, KIND)


def tell(users: Iterable[int | None], text: str, url: str, now: datetime) -> int:
    """Tell certain users; None is passed over."""
    return notify([u for u in users if u is not None], text, url, now, KIND)
