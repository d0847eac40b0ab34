"""How facilities write their figures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template

register = template.Library()


@register.filter
def m2(value: Any) -> str:
    """A floor area to a tenth, with thousands marks: 「1,234.5」; None is 无数据. The unit stands beside it."""
    if value is None or value == "":
        return "无数据"
    return f"{Decimal(value):,.1f}".removesuffix(".0")


@register.filter
def far(metres: Any) -> str:
    """A distance as people say it: 「320 米」「1.4 公里」."""
    if metres is None:
        return "无数据"
    return f"{metres:,.0f} 米" if metres < 1000 else f"{metres / 1000:.1f} 公里"
