"""What every page of figures is asked for: an area and a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest

from sanshe.kernel import clock

from .. import queries
from ..models import FigureArea

FIRST_DAY = date(2020, 1, 1)


def number_in(text: str) -> int | None:
    """A key typed into an address, None when it is none."""
    return int(text) if text.isdigit() and len(text) < 12 else None


def asked(request: HttpRequest) -> tuple[FigureArea, date, str]:
    """Area and day of the request; a day that can not be taken becomes today, with a sentence. Raises NotVisible."""
    area = queries.figure_area(request.viewer, number_in(request.GET.get("area", "")))  # type: ignore[attr-defined]
    today = clock.today()
    text = request.GET.get("on", "").strip()
    if not text:
        return area, today, ""
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return area, today, f"没有看懂日期「{text[:20]}」，已显示今天的数。请写成 2026-11-23 这样。"
    if on > today:
        return area, today, "日期还没有到，已显示今天的数。"
    if on < FIRST_DAY:
        return area, FIRST_DAY, "2020 年之前没有记录，已显示 2020 年 1 月 1 日的数。"
    return area, on, ""


def common(request: HttpRequest, area: FigureArea, on: date, said: str) -> dict[str, Any]:
    """What every such page shows besides its own."""
    today = clock.today()
    which = f"area={area.pk}" + (f"&on={on:%Y-%m-%d}" if on != today else "")
    return {
        "area": area, "on": on, "said": said, "today": today, "which": which,
        "areas": queries.areas_offered(request.viewer),  # type: ignore[attr-defined]
    }  # fmt: skip
