"""What a policy file may hold, and the refusal of anything else: parameters, targets, units.

Loading only; which value is in force when is asked through kernel.params.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sanshe.kernel import policy
from sanshe.kernel.errors import SansheError
from sanshe.kernel.policy import Located

COUNTED = {
    "个工作日",
    "天",
    "小时",
    "分钟",
    "秒",
    "年",
    "个月",
    "人",
    "家",
    "户",
    "次",
    "个",
    "字",
    "位",
    "级",
    "兆字节",
    "像素",
    "件",
    "行",
    "列",
    "所",
    "条",
}
MEASURED = {"%", "元", "万元", "平方米", "米", "分", "倍", "公里每小时"}
LIST, TABLE, TEXT, YES_NO = "清单", "对照表", "文字", "是否"
UNITS = COUNTED | MEASURED | {LIST, TABLE, TEXT, YES_NO}
SPELLINGS = {"工作日": "个工作日", "日": "天"}

OTHER_READERS = {"holidays.yaml", "notice.yaml", "items.yaml"}
"""Files in a pack that are not parameters: the clock reads the holidays, the indicators what the notice says."""
TARGETS = "targets.yaml"


class NotInForce(SansheError):
    """A parameter was asked for on a day before its first value."""

    status = 500
    code = "params"


@dataclass(frozen=True)
class Value:
    """One parameter as it stands on a day."""

    name: str
    title: str
    value: Any
    unit: str
    since: date
    source: str
    note: str = ""
    hard: bool = True
    """False when the source says 原则上 (in principle): a departure is possible and needs a reason."""

    @property
    def shown(self) -> str:
        """The figure with its unit: 「5 个工作日」「60%」「是」."""
        return _shown(self.value, self.unit)

    def __str__(self) -> str:
        """「5 个工作日（来源：…）」"""
        return f"{self.shown}（来源：{self.source}）"


def _shown(value: Any, unit: str) -> str:
    if unit == YES_NO:
        return "是" if value else "否"
    if unit in (LIST, TABLE, TEXT):
        return _spoken(value)
    return f"{value}%" if unit == "%" else f"{value} {unit}"


def _spoken(value: Any) -> str:
    """A list or table as one line of text; an item of a list is called by its name."""
    if isinstance(value, list):
        return "、".join(_spoken(item["name"] if isinstance(item, dict) else item) for item in value)
    if isinstance(value, dict):
        return "；".join(f"{key} {_spoken(item)}" for key, item in value.items())
    return str(value)


@dataclass(frozen=True)
class Parameter:
    """One parameter with its history, oldest first."""

    name: str
    title: str
    unit: str
    history: tuple[Value, ...]
    file: str
    line: int

    def on(self, day: date) -> Value:
        """The value in force on `day`. Raises `NotInForce` before the first."""
        for value in reversed(self.history):
            if value.since <= day:
                return value
        raise NotInForce(f"“{self.title}”自{self.history[0].since}起才有规定，{day}还没有可用的数值。")


@dataclass(frozen=True)
class Due:
    """One figure of a target: by that day at least so much. `at_least` None: named, but without a figure."""

    by: date
    at_least: Decimal | None
    source: str
    note: str = ""


@dataclass(frozen=True)
class Target:
    """A target of the notice. A figure that was due stays in force until a later one is due (沿用)."""

    name: str
    title: str
    unit: str
    counts: str
    """Who or what counts, in a sentence to be shown beside the figure."""
    hard: bool
    source: str
    dues: tuple[Due, ...]
    note: str = ""
    measure: str = ""
    """What is measured: the name of an indicator that the program knows; the target's own name unless it says so."""
    trend: bool = False
    """Named without any figure: shown as a trend, judged never."""
    current: Due | None = None
    next: Due | None = None

    def seen(self, day: date) -> Target:
        """The same target with `current` and `next` as of `day`; a figure counts from its due day on."""
        past = [due for due in self.dues if due.by <= day]
        coming = [due for due in self.dues if due.by > day]
        return replace(self, current=past[-1] if past else None, next=coming[0] if coming else None)

    @property
    def at_least(self) -> Decimal | None:
        """The figure to hold a count against now; None means 未设目标."""
        return self.current.at_least if self.current else None


def load() -> tuple[dict[str, Parameter], dict[str, Target]]:
    """Read every pack; a later one's parameter replaces an earlier one's as a whole. Raises `PolicyError`."""
    parameters: dict[str, Parameter] = {}
    targets: dict[str, Target] = {}
    for file in policy.files():
        if file.name in OTHER_READERS:
            continue
        root = policy.read(file).mapping("文件")
        for key, item in root.items():
            if not isinstance(key, str) or not key.isidentifier():
                raise item.fail(f"名称“{key}”只能用小写字母、数字和下划线。")
            if file.name == TARGETS:
                targets[key] = _target(key, item)
            else:
                name = f"{file.stem}.{key}"
                parameters[name] = _parameter(name, item, file)
    return parameters, targets


def _unit(item: Located) -> str:
    text = item.text("unit（单位）")
    unit = SPELLINGS.get(text, text)
    if unit not in UNITS:
        raise item.fail(f"没有“{text}”这个单位，可用的有：{'、'.join(sorted(UNITS))}。")
    return unit


def _parameter(name: str, item: Located, file: Path) -> Parameter:
    row = item.only({"title", "unit", "note", "least", "most", "values"}, {"title", "unit", "values"}, f"“{name}”")
    title, unit = row["title"].text("title（名称）"), _unit(row["unit"])
    note = row["note"].text("note（说明）") if "note" in row else ""
    least = _typed(row["least"], unit) if "least" in row else None
    most = _typed(row["most"], unit) if "most" in row else None
    history = []
    for since, entry in row["values"].mapping("values").items():
        if type(since) is not date:
            raise entry.fail(f"“{since}”不是日期；生效日期应写成 2020-07-07 的形式，不加引号。")
        fields = entry.only({"value", "source", "note", "hard"}, {"value", "source"}, f"“{name}”自{since}起的值")
        value = _typed(fields["value"], unit)
        if (least is not None and value < least) or (most is not None and value > most):
            raise fields["value"].fail(f"{value} 超出允许的范围（{_range(least, most)}）。")
        hard = fields["hard"].value if "hard" in fields else True
        if not isinstance(hard, bool):
            raise fields["hard"].fail("hard 只能写 true（刚性）或 false（原则上）。")
        own = fields["note"].text("note（说明）") if "note" in fields else note
        source = fields["source"].text("source（来源）")
        history.append(Value(name, title, value, unit, since, source, own, hard))
    if not history:
        raise row["values"].fail("至少要有一个值。")
    history.sort(key=lambda value: value.since)
    return Parameter(name, title, unit, tuple(history), f"{file.parent.name}/{file.name}", item.line)


def _range(least: Any, most: Any) -> str:
    if least is None:
        return f"不大于 {most}"
    return f"不小于 {least}" if most is None else f"{least} 至 {most}"


def _typed(item: Located, unit: str) -> Any:
    """The plain value, when it fits its unit; whole numbers as int, broken ones as Decimal, never float."""
    value = item.value
    if unit == YES_NO:
        if not isinstance(value, bool):
            raise item.fail("这里只能写 true（是）或 false（否）。")
        return value
    if unit == TEXT:
        return item.text("value（值）")
    if unit == LIST:
        found = [entry.plain() for entry in item.items("value（值）")]
        if any(isinstance(entry, dict) and "name" not in entry for entry in found):
            raise item.fail("清单里的每一项都要有 name（名称）。")
        if not found:
            raise item.fail("清单不能是空的。")
        return found
    if unit == TABLE:
        table = {str(key): entry.plain() for key, entry in item.mapping("value（值）").items()}
        if not table:
            raise item.fail("对照表不能是空的。")
        return table
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or value != value or value in (float("inf"), float("-inf")):
        raise item.fail(f"单位是“{unit}”，值应为数字，现在是“{value}”。")
    if value < 0:
        raise item.fail("值不能是负数。")
    if unit in COUNTED:
        if not isinstance(value, int):
            raise item.fail(f"单位是“{unit}”，值应为整数，现在是 {value}。")
        return value
    measured = value if isinstance(value, int) else Decimal(str(value))
    if unit == "%" and measured > 100:
        raise item.fail("百分比不能大于 100。")
    return measured


def _target(name: str, item: Located) -> Target:
    allowed = {"title", "unit", "counts", "hard", "source", "note", "due", "measure", "trend"}
    row = item.only(allowed, {"title", "unit", "counts", "source", "due"}, f"目标“{name}”")
    unit = _unit(row["unit"])
    hard = row["hard"].value if "hard" in row else True
    if not isinstance(hard, bool):
        raise row["hard"].fail("hard 只能写 true（刚性）或 false（原则上、倡导）。")
    trend = row["trend"].value if "trend" in row else False
    if not isinstance(trend, bool):
        raise row["trend"].fail("trend 只能写 true（只看趋势）或 false。")
    dues = []
    for by, entry in row["due"].mapping("due（期限）").items():
        if type(by) is not date:
            raise entry.fail(f"“{by}”不是日期；期限应写成 2020-12-31 的形式，不加引号。")
        fields = entry.only({"at_least", "source", "note"}, {"at_least", "source"}, f"目标“{name}”{by}的期限")
        figure = fields["at_least"]
        at_least = None if figure.value is None else Decimal(str(_typed(figure, unit)))
        note = fields["note"].text("note（说明）") if "note" in fields else ""
        if trend and at_least is not None:
            raise figure.fail("只看趋势的目标不能带数值。")
        dues.append(Due(by, at_least, fields["source"].text("source（来源）"), note))
    dues.sort(key=lambda due: due.by)
    return Target(
        name,
        row["title"].text("title（名称）"),
        unit,
        row["counts"].text("counts（口径）"),
        hard,
        row["source"].text("source（来源）"),
        tuple(dues),
        row["note"].text("note（说明）") if "note" in row else "",
        row["measure"].text("measure（指标）") if "measure" in row else name,
        trend,
    )
