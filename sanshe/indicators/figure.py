"""One indicator for one area on one day: the value, what it is held against, and the sentence that says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sanshe.areas.public import Area, AreaLevel
from sanshe.kernel.measures import Tally
from sanshe.kernel.policy_shape import Due, Target

from .reckoning import due_of
from .registry import ANYWHERE, STREET, Indicator

NO_DATA = "无数据"
HUNDRED = Decimal(100)


def plain(number: float | Decimal | int) -> str:
    """A number as people write it: no trailing zeros, thousands in groups from 10,000 on."""
    rounded = round(float(number), 1)
    if rounded == int(rounded):
        return f"{int(rounded):,}" if abs(rounded) >= 10000 else str(int(rounded))
    return f"{rounded:,.1f}" if abs(rounded) >= 10000 else f"{rounded:g}"


def with_unit(number: float, unit: str) -> str:
    """A number with its unit; money from ten thousand yuan on in 万元."""
    if unit == "%":
        return f"{plain(number)}%"
    if unit == "元" and abs(number) >= 10000:
        return f"{plain(number / 10000)} 万元"
    return f"{plain(number)} {unit}"


@dataclass(frozen=True)
class Figure:
    """One indicator for one area on one day. `met` None: not judged, or no data. `stored`: when it was computed."""

    indicator: Indicator
    target: Target
    area: Area
    on: date
    tally: Tally
    before: Tally | None = None
    short: tuple[Area, ...] = ()
    needed: bool | None = True
    stored: date | None = None

    @property
    def kind(self) -> str:
        return self.indicator.kind

    @property
    def single(self) -> bool:
        """Whether the area is the very unit that has a value of its own."""
        unit = AreaLevel.STREET if self.indicator.level == STREET else AreaLevel.COMMUNITY
        return self.area.level == unit

    @property
    def units(self) -> str:
        """What is counted in the denominator of a coverage."""
        return "街道" if self.indicator.level == STREET else "社区"

    @property
    def has_data(self) -> bool:
        """Whether there is a datum at all; without one nothing is met and nothing is zero."""
        if self.kind in ("share", "mean"):
            return self.tally.denominator > 0
        return self.tally.known

    @property
    def due(self) -> Due | None:
        """The figure it is held against."""
        return due_of(self.target)

    @property
    def limit(self) -> Decimal | None:
        return self.due.at_least if self.due is not None else None

    @property
    def judged(self) -> bool:
        """Whether the area is held to the figure: from its due day on; incubators and the zone only as a whole."""
        if self.limit is None or self.target.current is None:
            return False
        if self.indicator.level == ANYWHERE:
            return self.area.level == AreaLevel.DISTRICT
        return self.tally.units > 0

    @property
    def met(self) -> bool | None:
        """Met, not met, or None: not judged, or no data."""
        if not self.judged or not self.has_data or self.limit is None:
            return None
        if self.kind == "least":
            return self.tally.short == 0
        if self.kind == "total":
            return self.tally.total >= self.limit
        if self.single and self.kind == "coverage":
            return self.tally.numerator == 1
        return self.tally.reaches(self.limit) and self.needed is True

    @property
    def state(self) -> str:
        """met, short, unknown, trend (no figure to be held against)."""
        if not self.has_data:
            return "unknown"
        return {True: "met", False: "short", None: "trend"}[self.met]

    @property
    def verdict(self) -> str:
        """The state in a word."""
        if self.state == "trend":
            if self.target.trend:
                return "看趋势"
            if self.limit is None:
                return "未设目标"
            return "由新区衡量" if self.target.current is not None else "未到期"
        return {"met": "达到", "short": "未达到", "unknown": NO_DATA}[self.state]

    @property
    def tone(self) -> str:
        """The tone of that word."""
        return {"met": "done", "short": "bad", "unknown": "off", "trend": "info"}[self.state]

    @property
    def number(self) -> float | None:
        """What is drawn in a trend: per cent, or the count itself. None without data."""
        return number_of(self, self.tally)

    @property
    def unit(self) -> str:
        """The unit of `number`."""
        if self.kind == "least":
            return self.target.unit if self.single else "%"
        return self.target.unit

    @property
    def value(self) -> str:
        """The value with its unit, or 无数据."""
        return self.say(self.number)

    def say(self, number: float | None) -> str:
        """A number of this figure with its unit."""
        if number is None:
            return NO_DATA
        if self.single and self.kind == "coverage":
            if self.indicator.each:
                return f"{plain(self.tally.total)} {self.indicator.each}"
            return "有" if self.tally.numerator else "没有"
        return with_unit(number, self.unit)

    @property
    def change(self) -> float | None:
        """Since the month before, in the figure's own unit (percentage points for shares); None without either."""
        if self.before is None:
            return None
        was, now = number_of(self, self.before), self.number
        return None if was is None or now is None else round(now - was, 1)

    @property
    def changed(self) -> str:
        """The change in words, empty without one."""
        if not self.change:
            return ""
        how = f"{plain(abs(self.change))} 个百分点" if self.unit == "%" else with_unit(abs(self.change), self.unit)
        return f"比上月末{'升' if self.change > 0 else '降'} {how}"

    @property
    def progress(self) -> float | None:
        """How far it has come to the figure, 0 to 100; None without data or figure."""
        elsewhere = self.indicator.level == ANYWHERE and self.area.level != AreaLevel.DISTRICT
        if self.number is None or self.limit is None or elsewhere:
            return None
        against = HUNDRED if self.kind == "least" and not self.single else self.limit
        if self.single and self.kind == "coverage":
            return 100.0 * self.tally.numerator
        return max(0.0, min(100.0, self.number * 100 / float(against))) if against else None

    @property
    def carried_on(self) -> bool:
        """Whether the figure in force is an earlier one that carries on (沿用), due in a year that is past.

        So it is where the notice gives no figure of its own for the later date.
        """
        due = self.target.current
        last = max((d.by.year for d in self.target.dues), default=0)
        return bool(due and due.at_least is not None and self.on.year > due.by.year and due.by.year == last)

    @property
    def aim(self) -> str:
        """The target in words."""
        if self.target.trend:
            return "通知没有给出数值，只看趋势"
        if self.due is None or self.due.at_least is None:
            return "未设目标"
        each = "每个社区" if self.kind == "least" else ""
        soft = "" if self.target.hard else "（倡导）"
        after = self.target.next if self.target.current is not None else None
        coming = (
            f"；{after.by.year} 年末 {self._goal(after)}" if after is not None and after.at_least is not None else ""
        )
        carried = "，沿用至今" if self.carried_on else ""
        return f"目标{soft}：{self.due.by.year} 年末{each}达到 {self._goal(self.due)}{carried}{coming}"

    def _goal(self, due: Due) -> str:
        return f"{due.at_least:g}{'%' if self.target.unit == '%' else ' ' + self.target.unit}"

    @property
    def unrated(self) -> Tally | None:
        """The share that was not rated, for indicators that count ratings."""
        if "unrated" not in self.tally.beside:
            return None
        return Tally(self.tally.beside["unrated"], self.tally.beside["rows"])

    @property
    def gap(self) -> str:
        """By how much it falls short, empty when it does not or when nobody is held to it."""
        if self.met is not False:
            return ""
        t = self.tally
        if self.kind == "total":
            return f"还差 {plain((self.limit or Decimal(0)) - t.total)} {self.indicator.gap}"
        if self.kind == "coverage":
            if self.single:
                if self.indicator.each and t.lack:
                    return f"还差 {plain(t.lack)} {self.indicator.gap}"
                return self.indicator.missing
            wanted = -(-t.denominator * int(self.limit or 0) // 100)
            if wanted <= t.numerator:
                return f"比例已够，但{self.target.title}还要求孵化基地先达到目标"
            return f"还差 {wanted - t.numerator} 个{self.units}"
        if self.kind == "share" and not self.single:
            lack = max(0, -(-t.denominator * int(self.limit or 0) // 100) - t.numerator)
            return f"还差 {lack} {self.indicator.gap}" if self.indicator.gap else f"还差 {lack} 次"
        said = f"还差 {plain(t.lack)} {self.indicator.gap}" if t.lack else ""
        if self.single:
            return said
        known = t.short - t.unknown
        over = f"{said}，涉及 {known} 个{self.units}" if said else ""
        missing = f"{t.unknown} 个{self.units}无数据" if t.unknown else ""
        return "；".join(part for part in (over, missing) if part)

    @property
    def sentence(self) -> str:
        """The answer, in one sentence."""
        t, unknown = self.tally, ""
        if t.unknown and t.unknown < t.units:
            unknown = f"（另有 {t.unknown} 个{self.units}无数据）"
        if not self.has_data:
            if self.unrated is not None:
                return f"近一年办结 {self.unrated.denominator} 件，都还没有评价：无数据。"
            return f"{NO_DATA}：还没有可以据以计算的记录。"
        if self.kind == "share":
            said = f"{t.denominator} 条记录中 {t.numerator} 条合格"
            if self.unrated is not None:
                return (
                    f"{t.denominator} 次评价中 {t.numerator} 次基本满意及以上；"
                    f"另有 {self.unrated.numerator} 件没有评价，未评率 {self.unrated.percent:g}%。"
                )
            noun = {"certified_community_workers": ("名社区工作者", "名持证"),
                    "active_organisations": ("个社会组织", "个近一年有活动")}.get(self.indicator.measure)  # fmt: skip
            if noun:
                said = f"{t.denominator} {noun[0]}中 {t.numerator} {noun[1]}，占 {self.value}"
            return f"{said}{unknown}{'，' + self.gap if self.gap else ''}。"
        if self.kind == "mean":
            return f"{t.denominator} 份合同，平均每次 {self.value}。"
        if self.kind == "total":
            return f"共 {self.value}{'，' + self.gap if self.gap else ''}{unknown}。"
        if self.single:
            if self.kind == "least":
                return f"现有 {self.value}{'，' + self.gap if self.gap else ''}。"
            if self.indicator.each:
                return f"现有 {self.value}{'，' + self.gap if self.gap else ''}。"
            return f"{self.indicator.short}：有。" if t.numerator else f"{self.indicator.missing}。"
        if self.limit is None:
            return f"{t.denominator} 个{self.units}中 {t.numerator} 个{self.indicator.short}{unknown}。"
        if t.numerator == t.denominator:
            return f"{t.denominator} 个{self.units}全部达到。"
        told = "" if self.kind == "least" else unknown
        return f"{t.denominator} 个{self.units}中 {t.numerator} 个达到{told}，{self.gap or '其余没有'}。"


def number_of(figure: Figure, tally: Tally) -> float | None:
    """The number that a tally gives under a figure's kind. None without data."""
    kind = figure.kind
    if kind == "mean":
        return tally.numerator / tally.denominator / figure.indicator.scale if tally.denominator else None
    if not tally.known:
        return None
    if kind == "total" or (kind == "least" and figure.single):
        return float(tally.total)
    return tally.percent
