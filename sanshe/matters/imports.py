"""Reading a sheet of matters from another system: which column is what, and what is wrong with a row."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sanshe.kernel import clock, mask
from sanshe.kernel.errors import Invalid

from .text import plain

#: What a column may mean. `text`, `created` and `key` are needed.
MEANINGS = {
    "text": "描述",
    "title": "标题",
    "created": "反映时间",
    "reply": "答复",
    "replied": "答复时间",
    "key": "来源编号",
    "place": "地点",
}
NEEDED = ("text", "created", "key")
TEXT_MOST, TITLE_MOST, KEY_MOST = 20_000, 200, 120
_FORMS = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d",
          "%Y年%m月%d日")  # fmt: skip
_CITIZEN = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)|(?<!\d)(0\d{2,3}[- ]?\d{7,8})(?!\d)")


@dataclass(frozen=True)
class Bad:
    """One reason why a row was left out. Lines count as an editor shows them, the head is line 1."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True)
class Row:
    """One matter, ready to be taken in. Without `area_id` it goes to one of the communities, always the same."""

    key: str
    title: str
    text: str
    place: str
    created: datetime
    reply: str
    replied: datetime | None
    area_id: int | None = None
    name: str = ""
    phone: str = ""


@dataclass
class Sheet:
    """A file with its head, its mapping, and how many rows it seems to hold."""

    path: Path
    encoding: str
    columns: dict[str, str]
    size: int
    seen: set[str] = field(default_factory=set)

    def rows(self) -> Iterator[Row | Bad]:
        """Each row, or what is wrong with it."""
        with self.path.open(encoding=self.encoding, newline="") as file:
            reader = csv.DictReader(file, restkey="", strict=False)
            while True:
                try:
                    raw = next(reader)
                except StopIteration:
                    return
                except csv.Error:
                    yield Bad(reader.line_num, "", "这一行的引号或分隔符写法有误，读不出来")
                    continue
                yield self._row(raw, reader.line_num)

    def _row(self, raw: dict[str, str | None], line: int) -> Row | Bad:
        given: dict[str, str] = {}
        for meaning, column in self.columns.items():
            value = raw.get(column)
            if value is None:
                return Bad(line, column, "这一行的列数不够")
            given[meaning] = plain(value)
        for meaning in NEEDED:
            if not given[meaning]:
                return Bad(line, self.columns[meaning], f"{MEANINGS[meaning]}是空的")
        key = given["key"]
        for meaning, most in (("text", TEXT_MOST), ("title", TITLE_MOST), ("key", KEY_MOST), ("reply", TEXT_MOST)):
            if len(given.get(meaning, "")) > most:
                return Bad(line, self.columns[meaning], f"{MEANINGS[meaning]}超过 {most} 个字")
        created = moment(given["created"])
        if created is None:
            return Bad(line, self.columns["created"], f"“{given['created'][:30]}”不是日期时间")
        if created > clock.now():
            return Bad(line, self.columns["created"], "反映时间在将来")
        replied = moment(given.get("replied", ""))
        if given.get("replied") and replied is None:
            return Bad(line, self.columns["replied"], f"“{given['replied'][:30]}”不是日期时间")
        if replied is not None and replied < created:
            return Bad(line, self.columns["replied"], "答复时间早于反映时间")
        if key in self.seen:
            return Bad(line, self.columns["key"], f"来源编号“{key[:30]}”在文件里出现过")
        self.seen.add(key)
        reply = given.get("reply", "")
        return Row(
            key, given.get("title") or given["text"][:40], given["text"], given.get("place", ""), created, reply,
            (replied or created) if reply else None,
        )  # fmt: skip


def moment(text: str) -> datetime | None:
    """A moment in one of the usual spellings, local time; None for anything else."""
    text = text.strip()
    for form in _FORMS:
        try:
            found = datetime.strptime(text, form)
        except ValueError:
            continue
        return found.replace(tzinfo=clock.TZ) if found.year >= 1990 else None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=clock.TZ)


def open_sheet(path: Path, columns: dict[str, str]) -> Sheet:
    """Look at the head of a file and check the mapping. Raises Invalid with a sentence."""
    unknown = sorted(set(columns) - set(MEANINGS))
    if unknown:
        raise Invalid(f"不认识“{'、'.join(unknown)}”，可以对应的有：{'、'.join(MEANINGS)}。")
    missing = [m for m in NEEDED if m not in columns]
    if missing:
        raise Invalid(f"请用 --map 指明哪一列是{'、'.join(f'{MEANINGS[m]}（{m}）' for m in missing)}。")
    if ("reply" in columns) != ("replied" in columns) and "replied" in columns:
        raise Invalid("指明了答复时间，也要指明哪一列是答复（reply）。")
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        head = next(csv.reader(file), [])
    absent = [c for c in columns.values() if c not in head]
    if absent:
        raise Invalid(f"文件里没有“{'、'.join(absent)}”这一列，现有的列：{'、'.join(head) or '（空文件）'}。")
    return Sheet(path, encoding, columns, max(0, _records(path, encoding) - 1))


def _encoding(path: Path) -> str:
    """UTF-8, or GB 18030 as sheets from other systems often are."""
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Invalid("文件的文字编码认不出来，请另存为 UTF-8 编码的 CSV。")


def _records(path: Path, encoding: str) -> int:
    csv.field_size_limit(10_000_000)
    with path.open(encoding=encoding, newline="") as file:
        return sum(1 for _ in csv.reader(file))


def spread(source: str, key: str, count: int) -> int:
    """Which of `count` communities a row goes to: the same row always to the same one."""
    return int.from_bytes(hashlib.sha256(f"{source}|{key}".encode()).digest()[:8], "big") % count


def without_numbers(text: str) -> str:
    """A text for the public: citizen numbers and phones masked."""
    text = _CITIZEN.sub(lambda found: mask.mask_citizen(found.group()), text)
    return _PHONE.sub(lambda found: mask.mask_phone(re.sub(r"[- ]", "", found.group(1) or found.group(2))), text)


def write_bad(path: Path, rows: Sequence[Bad]) -> None:
    """The rows left out, as a sheet that opens in WPS and Excel."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["行", "列", "原因"])
        writer.writerows([[bad.line, bad.column, bad.reason] for bad in rows])
