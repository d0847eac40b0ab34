"""A sheet of another system with the state of matters that it handles for us: one row, one message."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sanshe.kernel import clock, params
from sanshe.kernel.errors import Invalid
from sanshe.kernel.register.sheets.reading import Book

from .sheet import columns_of, moment_of, text_of
from .words import TheirState, their_state

HEADS: dict[str, tuple[str, ...]] = {
    "ref": ("转交编号", "本平台编号", "来源编号", "编号", "工单编号", "工单号", "受理编号"),
    "foreign": ("对方编号", "群工编号", "系统编号", "办理编号"),
    "state": ("状态", "办理状态", "处理状态", "办理情况", "进展"),
    "text": ("办理结果", "答复", "答复内容", "处理结果", "回复内容", "说明", "理由", "退回理由"),
    "at": ("更新时间", "办理时间", "办结时间", "答复时间", "时间", "日期"),
    "ground": ("退回情形", "情形"),
    "days": ("延长工作日", "延期天数", "延长天数"),
}
LABELS = {"ref": "编号", "foreign": "对方编号", "state": "状态", "text": "办理结果", "at": "更新时间",
          "ground": "退回情形", "days": "延长工作日"}  # fmt: skip
TEXT_MOST = 2000


@dataclass(frozen=True)
class Line:
    """One row, read. `at`: ISO 8601."""

    line: int
    ref: str
    foreign: str
    state: str
    text: str
    at: str
    ground: str = ""
    days: int = 0

    @property
    def state_label(self) -> str:
        """What it says, in our words."""
        return str(TheirState(self.state).label)


@dataclass
class StateSheet:
    """What a sheet held."""

    lines: list[Line] = field(default_factory=list)
    bad: list[tuple[int, str]] = field(default_factory=list)
    found: dict[str, str] = field(default_factory=dict)
    total: int = 0

    def packed(self) -> list[dict[str, Any]]:
        """The rows as they are kept between the look and the taking."""
        return [asdict(line) for line in self.lines]


def read_states(data: bytes, name: str, now: datetime) -> StateSheet:
    """Read an xlsx, xls or csv file. Raises Invalid when nothing of it can be read."""
    kind = "xlsx" if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0") else "csv"
    book = Book(data, kind)
    shown = next((sheet.name for sheet in book.names if not sheet.hidden), book.names[0].name if book.names else "")
    rows = book.sheet(shown).rows()
    out, columns, heads = StateSheet(), dict[str, int](), list[str]()
    for _, cells in rows:
        heads = [text_of(cell) for cell in cells]
        columns, _rest = columns_of(heads, HEADS)
        if "ref" in columns or "foreign" in columns or sum(map(bool, heads)) > 2:
            break
    if ("state" not in columns and "text" not in columns) or not {"ref", "foreign"} & set(columns):
        seen = "、".join(h for h in heads if h)[:120] or "没有"
        raise Invalid({"file": f"要有“编号”一列，再加“状态”或“办理结果”一列。请改好表头再上传。现有的表头：{seen}。"})
    out.found = {LABELS[meaning]: heads[at] for meaning, at in columns.items()}
    most = int(params.get("forwarding.states_rows", on=clock.local(now).date()).value)
    for line, cells in rows:
        out.total += 1
        if out.total > most:
            raise Invalid({"file": f"这张表超过 {most} 行，请拆成几个文件分别导入；重复导入不会重复办理。"})
        read = _line(line, {m: cells[at] if at < len(cells) else "" for m, at in columns.items()}, now)
        if isinstance(read, str):
            out.bad.append((line, read))
        else:
            out.lines.append(read)
    if not out.total:
        raise Invalid({"file": "这张表只有表头，没有内容。"})
    return out


def _line(line: int, raw: dict[str, Any], now: datetime) -> Line | str:
    given = {meaning: text_of(raw.get(meaning)) for meaning in HEADS}
    ref = given["ref"] or given["foreign"]
    if not ref:
        return "没有编号"
    word = given["state"]
    state = their_state(word) if word else (TheirState.ANSWERED if given["text"] else None)
    if state is None:
        known = "、".join(s.label for s in TheirState if s != TheirState.MORE)
        return f"状态“{word[:20]}”认不出，可写：{known}" if word else "没有写状态，也没有办理结果"
    if len(given["text"]) > TEXT_MOST:
        return f"办理结果超过 {TEXT_MOST} 个字"
    if len(ref) > 120 or len(given["foreign"]) > 60:
        return "编号太长"
    at = moment_of(raw.get("at")) if given["at"] else now
    if at is None:
        return f"更新时间“{given['at'][:20]}”不是日期"
    if at > now:
        return "更新时间在将来"
    days = given["days"]
    if days and not (days.isascii() and days.isdigit() and len(days) < 4):
        return f"延长工作日“{days[:20]}”不是整数"
    return Line(line, ref, given["foreign"] if given["ref"] else "", str(state), given["text"], at.isoformat(),
                given["ground"], int(days or 0))  # fmt: skip
