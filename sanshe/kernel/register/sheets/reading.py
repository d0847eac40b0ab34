"""Rows of a sheet, whatever it was saved as. Nothing is interpreted here but how the file is written."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sanshe.kernel import params
from sanshe.kernel.errors import Invalid

Row = list[Any]
#: Rows looked at to tell what a text file is divided by.
_LOOK = 30


@dataclass(frozen=True)
class SheetName:
    """A sheet of a workbook; `size` is the number of rows it reaches down to."""

    name: str
    hidden: bool
    size: int


@dataclass
class Sheet:
    """One sheet: `rows()` gives (line number, cells), empty rows left out. Lines count from 1 as people see them."""

    name: str
    width: int
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    _source: Any = None
    _left: int = 0

    def rows(self) -> Iterator[tuple[int, Row]]:
        """The rows that hold anything, with their line numbers. Can be walked once for a workbook."""
        pad = [""] * self._left
        for at, row in enumerate(self._source, 1):
            for cell in row:
                if cell != "" and cell is not None and not (type(cell) is str and not cell.strip()):
                    yield at, (pad + row if pad else row)
                    break


class Book:
    """An opened file. Raises Invalid with a sentence for what can not be read."""

    def __init__(self, data: bytes, kind: str) -> None:
        self.kind, self._text, self._book = kind, "", None
        if kind == "csv":
            self._text = decoded(data)
            self.names = [SheetName("", False, self._text.count("\n") + 1)]
            return
        from python_calamine import CalamineError, CalamineWorkbook, PasswordError

        try:
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        except PasswordError:
            raise Invalid("这个表格加了密码，打不开。请在 WPS 或 Excel 里取消密码，保存后再上传。") from None
        except (CalamineError, OSError, ValueError):
            raise Invalid(
                "这个表格文件已损坏，或是很旧的格式，打不开。请在 WPS 或 Excel 里打开后另存为 xlsx，再上传。"
            ) from None
        self.names = [
            SheetName(about.name, str(about.visible).rpartition(".")[2] != "Visible", 0)
            for about in self._book.sheets_metadata
            if str(about.typ).endswith("WorkSheet")
        ]

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name. Raises Invalid."""
        if self._book is None:
            delimiter = divided_by(self._text)
            lines = csv.reader(io.StringIO(self._text, newline=""), delimiter=delimiter)
            return Sheet("", 0, _source=_csv_rows(lines))
        from python_calamine import CalamineError

        try:
            found = self._book.get_sheet_by_name(name)
            merged = list(found.merged_cell_ranges or []) if self.kind == "xlsx" else []
        except (CalamineError, OSError, ValueError, TypeError):
            raise Invalid(f"工作表「{name}」读不出来，可能已损坏。请在 WPS 或 Excel 里重新保存后再上传。") from None
        # The reader gives the empty rows above, but not the empty columns at the left.
        left = (found.start or (0, 0))[1]
        return Sheet(name, found.width + left, merged, found.iter_rows(), left)


def _csv_rows(lines: Any) -> Iterator[Row]:
    csv.field_size_limit(1 << 20)
    try:
        yield from lines
    except csv.Error:
        raise Invalid(
            "这个文本表格里有过长或不配对的引号内容，读不下去。请用 WPS 或 Excel 打开后另存为 xlsx。"
        ) from None


def decoded(data: bytes) -> str:
    """The text of a csv file: UTF-8, UTF-16 with its mark, or GB18030. Raises Invalid for anything else."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(name)
            except UnicodeDecodeError:
                break
    for name in ("utf-8", "gb18030"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Invalid("这个文本文件的文字编码认不出来。请在 WPS 或 Excel 里打开后另存为 xlsx，再上传。")


def divided_by(text: str) -> str:
    """What divides the cells of a text table: the sign that gives the most lines the same number of cells."""
    best, sign = -1.0, ","
    lines = text[:200_000].splitlines()[:_LOOK]
    for candidate in (",", "\t", ";", "，", "|"):
        counts = [line.count(candidate) for line in lines if line.strip()]
        used = [n for n in counts if n]
        if not used:
            continue
        common = max(set(used), key=used.count)
        score = used.count(common) * min(common, 5)
        if score > best:
            best, sign = score, candidate
    return sign


def refuse_long(rows: int, cells: int) -> None:
    """Raise Invalid when a sheet has more rows or cells than one import takes, with how to split it."""
    most, most_cells = params.get("sheets.rows_most").value, params.get("sheets.cells_most").value
    if rows > most or cells > most_cells:
        limit = f"{most // 10000} 万行" if most >= 10000 else f"{most} 行"
        parts = max(-(-rows // most), -(-cells // most_cells), 2)
        raise Invalid(
            f"这张表有 {rows} 行（{cells} 个格子），一次最多导入 {limit}、{most_cells} 个格子。"
            f"请按街道或社区拆成 {parts} 个文件，每个文件都保留表头，分别导入；重复导入不会重复登记。"
        )
