"""Which days are worked: the holiday tables of policy/*/holidays.yaml, in versions that stay for ever."""

from __future__ import annotations

import logging
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from time import monotonic

from django.conf import settings

from sanshe.kernel import policy
from sanshe.kernel.policy import Located

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Year:
    """One year's notice: days off, days worked although they are at a weekend, and where it is written."""

    year: int
    off: frozenset[date]
    work: frozenset[date]
    source: str


@dataclass(frozen=True)
class Calendar:
    """One version of the working calendar. Records keep `version` and are computed with it for ever."""

    version: str
    since: date
    years: dict[int, Year]
    day_ends: time
    """When the working day ends and a deadline with it (local time). Part of the version, frozen with it."""

    @staticmethod
    def current(on: date) -> Calendar:
        """The version in force on that day: the newest whose notice was out by then, else the oldest."""
        versions = list(_calendars().values())
        out = [calendar for calendar in versions if calendar.since <= on]
        return max(out, key=lambda c: c.since) if out else min(versions, key=lambda c: c.since)

    @staticmethod
    def of(version: str) -> Calendar:
        """A version by its name, however old. Raises `PolicyError` when the file has lost it."""
        try:
            return _calendars()[version]
        except KeyError:
            file = policy.last("holidays.yaml")
            raise policy.PolicyError(file, 1, f"缺少工作日历版本“{version}”，已有的记录还要用它。") from None

    def works(self, day: date) -> bool:
        """Whether `day` is worked. A year without a table: Monday to Friday (see `warning`)."""
        year = self.years.get(day.year)
        if year is not None:
            if day in year.work:
                return True
            if day in year.off:
                return False
        return day.weekday() < 5

    def next_working(self, day: date, n: int) -> date:
        """The `n`-th working day after `day`; for 0 the day itself, or the next one that is worked."""
        if n < 0 or n > LONGEST:
            raise ValueError(f"working days must lie between 0 and {LONGEST}, not {n}")
        if n == 0:
            while not self.works(day):
                day += timedelta(days=1)
        while n > 0:
            day += timedelta(days=1)
            n -= self.works(day)
        return day

    def count(self, after: date, until: date) -> int:
        """Working days d with after < d <= until; negative when `until` lies before `after`."""
        if until < after:
            return -self.count(until, after)
        weeks, rest = divmod((until - after).days, 7)
        plain = weeks * 5 + sum((after.weekday() + i) % 7 < 5 for i in range(1, rest + 1))
        off, work = self._exceptions

        def within(days: list[date]) -> int:
            return bisect_right(days, until) - bisect_right(days, after)

        return plain - within(off) + within(work)

    @cached_property
    def _exceptions(self) -> tuple[list[date], list[date]]:
        """Weekdays that are off and weekend days that are worked, in order: a list of deadlines counts many spans."""
        off = sorted(d for y in self.years.values() for d in y.off - y.work if d.weekday() < 5)
        return off, sorted(d for y in self.years.values() for d in y.work if d.weekday() >= 5)

    def warning(self, until: date, since: date | None = None) -> str | None:
        """A sentence for the page when a year from `since` up to `until` has no table, else None."""
        start = (since or until).year
        missing = [str(year) for year in range(start, until.year + 1) if year not in self.years]
        if not missing:
            return None
        years = "、".join(missing)
        return f"{years}年的放假安排尚未录入，涉及的日期暂按周一至周五为工作日计算。"


LONGEST = 2500  # working days, ten years: a guard against a slip of the keyboard, not a rule


LOOK_AGAIN = 2.0  # seconds before the file is looked at again; lists of deadlines ask many times a page

_held: tuple[object, float, dict[str, Calendar]] | None = None


def _calendars() -> dict[str, Calendar]:
    global _held
    place: object = (settings.SANSHE_POLICY_DIR, tuple(settings.SANSHE_POLICY_PACKS))
    held, moment = _held, monotonic()
    if held is not None and held[0] == place and moment - held[1] < LOOK_AGAIN:
        return held[2]
    try:
        file = policy.last("holidays.yaml")
        found = load(file, file.stat().st_mtime_ns)
    except (policy.PolicyError, OSError) as wrong:
        if held is None or held[0] != place:
            raise
        log.error("the holiday tables were not reloaded, the old ones stay in force: %s", wrong)
        found = held[2]
    _held = (place, moment, found)
    return found


@lru_cache(maxsize=8)
def load(file: Path, changed: int) -> dict[str, Calendar]:
    """All versions of one file. `changed` only tells one state of the file from another, for the cache."""
    root = policy.read(file).only(
        {"day_ends", "day_ends_source", "versions", "tables"},
        {"day_ends", "day_ends_source", "versions", "tables"},
        "放假安排",
    )
    root["day_ends_source"].text("day_ends_source")
    try:
        day_ends = time.fromisoformat(root["day_ends"].text("day_ends"))
    except ValueError:
        raise root["day_ends"].fail('day_ends 应写成加引号的时刻，例如 "18:00"。') from None
    tables = {str(name): _year(item) for name, item in root["tables"].mapping("tables").items()}
    found: dict[str, Calendar] = {}
    for item in root["versions"].items("versions"):
        row = item.only({"version", "from", "tables"}, {"version", "from", "tables"}, "一个版本")
        name = row["version"].text("version")
        if name in found:
            raise item.fail(f"版本“{name}”写了两次。")
        years: dict[int, Year] = {}
        for table in row["tables"].items("tables"):
            year = tables.get(str(table.value))
            if year is None:
                raise table.fail(f"版本“{name}”用到的表“{table.value}”不存在。")
            if year.year in years:
                raise table.fail(f"版本“{name}”里 {year.year} 年有两张表。")
            years[year.year] = year
        found[name] = Calendar(name, _day(row["from"]), years, day_ends)
    if not found:
        raise root["versions"].fail("至少要有一个版本。")
    return found


_YEAR_KEYS = {"year", "source", "holidays", "worked"}


def _year(item: Located) -> Year:
    row = item.only(_YEAR_KEYS, _YEAR_KEYS, "一年的放假安排")
    number = row["year"].value
    if not isinstance(number, int) or isinstance(number, bool):
        raise row["year"].fail("year 应为年份数字。")
    off: set[date] = set()
    for name, span in row["holidays"].mapping("holidays").items():
        ends = [_day(day) for day in span.items(f"“{name}”")]
        if len(ends) not in (1, 2) or ends[0] > ends[-1]:
            raise span.fail(f"“{name}”应写一个日期，或先后两个日期（首日、末日）。")
        off |= {ends[0] + timedelta(days=i) for i in range((ends[-1] - ends[0]).days + 1)}
    work = {_day(day) for day in row["worked"].items("worked")}
    for day in sorted(off | work):
        if day.year != number:
            raise item.fail(f"{day} 不在 {number} 年。")
    for day in sorted(work):
        if day in off:
            raise row["worked"].fail(f"{day} 既放假又上班。")
        if day.weekday() < 5:
            raise row["worked"].fail(f"{day} 本来就是周一至周五，不必写成调休上班日，请核对。")
    return Year(number, frozenset(off), frozenset(work), row["source"].text("来源"))


def _day(item: Located) -> date:
    if type(item.value) is not date:
        raise item.fail("日期应写成 2026-01-01 的形式，不加引号。")
    day: date = item.value
    return day
