"""One cell of a sheet → the value to be stored. What a text means `register.values` says; here is what sheets add:
numbers that were texts, numbers that Excel rounded, formulas that failed, masked numbers that came back.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sanshe.kernel.errors import Invalid

from .. import values
from ..declare import Column

Read = Callable[[Any], Any]
ROUNDED = (
    "这个号码被表格软件当成数字保存，15 位以后都变成了 0，原来的号码已经丢失。"
    "请把这一列的格式设为“文本”，再重新填写完整的号码。"
)
_FAILED = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "########"}
_POWER = re.compile(r"\d(?:\.\d+)?[eE]\+\d{2}")
_CODE = re.compile(r"[\dXx]{16,}")
_ZEROS = re.compile(r"\d{15}0{2,5}")
_CLUTTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff]|_x000[dD]_")
#: Above this an integer loses its last digits in a spreadsheet.
EXACT = 10**15
#: So many different texts of a column are remembered.
REMEMBER = 20_000


def text_of(cell: Any, exact: bool = False) -> str:
    """A cell as a person reads it: `13800000001.0` is `13800000001`, a date is `2020-07-03`.

    `exact`: the digits matter (numbers of people and bodies). Raises Invalid for numbers that were rounded.
    """
    if type(cell) is str:
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        if cell != cell or cell in (float("inf"), float("-inf")):
            return ""
        if abs(cell) >= EXACT and (exact or abs(cell) >= 10**17):
            raise Invalid(ROUNDED)
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d") if cell.time() == time() else cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def _tidy(text: str) -> str:
    """Without what can not be seen and what a formula left behind. Raises Invalid for a formula that failed."""
    if text.isascii() and text.isprintable():
        if text[:1] == "#" and text.upper() in _FAILED:
            raise Invalid(f"格子里是公式算错后的结果「{text}」，请改成正确的内容。")
        return text
    return _CLUTTER.sub("", text).strip()


def reader(column: Column, known: Mapping[str, int] | None = None) -> Read:
    """How a column's cells are read: a function from a cell to the value, None for an empty cell; raises Invalid.

    `known`: keys of the texts of a reference, filled by the caller before rows are read.
    """
    kind = column.kind
    if kind == "reference":
        return _reference(column, known if known is not None else {})
    if column.clean is not None or kind == "secret":
        return _code(column)
    if kind in ("text", "long"):
        return _words(column, kind == "long")
    return _remembering(_typed(column, kind))


def _remembering(read: Read) -> Read:
    memory: dict[Any, Any] = {}

    def remembered(cell: Any) -> Any:
        key = (cell.__class__, cell)
        if key in memory:
            return memory[key]
        value = read(cell)
        if len(memory) < REMEMBER:
            memory[key] = value
        return value

    return remembered


def _typed(column: Column, kind: str) -> Read:
    numeric = kind == "number"

    def read(cell: Any) -> Any:
        if isinstance(cell, str):
            cell = _tidy(cell.strip())
            if numeric and _POWER.fullmatch(cell):
                cell = str(Decimal(cell))
        elif isinstance(cell, timedelta | time):
            cell = str(cell)
        elif not isinstance(cell, date) and not (isinstance(cell, bool) and kind == "yes"):
            cell = text_of(cell)
        return None if cell == "" or cell is None else values.read(column, cell)

    return read


def _words(column: Column, long: bool) -> Read:
    limit = getattr(column.db, "max_length", None) or 20_000

    def read(cell: Any) -> Any:
        text = cell if type(cell) is str else text_of(cell)
        if not text or not (text := _tidy(text)):
            return None
        if long:
            text = text.strip()
        else:
            if not unicodedata.is_normalized("NFKC", text):
                text = unicodedata.normalize("NFKC", text)
            text = " ".join(text.split())
        if len(text) > limit:
            raise Invalid(f"最多 {limit} 个字，现在是 {len(text)} 个。")
        return text or None

    return read


def _code(column: Column) -> Read:
    secret, clean = column.encrypted, column.clean

    def read(cell: Any) -> Any:
        text = cell if type(cell) is str else text_of(cell, exact=True)
        if not text or not (text := _tidy(text.strip())):
            return None
        if secret and "***" in text:
            return None  # a masked number from an export: what is stored stays
        try:
            return clean(text) if clean is not None else values.read(column, text)
        except Invalid:
            dense = "".join(text.split())
            if _POWER.fullmatch(dense) or (_CODE.fullmatch(dense) and _ZEROS.match(dense)):
                raise Invalid(ROUNDED) from None
            raise

    return read


def _reference(column: Column, known: Mapping[str, int]) -> Read:
    def read(cell: Any) -> Any:
        text = cell.strip() if type(cell) is str else text_of(cell)
        if not text:
            return None
        found = known.get(text)
        if found is None:
            raise Invalid(f"没有找到「{text[:40]}」，或有多个同名的，请写全称或代码。")
        return found

    return read


def stored_text(value: Any) -> str | None:
    """A value as the database writes it; None stays None."""
    kind = value.__class__
    if kind is str or value is None:
        return value  # type: ignore[no-any-return]
    if kind is bool:
        return "true" if value else "false"
    if kind is list or kind is dict:
        return json.dumps(value, ensure_ascii=False)
    if kind is date or kind is datetime:
        return str(value.isoformat())
    return str(value)


_LONG_NUMBER = re.compile(r"[0-9０-９]{6,}[0-9Xx０-９]*")


def without_numbers(text: str) -> str:
    """The text with every long number covered: what is kept of a cell that could not be read holds no identity."""
    return _LONG_NUMBER.sub("******", text)
