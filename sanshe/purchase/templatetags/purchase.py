"""Money and points as people read them."""

from django import template

from sanshe.kernel.money import money_wan

register = template.Library()


@register.filter
def fen(value: int | None) -> str:
    """Money kept in fen: 12500000 → 「12.5 万元」."""
    return "—" if value is None else money_wan(value / 100)


@register.filter
def points(value: int | None) -> str:
    """Points kept in hundredths: 8750 → 「87.5」."""
    return "—" if value is None else f"{value / 100:g}"
