"""Who is told, and what: that something moved, never what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sanshe.accounts.public import Role, User, on_duty
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.notices import notify
from sanshe.kernel.texts import checked

from ..models import Dispute, Party

KIND = "人民调解"


def days(name: str, now: datetime) -> int:
    """A figure of `mediation.yaml` as in force on the day of `now`."""
    return int(params.get(f"mediation.{name}", on=clock.local(now).date()).value)


def due_in(one: Dispute, name: str, now: datetime) -> None:
    """Let the next step be due so many working days from now; the calendar's version is frozen with it."""
    one.calendar_version = clock.calendar_version()
    one.due_at = clock.add_working_days(now, days(name, now), one.calendar_version)
    one.reminded_at = None


def long_text(field: str, text: str | None, label: str, now: datetime, *, required: bool = True) -> str:
    """A long text of a dispute, checked. Raises Invalid."""
    return checked(field, text, label, days("text_most", now), required=required)


def party_users(one: Dispute) -> set[int]:
    """Ids of the accounts of all parties."""
    rows = Party.objects.filter(dispute=one).values_list("user_id", "person__user_id")
    return {pk for pair in rows for pk in pair if pk is not None}


def heads(one: Dispute) -> list[User]:
    """Those who head the community's mediation committee and are no party."""
    mine = party_users(one)
    return [u for u in on_duty(Role.COMMUNITY_LEAD, area=one.area, exactly=True) if u.pk not in mine]


def tell(one: Dispute, users: Iterable[int | None], text: str, now: datetime, by: Viewer) -> int:
    """Tell accounts that something moved, except who moved it."""
    told = [pk for pk in users if pk is not None and pk != by.user_id]
    return notify(told, f"{one.number}：{text}", one.get_absolute_url(), now, KIND)


def tell_all(one: Dispute, text: str, now: datetime, by: Viewer) -> int:
    """Tell the parties with an account, the mediator and the heads."""
    return tell(one, {*party_users(one), one.mediator_id, *(u.pk for u in heads(one))}, text, now, by)
