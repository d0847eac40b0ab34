"""Notices of this module, and how a typed text is taken in."""

from __future__ import annotations

from datetime import datetime

from sanshe.accounts.public import Role, holders
from sanshe.areas.public import Area
from sanshe.kernel.errors import Invalid
from sanshe.kernel.notices import notify

from ..models import Matter
from ..text import plain

KIND = "事项"


def clean(text: str, field: str, most: int, sentence: str = "", least: int = 0) -> str:
    """A typed text as it is kept. Raises Invalid at `field`, saying the length there is."""
    kept = plain(text)
    if len(kept) < least:
        raise Invalid({field: sentence or "请填写这一项。"})
    if len(kept) > most:
        raise Invalid({field: f"最多 {most} 个字，现在有 {len(kept)} 个字，请精简或分成几件事反映。"})
    return kept


def tell_reporter(matter: Matter, text: str, now: datetime) -> None:
    """Tell the one who brought it up, if there is an account; others see it on the page of progress."""
    if matter.reporter_id is not None:
        notify([matter.reporter_id], text, matter.progress_url, now, KIND)


def tell_unit(matter: Matter, unit_id: int | None, text: str, now: datetime) -> None:
    """Tell the people of a handling unit."""
    if unit_id is not None:
        people = holders(Role.UNIT_HANDLER, Role.UNIT_LEAD, body_id=unit_id)
        notify(people.values_list("pk", flat=True), text, matter.get_absolute_url(), now, KIND)


def tell_posts(matter: Matter, roles: tuple[Role, ...], text: str, now: datetime) -> None:
    """Tell those who hold one of the roles for the matter's area."""
    area: Area = matter.area
    notify(holders(*roles, area=area).values_list("pk", flat=True), text, matter.get_absolute_url(), now, KIND)
