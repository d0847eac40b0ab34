"""Notices of this module, and how a typed text is taken in."""

from __future__ import annotations

from datetime import datetime

from sanshe.accounts.public import Role, on_duty
from sanshe.areas.public import Area
from sanshe.kernel.errors import Invalid
from sanshe.kernel.notices import notify, notify_phone

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


#: Marks the way in by a notice that asks for a rating, so that who came by himself is told apart.
ASKED = "?ask=1"


def tell_reporter(matter: Matter, text: str, now: datetime, *, reach: bool = False, url: str = "") -> None:
    """Tell the one who brought it up, by account; `reach`: without one by the phone that was left, if a way is set up.

    To a phone goes nothing but the number and the link: whoever else reads it learns nothing.
    """
    url = url or matter.progress_url
    if matter.reporter_id is not None:
        notify([matter.reporter_id], text, url, now, KIND, short=f"您反映的事项 {matter.number} 有新的进展")
    elif reach and matter.wants_reply and matter.contact_phone:
        notify_phone(matter.contact_phone, f"您反映的事项 {matter.number} 有新的进展", url, now)


def invite_to_rate(matter: Matter, text: str, now: datetime) -> None:
    """Tell the result and ask for a rating. Opening the link uses nothing up: only a sent form is a rating."""
    tell_reporter(matter, text, now, reach=True, url=matter.progress_url + ASKED)


def tell_unit(matter: Matter, unit_id: int | None, text: str, now: datetime) -> None:
    """Tell the people of a handling unit."""
    if unit_id is not None:
        people = on_duty(Role.UNIT_HANDLER, Role.UNIT_LEAD, body_id=unit_id)
        notify(people.values_list("pk", flat=True), text, matter.get_absolute_url(), now, KIND)


def tell_posts(matter: Matter, roles: tuple[Role, ...], text: str, now: datetime) -> None:
    """Tell those who hold one of the roles for the matter's area."""
    area: Area = matter.area
    notify(on_duty(*roles, area=area).values_list("pk", flat=True), text, matter.get_absolute_url(), now, KIND)


def tell_desk(matter: Matter, text: str, now: datetime) -> None:
    """Tell the window that a matter must be triaged again; one that is urgent rings there and at the street."""
    if matter.urgent:
        ring(matter, (Role.FRONT_DESK, Role.STREET_OFFICER), f"紧急，{text}", now)
    else:
        tell_posts(matter, (Role.FRONT_DESK,), text, now)


#: The kind under which urgent notices stand: in the list of notices they are seen at once.
URGENT = "紧急"


def ring(matter: Matter, roles: tuple[Role, ...], text: str, now: datetime, unit_id: int | None = None) -> None:
    """Ring at once for what can not wait: the posts of the area, and the people of a unit. Each person once."""
    area: Area = matter.area
    people = set(on_duty(*roles, area=area).values_list("pk", flat=True))
    if unit_id is not None:
        people |= set(on_duty(Role.UNIT_HANDLER, Role.UNIT_LEAD, body_id=unit_id).values_list("pk", flat=True))
    notify(sorted(people), text, matter.get_absolute_url(), now, URGENT)
