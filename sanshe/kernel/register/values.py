"""From what is typed to what is stored, and from what is stored to what is shown. One text has one meaning everywhere:
in a form, in a sheet, in the API."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from .declare import Column, Reference, Register

YES = {"是", "有", "对", "√", "✓", "y", "yes", "true", "1", "on"}
NO = {"否", "无", "没有", "×", "n", "no", "false", "0", "off"}
_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*日?|\s*月)?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_EXCEL_ZERO = date(1899, 12, 30)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def plain(text: Any) -> str:
    """Full-width to half-width, outer blanks and control characters gone, one blank between words."""
    return " ".join(unicodedata.normalize("NFKC", str(text)).replace("\0", "").split())


def read_date(given: Any) -> date:
    """A day in any of the spellings that sheets hold: 2020-7-3, 2020.7.3, 2020年7月3日, 20200703, Excel's day number.

    A month alone means its first day. Raises Invalid with a sentence.
    """
    if isinstance(given, datetime):
        return given.date()
    if isinstance(given, date):
        return given
    text = plain(given)
    found = _DATE.fullmatch(text) or _COMPACT.fullmatch(text)
    try:
        if found:
            year, month, day = found[1], found[2], found[3] or "1"
            return date(int(year), int(month), int(day))
        if text.replace(".", "", 1).isdigit() and 10_000 < float(text) < 80_000:
            return _EXCEL_ZERO + timedelta(days=int(float(text)))
    except ValueError:
        raise Invalid(f"没有「{text[:20]}」这一天，请核对年月日。") from None
    raise Invalid(f"没有看懂日期「{text[:20]}」，请写成 2026-11-23 这样。")


def read_number(given: Any, column: Column) -> Any:
    """A number without its unit and thousands marks. Raises Invalid."""
    text = plain(given).replace(",", "").removesuffix(plain(column.unit) or "\0").strip()
    whole = isinstance(column.db, models.IntegerField)
    if not _NUMBER.fullmatch(text):
        raise Invalid(f"这里应填数字，现在是「{text[:20]}」。")
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Invalid(f"这里应填数字，现在是「{text[:20]}」。") from None
    if whole:
        if value != value.to_integral_value():
            raise Invalid(f"这里应填整数，现在是 {text}。")
        return int(value)
    if isinstance(column.db, models.DecimalField):
        places = column.db.decimal_places or 0
        if value != round(value, places):
            raise Invalid(f"最多 {places} 位小数，现在是 {text}。")
        return value
    return float(value)


def _choice(column: Column, text: str) -> Any:
    for stored, label in column.options:
        if text in (str(stored), str(label)):
            return stored
    known = "、".join(str(label) for stored, label in column.options if str(stored) != "")
    raise Invalid(f"没有「{text[:20]}」这一项，可选：{known[:200]}。")


def read(column: Column, given: Any) -> Any:
    """One cell, except references: the value to be stored, None for an empty one. Raises Invalid."""
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if column.clean is not None:
        return column.clean(str(given).strip())
    kind = column.kind
    if kind == "date":
        return read_date(given)
    if kind == "moment":
        return given if isinstance(given, datetime) else clock.at(*read_date(given).timetuple()[:3])
    if kind == "number":
        return read_number(given, column)
    if kind == "yes":
        if isinstance(given, bool):
            return given
        word = plain(given).lower()
        if word in YES or word in NO:
            return word in YES
        raise Invalid("请填「是」或「否」。")
    if kind == "choice":
        return _choice(column, plain(given))
    if kind == "list":
        if isinstance(given, list):
            return [plain(item) for item in given if plain(item)]
        return [plain(item) for item in re.split(r"[、,，;；\n]+", str(given)) if plain(item)]
    text = str(given).replace("\0", "").strip() if kind == "long" else plain(given)
    limit = getattr(column.db, "max_length", None)
    if limit and len(text) > limit:
        raise Invalid(f"最多 {limit} 个字，现在是 {len(text)} 个。")
    return text


def empty(column: Column) -> Any:
    """What is stored when a cell is empty."""
    found = column.db
    assert found is not None
    if column.kind == "list":
        return []
    if column.kind == "yes":
        return found.get_default() if found.has_default() else None if found.null else False
    if found.null:
        return None
    return found.get_default() if found.has_default() else "" if found.empty_strings_allowed else None


def prepare(
    register: Register, given: Mapping[str, Any], viewer: Viewer, *, fresh: bool
) -> tuple[dict[str, Any], dict[str, str]]:
    """Typed cells → (values by field attname, sentences by column).

    Cells that are not given stay as they are; a new row (`fresh`) must have all that is required.
    """
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for column in register.editable:
        if column.name not in given:
            if fresh and column.is_required:
                wrong[column.name] = f"请填写{column.title}。"
            continue
        cell = given[column.name]
        try:
            if column.kind == "reference":
                values[column.attname] = referred(column.reference, cell, viewer)
            else:
                read_value = read(column, cell)
                values[column.name] = empty(column) if read_value is None else read_value
        except Invalid as error:
            wrong[column.name] = error.sentence
            continue
        if column.is_required and values[column.attname] in (None, "", []):
            wrong[column.name] = f"请填写{column.title}。"
    return values, wrong


def referred(reference: Reference | None, cell: Any, viewer: Viewer) -> int | None:
    """The key of what a cell names, None for an empty one. Raises Invalid for what is unknown or ambiguous."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, models.Model):
        return int(cell.pk)
    assert reference is not None
    raw, text = str(cell).strip(), plain(cell)
    known = reference.find(list({raw, text}), viewer)
    found = known.get(raw) or known.get(text)
    if found is None:
        raise Invalid(f"没有找到「{text[:40]}」，或有多个同名的，请写全称或代码。")
    return int(found)


def stored(column: Column, row: Any) -> Any:
    """The cell as kept: computed, masked where it is encrypted, else the field's value."""
    if column.value is not None:
        return column.value(row)
    if column.mask:
        return getattr(row, column.mask)
    if column.encrypted:
        return "已填（加密保存）" if getattr(row, column.name) else ""
    return getattr(row, column.name)


def shown(column: Column, row: Any) -> Any:
    """The cell as it is shown: words for choices, 是 and 否, names for references; dates and numbers as such."""
    value = stored(column, row)
    if value is None or value == "":
        return ""
    if column.value is not None:
        return value
    kind = column.kind
    if kind == "choice":
        return next((str(label) for known, label in column.options if known == value), value)
    if kind == "yes":
        return "是" if value else "否"
    if kind == "list":
        return "、".join(str(item) for item in value)
    if kind == "moment":
        return clock.local(value)
    if kind == "reference":
        return str(value)
    return value


def typed(column: Column, row: Any) -> str:
    """The cell as it would be typed again, for a form; nothing for what is encrypted."""
    if column.encrypted:
        return ""
    value = getattr(row, column.name)
    if value is None:
        return ""
    if column.kind == "reference":
        return column.reference.text(value) if column.reference is not None else str(value)
    if column.kind == "yes":
        return "是" if value else "否"
    if column.kind == "list":
        return "、".join(str(item) for item in value)
    if column.kind == "moment":
        return str(clock.local(value).date())
    return str(value)


def check_end(row: Any, said: str = "结束日期不能早于开始日期。") -> None:
    """The end of a row's validity is not before its beginning. Raises Invalid at `valid_to`."""
    if row.valid_to is not None and row.valid_from is not None and row.valid_to < row.valid_from:
        raise Invalid({"valid_to": said})


def model_errors(register: Register, error: ValidationError) -> dict[str, str]:
    """Django's complaints about a row, at the columns they concern; those of constraints in one sentence."""
    out: dict[str, str] = {}
    names = {column.name for column in register.columns}
    for name, problems in error.error_dict.items() if hasattr(error, "error_dict") else [("", error.error_list)]:
        for problem in problems:
            sentence = " ".join(problem.messages)
            if "约束" in sentence:
                sentence = "填写的内容互相矛盾（例如结束早于开始，或与已有的一行重复），请核对。"
            out[name if name in names else ""] = sentence
    return out
