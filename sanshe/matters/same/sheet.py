"""A file of messages read for its hot topics, and the table of them: columns by their usual names or as told."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sanshe.kernel import clock, params
from sanshe.kernel.errors import Invalid

from ..text import plain
from .grouping import Item, group
from .naming import background, name_of
from .ranking import Heat, heat_of, who_of

#: What a column may mean, and by which names it is known. `text` and `time` are needed.
NAMES = {
    "text": ("text", "content", "内容", "留言详情", "详情", "描述", "反映内容", "诉求内容", "正文"),
    "time": ("time", "date", "created", "created_at", "时间", "留言时间", "反映时间", "登记时间", "受理时间", "日期"),
    "user": ("user", "user_id", "留言用户", "用户", "反映人", "来电人", "姓名"),
    "id": ("id", "number", "key", "编号", "留言编号", "事项编号", "工单编号", "序号"),
    "title": ("title", "subject", "标题", "留言主题", "主题", "事项标题"),
    "likes": ("likes", "点赞数", "点赞", "支持数"),
    "place": ("place", "地点", "地址", "位置", "所在地"),
}
MEANT = {
    "text": "内容",
    "time": "时间",
    "user": "反映人",
    "id": "编号",
    "title": "标题",
    "likes": "点赞",
    "place": "地点",
}
_FORMS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日", "%Y-%m-%dT%H:%M:%S", "%Y%m%d",
)  # fmt: skip


@dataclass(frozen=True)
class Topic:
    """One line of the table."""

    rank: int
    name: str
    heat: Heat
    ids: list[str]

    def as_data(self) -> dict[str, object]:
        """The line as json."""
        return {
            "rank": self.rank, "name": self.name, "people": self.heat.people, "messages": self.heat.messages,
            "from": f"{self.heat.first:%Y-%m-%d}", "to": f"{self.heat.last:%Y-%m-%d}", "ids": self.ids,
        }  # fmt: skip


def read(path: Path, mapping: Mapping[str, str]) -> tuple[list[Item], int]:
    """The messages of a CSV file, and how many rows had no text or no time that could be read.

    Raises Invalid with a sentence for a file that is no such sheet.
    """
    for meaning in mapping:
        if meaning not in NAMES:
            known = "、".join(f"{name}（{word}）" for name, word in MEANT.items())
            raise Invalid(f"--map 里没有“{meaning}”这一项，可以写的有：{known}。")
    csv.field_size_limit(10_000_000)
    try:
        reader = csv.reader(io.StringIO(_decoded(path.read_bytes()), newline=""))
        head = [name.strip() for name in next(reader, [])]
        columns = _columns(head, mapping)
        items, bad = [], 0
        for number, row in enumerate(reader, start=2):
            if not any(cell.strip() for cell in row):
                continue
            item = _item(row, columns, number)
            if item is None:
                bad += 1
            else:
                items.append(item)
    except csv.Error:
        raise Invalid("文件不是逗号分隔的表格，读不出来。请另存为 CSV 再试。") from None
    if not items:
        raise Invalid("文件里没有一行同时有内容和时间，请核对列的对应（--map）。")
    return items, bad


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    raise Invalid("文件的编码认不出来，请另存为 UTF-8 或 GBK 编码的 CSV 再试。")


def _columns(head: Sequence[str], mapping: Mapping[str, str]) -> dict[str, int]:
    """The number of the column of each meaning."""
    shown = "、".join(name for name in head if name) or "（没有表头）"
    low = [name.lower() for name in head]
    found: dict[str, int] = {}
    for meaning, known in NAMES.items():
        if meaning in mapping:
            if mapping[meaning] not in head:
                raise Invalid(f"文件里没有“{mapping[meaning]}”这一列，现有的列：{shown}。")
            found[meaning] = head.index(mapping[meaning])
            continue
        place = next((low.index(name) for name in known if name in low), None)
        if place is not None:
            found[meaning] = place
    for meaning in ("text", "time"):
        if meaning not in found:
            raise Invalid(f"认不出哪一列是{MEANT[meaning]}，现有的列：{shown}。请用 --map {meaning}=列名 指明。")
    return found


def _item(row: Sequence[str], columns: Mapping[str, int], number: int) -> Item | None:
    def cell(meaning: str) -> str:
        place = columns.get(meaning, -1)
        return plain(row[place]) if 0 <= place < len(row) else ""

    text, at = cell("text"), _moment(cell("time"))
    title = cell("title")
    if at is None or not (text or title):
        return None
    user, likes = cell("user"), cell("likes")
    return Item(
        key=cell("id") or f"第{number}行", title=title, text=text or title, at=at, place=cell("place"),
        who=f"u{user}" if user else who_of(None, None, "", text),
        likes=int(likes) if likes.isascii() and likes.isdigit() and len(likes) < 9 else 0,
    )  # fmt: skip


def _moment(text: str) -> datetime | None:
    text = text.strip().replace("/", "-").replace(".", "-", 2)
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=clock.TZ)
        except ValueError:
            continue
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.TZ)


def hot(items: Sequence[Item]) -> list[Topic]:
    """The hot topics of the messages, hottest first, as of the last of them. Raises Invalid for too few."""
    until = max(item.at for item in items)
    least = int(params.get("hot.people_least").value)
    together, gap = float(params.get("hot.together").value) / 100, float(params.get("hot.gap_days").value)
    found = []
    for one in group(items, together, gap):
        heat = heat_of([(items[k].who, items[k].at) for k in one.members], until)
        if heat.people >= least:
            found.append((heat, one))
    found.sort(key=lambda pair: (-pair[0].heat, -pair[0].people, pair[0].first))
    topics, common = [], background(items)
    for rank, (heat, one) in enumerate(found, start=1):
        members = sorted(one.members, key=lambda k: items[k].at)
        topics.append(Topic(rank, name_of(items, members, common)[0], heat, [items[k].key for k in members]))
    return topics
