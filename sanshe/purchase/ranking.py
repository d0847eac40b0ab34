"""How bids are ranked, with the arithmetic that is shown. No database.

Every figure is an integer: points in hundredths, money in fen. A criterion's points are the mean of the experts',
rounded half up to a hundredth; the price criterion is full points × lowest price ÷ this price, rounded alike
(政府采购货物和服务招标投标管理办法 第五十五条 has the same formula for open tenders; for 比选 it is our default).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Rule:
    """One criterion: `weight` in whole points."""

    id: int
    name: str
    weight: int
    is_price: bool


@dataclass(frozen=True)
class Offered:
    """One bid: `price` in fen; `points`: criterion id → the experts' points in hundredths."""

    id: int
    bidder: str
    price: int
    points: Mapping[int, Sequence[int]]


def half_up(numerator: int, denominator: int) -> int:
    """Integer division that rounds half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def yuan(fen: int) -> str:
    """Money as it stands in the arithmetic: 12500050 → 「125,000.5」."""
    whole, rest = divmod(fen, 100)
    return f"{whole:,}" + (f".{rest:02d}".rstrip("0") if rest else "")


def rank(rules: Sequence[Rule], bids: Sequence[Offered]) -> list[dict[str, Any]]:
    """The ranking, best first: each with its lines and their arithmetic as a sentence.

    Equal totals: the lower price is first (then the earlier bid). Raises ValueError when a bid lacks points.
    """
    lowest = min(b.price for b in bids)
    out: list[dict[str, Any]] = []
    for bid in bids:
        lines: list[dict[str, Any]] = []
        for rule in rules:
            if rule.is_price:
                points = half_up(rule.weight * 100 * lowest, bid.price)
                how = f"最低报价 {yuan(lowest)} 元 ÷ 本报价 {yuan(bid.price)} 元 × {rule.weight}"
            else:
                given = bid.points.get(rule.id, ())
                if not given:
                    raise ValueError(f"bid {bid.id} has no points for criterion {rule.id}")
                points = half_up(sum(given), len(given))
                how = f"（{' + '.join(f'{p / 100:g}' for p in given)}）÷ {len(given)}"
            lines.append({"criterion": rule.name, "weight": rule.weight, "points": points, "how": how})
        total = sum(line["points"] for line in lines)
        out.append({"bid": bid.id, "bidder": bid.bidder, "price": bid.price, "total": total, "lines": lines})
    out.sort(key=lambda r: (-r["total"], r["price"], r["bid"]))
    for place, row in enumerate(out, 1):
        row["place"] = place
    return out


__all__ = ["Offered", "Rule", "half_up", "rank", "yuan"]
