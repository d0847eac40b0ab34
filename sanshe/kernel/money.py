"""How sums of money read."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation


def money_wan(value: object) -> str:
    """Yuan as people say them: 「8,600 元」, 「12.5 万元」, 「1.2 亿元」; None is 「未填」."""
    if value is None or value == "":
        return "未填"
    try:
        yuan = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    for size, unit in ((Decimal(10) ** 8, "亿元"), (Decimal(10) ** 4, "万元")):
        if abs(yuan) >= size:
            short = (yuan / size).quantize(Decimal("0.01"), ROUND_HALF_UP)
            return f"{_plain(short)} {unit}"
    return f"{_plain(yuan.quantize(Decimal('0.01'), ROUND_HALF_UP))} 元"


def _plain(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
