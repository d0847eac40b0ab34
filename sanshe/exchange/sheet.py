"""A sheet of another system's matters: what each column means, told by its head; what is missing gets a default.

Only the text is needed. Every row that can be taken is taken; the report says of each of the others why not, and of
every default what it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sanshe.kernel import clock, params
from sanshe.kernel.errors import Invalid
from sanshe.kernel.identifiers import clean_phone
from sanshe.kernel.register.sheets.reading import Book
from sanshe.matters.public import ImportedRow, moment, plain

from .models import Source
from .places import community

#: Usual names of the columns; the first that a sheet has is taken.
HEADS: dict[str, tuple[str, ...]] = {
    "text": ("内容", "描述", "事项内容", "诉求内容", "反映内容", "问题描述", "消息内容", "详情", "正文"),
    "title": ("标题", "事项标题", "主题", "摘要"),
    "key": ("来源编号", "编号", "工单编号", "工单号", "受理编号", "流水号", "序号", "消息编号"),
    "created": ("反映时间", "受理时间", "来电时间", "登记时间", "创建时间", "发送时间", "时间", "日期"),
    "reply": ("办理结果", "答复", "答复内容", "处理结果", "回复内容", "处理情况"),
    "replied": ("办结时间", "答复时间", "办结日期", "回复时间", "完成时间"),
    "place": ("地点", "地址", "事发地址", "位置", "小区"),
    "area": ("社区代码", "区划代码", "社区", "所属社区", "所在社区"),
    "name": ("姓名", "称呼", "联系人", "反映人", "发送人"),
    "phone": ("电话", "联系电话", "手机", "手机号", "手机号码", "来电号码"),
}
LABELS = {"text": "内容", "title": "标题", "key": "来源编号", "created": "反映时间", "reply": "办理结果",
          "replied": "办结时间", "place": "地点", "area": "社区", "name": "称呼", "phone": "电话"}  # fmt: skip
DEFAULTS = {
    "title": "用内容的第一句作标题", "key": "按内容生成编号，同一行再导入不会重复", "created": "按导入的时间记",
    "reply": "都按还没有办结处理，进入正常流程", "replied": "有办理结果的，办结时间按反映时间记", "place": "不写地点",
    "area": "按地点找社区，找不到的由默认社区受理", "name": "不写称呼", "phone": "不写电话",
}  # fmt: skip
TEXT_MOST, SHOWN = 20_000, 200


@dataclass
class Report:
    """What a sheet held: rows to take, rows left out with the reason, what was assumed."""

    rows: list[ImportedRow] = field(default_factory=list)
    bad: list[tuple[int, str]] = field(default_factory=list)
    found: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    total: int = 0

    @property
    def still_open(self) -> int:
        """Rows without a result: they enter the ordinary procedure."""
        return sum(row.replied is None for row in self.rows)


def read(data: bytes, name: str, source: Source, now: datetime) -> Report:
    """Read an xlsx, xls, et or csv file. Raises Invalid when nothing of it can be read."""
    kind = (
        "csv"
        if name.lower().endswith((".csv", ".txt")) or data[:4] not in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
        else "xlsx"
    )
    book = Book(data, kind)
    shown = next((sheet.name for sheet in book.names if not sheet.hidden), book.names[0].name if book.names else "")
    lines = book.sheet(shown).rows()
    report, columns = Report(), {}
    for _, cells in lines:
        columns = _columns([text_of(cell) for cell in cells], report)
        if "text" in columns or len(report.ignored) > 1:
            break
        report.ignored, report.found = [], {}
    if "text" not in columns:
        seen = "、".join(report.ignored[:12]) or "没有"
        raise Invalid({"file": f"没有找到写着内容的那一列。请把它的表头改成“内容”，再上传。现有的表头：{seen}。"})
    report.assumed = [f"没有「{LABELS[m]}」这一列：{said}。" for m, said in DEFAULTS.items() if m not in columns]
    most = int(params.get("intake.sheet_rows", on=clock.local(now).date()).value)
    seen_keys: set[str] = set()
    places: dict[tuple[str, str], int] = {}
    for line, cells in lines:
        report.total += 1
        if report.total > most:
            raise Invalid(
                {"file": f"这张表超过 {most} 行，请拆成几个文件，每个都保留表头，分别导入；重复导入不会重复登记。"}
            )
        row = _row(line, cells, columns, source, now, seen_keys, places)
        if isinstance(row, str):
            report.bad.append((line, row))
        else:
            report.rows.append(row)
    if not report.total:
        raise Invalid({"file": "这张表只有表头，没有内容。"})
    return report


def _columns(heads: Sequence[str], report: Report) -> dict[str, int]:
    columns, report.ignored = columns_of(heads, HEADS)
    report.found = {LABELS[meaning]: "".join(heads[at].split()).rstrip("*：:") for meaning, at in columns.items()}
    return columns


def columns_of(heads: Sequence[str], known: dict[str, tuple[str, ...]]) -> tuple[dict[str, int], list[str]]:
    """Which column is what, and the heads that were not used."""
    names = {"".join(h.split()).rstrip("*：:"): at for at, h in reversed(list(enumerate(heads))) if h}
    columns: dict[str, int] = {}
    for meaning, usual in known.items():
        for one in usual:
            if one in names:
                columns[meaning] = names.pop(one)
                break
    return columns, list(reversed(list(names)))


def text_of(cell: Any) -> str:
    """What a cell says."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return plain(str(cell))


def moment_of(cell: Any) -> datetime | None:
    """The moment in a cell, in local time; None for anything else."""
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=clock.TZ)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day, tzinfo=clock.TZ)
    return moment(text_of(cell))


def _row(
    line: int, cells: Sequence[Any], columns: dict[str, int], source: Source, now: datetime, seen: set[str],
    places: dict[tuple[str, str], int],
) -> ImportedRow | str:  # fmt: skip
    raw = {meaning: cells[at] if at < len(cells) else "" for meaning, at in columns.items()}
    given = {meaning: text_of(raw.get(meaning)) for meaning in HEADS}
    text = given["text"] or given["title"]
    if not text:
        return "内容是空的"
    if len(text) > TEXT_MOST:
        return f"内容超过 {TEXT_MOST} 个字，请拆开"
    created = moment_of(raw.get("created")) if given["created"] else now
    if created is None:
        return f"反映时间“{given['created'][:20]}”不是日期"
    if created > now:
        return "反映时间在将来"
    replied = moment_of(raw.get("replied")) if given["replied"] else None
    if given["replied"] and replied is None:
        return f"办结时间“{given['replied'][:20]}”不是日期"
    if replied is not None and replied < created:
        return "办结时间早于反映时间"
    key = given["key"] or "行" + hashlib.sha256(f"{text}|{given['created']}|{given['phone']}".encode()).hexdigest()[:20]
    if len(key) > 120:
        return "来源编号超过 120 个字"
    if key in seen:
        return f"来源编号“{key[:30]}”在表里出现过"
    seen.add(key)
    try:
        phone = clean_phone(given["phone"]) if given["phone"] else ""
    except Invalid:
        text, phone = f"{text}\n（表中所写的联系方式：{given['phone'][:60]}）", ""
    where = (given["area"], given["place"])
    if where not in places:
        code, by_name = (where[0], "") if where[0].isdigit() else ("", where[0])
        places[where] = community(source, code, by_name or where[1])
    reply = given["reply"] or ("（来件只写了办结时间，没有写结果。）" if replied else "")
    return ImportedRow(
        key, (given["title"] or text)[:SHOWN].split("\n")[0][:80], text, given["place"][:200], created, reply,
        (replied or created) if reply else None, places[where], given["name"][:40], phone,
    )  # fmt: skip
