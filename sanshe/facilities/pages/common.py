"""What the pages share: the day and the area of an address."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest

from sanshe.areas.public import Area
from sanshe.kernel import clock

from .. import queries

FIRST_DAY = date(2020, 7, 7)
"""No norm is in force before the notice."""


def asked(request: HttpRequest) -> tuple[Area, date, str]:
    """Area and day of the request; a day that can not be taken becomes today, with a sentence."""
    area = queries.area_asked(request.viewer, request.GET.get("area", "").strip())  # type: ignore[attr-defined]
    on, said = day(request.GET.get("on", ""))
    return area, on, said


def day(text: str) -> tuple[date, str]:
    """A day as typed, and what is to be said of it."""
    today, text = clock.today(), text.strip()
    if not text:
        return today, ""
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return today, f"没有看懂日期「{text[:20]}」，已显示今天的情况。请写成 2026-11-23 这样。"
    if on > today:
        return today, "日期还没有到，已显示今天的情况。"
    if on < FIRST_DAY:
        return FIRST_DAY, "通知自 2020 年 7 月 7 日起施行，已显示那一天的情况。"
    return on, ""
