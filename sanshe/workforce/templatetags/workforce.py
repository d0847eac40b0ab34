"""Filters of the workforce."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def fen(value: int | None) -> str:
    """A sum kept in fen, to the last figure: 123450 → 「1,234.50」."""
    return "—" if value is None else f"{value / 100:,.2f}"
