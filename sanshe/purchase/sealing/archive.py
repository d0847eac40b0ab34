"""What is inside a sealed bid: the fields and the files, laid out so that equal content gives equal bytes.

    u32 big-endian     length m of the list
    m bytes            the list, JSON in UTF-8:
                       {"fields": {…}, "files": [{"name", "sha256", "size"}, …], "format": 1}
    the files' bytes   one after another, in the order of the list, nothing between and nothing after

The JSON is canonical: keys sorted, no blanks, characters beyond ASCII as they are, whole numbers only
(within 2^53), no duplicate keys. Opening writes it again and compares, so a given content can be
written in one way only.
"""

import hashlib
import json
import re
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sanshe.purchase.sealing.errors import BadContent

MAX_LIST = 1024 * 1024  # bytes of the JSON list: the plan's text fits, an attack on the parser does not
MAX_FILES = 20
MAX_NAME = 120  # characters
MAX_DEPTH = 4
SAFE_INTEGER = 2**53 - 1  # larger ones change in a browser

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
# Written out, not taken from Unicode's categories: browser and server may know different versions of Unicode, and a
# name that the browser lets in must never be refused at the opening.
_NOT_IN_NAMES = re.compile(
    '[/\\\\:*?"<>|\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]'
)
_BROKEN = "投标文件的内部结构不合规格，不能打开。"


@dataclass(frozen=True)
class BidFile:
    """One file of a bid: its name as the bidder gave it and its bytes."""

    name: str
    data: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of the file's bytes."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Bid:
    """An opened bid: `fields` by name (text, whole numbers, lists, mappings) and `files` in order."""

    fields: dict[str, Any]
    files: tuple[BidFile, ...] = ()

    @property
    def price_fen(self) -> int | None:
        """The price in fen, or None where the call asks for none."""
        price: int | None = self.fields.get("price_fen")
        return price


def pack(fields: Mapping[str, Any], files: Iterable[BidFile]) -> bytes:
    """The bytes of this content. Raises BadContent with a sentence for what may not go in."""
    kept = list(files)
    _check(fields, [file.name for file in kept])
    listed = [{"name": file.name, "sha256": file.sha256, "size": len(file.data)} for file in kept]
    text = _canonical({"fields": dict(fields), "files": listed, "format": 1})
    if len(text) > MAX_LIST:
        raise BadContent("填写的文字太长，请把长的内容作为文件附上。")
    return struct.pack(">I", len(text)) + text + b"".join(file.data for file in kept)


def unpack(packed: bytes | memoryview) -> Bid:
    """Read what `pack` wrote. Raises BadContent when it is anything else, however it was put together."""
    view = memoryview(packed)
    if len(view) < 4:
        raise BadContent(_BROKEN)
    (length,) = struct.unpack(">I", view[:4])
    if length > MAX_LIST or 4 + length > len(view):
        raise BadContent(_BROKEN)
    text = bytes(view[4 : 4 + length])
    try:
        listed = json.loads(text.decode("utf-8"))
        if set(listed) != {"fields", "files", "format"} or listed["format"] != 1:
            raise BadContent(_BROKEN)
        names = [entry["name"] for entry in listed["files"]]
        sizes = [entry["size"] for entry in listed["files"]]
        _check(listed["fields"], names)
        if _canonical(listed) != text:
            raise BadContent(_BROKEN)
    except (ValueError, KeyError, TypeError, RecursionError) as broken:
        if isinstance(broken, BadContent):
            raise
        raise BadContent(_BROKEN) from None
    files, at = [], 4 + length
    for entry, name, size in zip(listed["files"], names, sizes, strict=True):
        if type(size) is not int or not 0 <= size <= len(view) - at or set(entry) != {"name", "sha256", "size"}:
            raise BadContent(_BROKEN)
        file = BidFile(name, bytes(view[at : at + size]))
        if file.sha256 != entry["sha256"]:
            raise BadContent(_BROKEN)
        files.append(file)
        at += size
    if at != len(view):
        raise BadContent(_BROKEN)
    return Bid(listed["fields"], tuple(files))


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _check(fields: Any, names: list[Any]) -> None:
    if not isinstance(fields, Mapping):
        raise BadContent(_BROKEN)
    _check_value(dict(fields), depth=0)
    price = fields.get("price_fen")
    if price is not None and (type(price) is not int or price < 0):
        raise BadContent("报价须是不小于零的金额。")
    if len(names) > MAX_FILES:
        raise BadContent(f"附件最多 {MAX_FILES} 个。")
    for name in names:
        if not isinstance(name, str) or not _is_name(name):
            raise BadContent("附件的文件名为空、太长或含有不能用的字符，请改名后再试。")
    if len(set(names)) != len(names):
        raise BadContent("有两个附件重名，请改名后再试。")


def _is_name(name: str) -> bool:
    """A plain file name: no path, nothing invisible that could make it look like another."""
    return 0 < len(name) <= MAX_NAME and name[0] not in " ." and name[-1] != " " and not _NOT_IN_NAMES.search(name)


def _check_value(value: Any, depth: int) -> None:
    """Only what JSON, PostgreSQL and a browser all hold unchanged."""
    if depth > MAX_DEPTH:
        raise BadContent(_BROKEN)
    if value is None or isinstance(value, bool):
        return
    if type(value) is int:
        if abs(value) > SAFE_INTEGER:
            raise BadContent("数字太大。")
    elif isinstance(value, str):
        if any((c < " " and c not in "\n\r\t") or "\ud800" <= c <= "\udfff" for c in value):
            raise BadContent("文字里有不能保存的控制字符，请删去后再试。")
    elif isinstance(value, list | tuple):
        for part in value:
            _check_value(part, depth + 1)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            if not isinstance(key, str) or not _KEY.match(key):
                raise BadContent(_BROKEN)
            _check_value(part, depth + 1)
    else:
        raise BadContent("数字须是整数，金额以分为单位。")
