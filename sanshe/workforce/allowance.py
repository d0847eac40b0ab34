"""The certificate allowance of a month, worked out day by day: a pure rule over rows (D3).

For each calendar day of the month on which a community worker is in post in the street and holds a valid certificate,
the highest level counts; a level's sum is its monthly rate × days ÷ days of the month, to the fen, half up. The rate is
the one in force on the first of the month. A person with two rows on the same day counts once, by the earlier row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sanshe.kernel import params

from .models import AllowanceLine, Certificate, Worker
from .queries import best_of
from .words import Level


@dataclass(frozen=True)
class Due:
    """What one worker is due for one level: days, the month's rate and the amount, in fen."""

    worker: int
    area: int
    level: str
    number: str
    days: int
    rate: int
    amount: int


def days_of(month: date) -> list[date]:
    """The days of the month that begins on `month`."""
    last = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    return [month + timedelta(days=n) for n in range((last - month).days)]


def rule_of(month: date) -> dict[str, Any]:
    """The rule as it stood on the first of the month: rates with their sources, and how days are counted."""
    rates = []
    for level in Level:
        value = params.get(f"workforce.allowance_{level}", on=month)
        rates.append(
            {"level": level.value, "label": str(level.label), "fen": int(value.value * 100), "source": value.source}
        )
    return {"rates": rates, "days": len(days_of(month)), "words": list(WORDS)}


#: How it is worked out, as it stands on the sheet.
WORDS = (
    "发给在岗并持有有效职业水平证书的社区工作者；证书未登记或登记过期的日子不计发，取得证书后在首次登记期限内的计发。",
    "按日历日计算：应发＝月标准×计发天数÷当月天数，四舍五入到分；持有几本证书的，按当日有效的最高级别计。",
    "月标准按当月 1 日有效的标准；同一人同一天只计一次。",
)


def share(rate: int, days: int, of: int) -> int:
    """`rate` × `days` ÷ `of`, in fen, half up."""
    return int((Decimal(rate) * days / of).quantize(Decimal(1), ROUND_HALF_UP))


def dues(workers: Sequence[Worker], month: date, rule: dict[str, Any]) -> list[Due]:
    """The lines of a month from workers and their certificates (both at hand). Order: as given, then by level."""
    rates = {item["level"]: int(item["fen"]) for item in rule["rates"]}
    days = days_of(month)
    taken: set[tuple[object, date]] = set()
    out = []
    for worker in sorted(workers, key=lambda w: (w.valid_from, w.pk)):
        who: object = ("person", worker.person_id) if worker.person_id else ("row", worker.pk)
        count: Counter[str] = Counter()
        numbers: dict[str, str] = {}
        held: Iterable[Certificate] = list(worker.certificates.all())
        for day in days:
            if worker.valid_from > day or (worker.valid_to is not None and worker.valid_to <= day):
                continue
            best = best_of(held, day)
            if best is None or (who, day) in taken:
                continue
            taken.add((who, day))
            count[best.level] += 1
            numbers[best.level] = best.number
        out += [
            Due(worker.pk, worker.area_id, level, numbers[level], n, rates[level], share(rates[level], n, len(days)))
            for level, n in sorted(count.items())
            if rates.get(level)
        ]
    return out


@dataclass(frozen=True)
class Change:
    """One worker whose sum differs from the month before, in fen."""

    worker: Worker
    before: int
    after: int
    why: str

    @property
    def more(self) -> int:
        return self.after - self.before


def changes(now: Iterable[AllowanceLine], earlier: Iterable[AllowanceLine]) -> list[Change]:
    """Who is new, gone, or gets another sum, with the reason read from the lines."""
    new: dict[int, list[AllowanceLine]] = {}
    old: dict[int, list[AllowanceLine]] = {}
    for lines, kept in ((now, new), (earlier, old)):
        for line in lines:
            kept.setdefault(line.worker_id, []).append(line)
    out = []
    for pk in [*new, *(pk for pk in old if pk not in new)]:
        after, before = new.get(pk, []), old.get(pk, [])
        sums = sum(line.amount for line in before), sum(line.amount for line in after)
        if sums[0] != sums[1]:
            out.append(Change((after or before)[0].worker, *sums, _why(before, after)))
    return out


def _why(before: list[AllowanceLine], after: list[AllowanceLine]) -> str:
    if not before:
        return "新计发"
    if not after:
        return "不再计发"
    if {line.level for line in before} != {line.level for line in after}:
        return "证书级别变了"
    if {line.rate for line in before} != {line.rate for line in after}:
        return "月标准变了"
    return "计发天数变了"
