"""Telling people that a registration ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from sanshe.accounts.public import Role, on_duty
from sanshe.kernel import clock, params
from sanshe.kernel.notices import Notice, notify

from ..queries import lapsing_certificates

KIND = "证书登记"


@transaction.atomic
def tell_lapses(*, now: datetime) -> int:
    """Tell each holder, and each community's leads with the number, what ends within the days of notice.

    Once a month, by the calendar month of `now`: told again only in the next. Returns how many were told.
    """
    today = clock.local(now).date()
    days = params.get("workforce.lapse_notice_days", on=today)
    found = lapsing_certificates(today, int(days.value)).select_related("worker__area", "worker__person")
    by_area: dict[int, list[str]] = {}
    areas = {}
    told = 0
    month = clock.at(today.year, today.month, 1)
    known = set(Notice.objects.filter(kind=KIND, created_at__gte=month).values_list("user_id", "text"))

    def tell(users: Iterable[int | None], text: str, url: str) -> int:
        fresh = [user for user in users if user is not None and (user, text) not in known]
        return notify(fresh, text, url, now, kind=KIND)

    for one in found:
        by_area.setdefault(one.worker.area_id, []).append(one.worker.name)
        areas[one.worker.area_id] = one.worker.area
        user = one.worker.person.user_id if one.worker.person else None
        told += tell([user], _own(one), one.get_absolute_url())
    for pk, names in by_area.items():
        text = f"{areas[pk]}有 {len(names)} 本证书的登记在前后 {days.shown}内到期，请提醒本人办理。"
        leads = on_duty(Role.COMMUNITY_LEAD, area=areas[pk], on=today, exactly=True)
        told += tell((lead.pk for lead in leads), text, reverse("workforce:lapsing"))
    return told


def _own(certificate: object) -> str:
    until = getattr(certificate, "registered_until", None)
    if until is None:
        return "您取得的社会工作者职业水平证书还没有登记，请在首次登记期限前办理。"
    return f"您的社会工作者职业水平证书登记到 {until} 为止，请提前办理再登记，并看看继续教育学时够不够。"
