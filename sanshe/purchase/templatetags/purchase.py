"""Tags and filters of buying services."""

from __future__ import annotations

from typing import Any

from django import template

from sanshe.kernel.money import money_wan

from ..queries.calls import attachments, bidders
from ..ranking import yuan as written

register = template.Library()


@register.filter
def fen(value: int | None) -> str:
    """Money kept in fen: 12500000 → 「12.5 万元」."""
    return "—" if value is None else money_wan(value / 100)


@register.filter
def yuan(value: int | None) -> str:
    """Money kept in fen, to the last figure: 12500050 → 「125,000.5」."""
    return "—" if value is None else written(value)


@register.filter
def points(value: int | None) -> str:
    """Points kept in hundredths: 8750 → 「87.5」."""
    return "—" if value is None else f"{value / 100:g}"


@register.filter
def long(minutes: int) -> str:
    """A length of service: 90 → 「1.5 小时」, 45 → 「45 分钟」."""
    return f"{minutes} 分钟" if minutes < 60 else f"{round(minutes / 60, 1):,g} 小时"


@register.simple_tag
def files_of(bid: Any) -> list[Any]:
    """The files inside an opened bid. The page has asked whether the bid may be read."""
    return attachments(bid)


@register.simple_tag
def bidders_of(call: Any) -> list[str]:
    """Names of those who bid, for the experts who declare themselves."""
    return bidders(call)
