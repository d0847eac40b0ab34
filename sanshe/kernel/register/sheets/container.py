"""Whether a file may be opened at all, told by its content and not by its name; every refusal says what to do.

An xlsx is unfolded once, counting, before anything else reads it: the sizes in an archive may lie, and a single cell in
the last corner of a sheet would make a reader lay out seventeen thousand million cells.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field

from sanshe.kernel import params
from sanshe.kernel.errors import Invalid
from sanshe.kernel.files import MEGABYTE, refuse_harmful

#: What a refused file is told to become.
SAVE_AS = "请在 WPS 或 Excel 里打开后另存为 xlsx，再上传。"
_CHUNK = 4 * MEGABYTE
_FAR = re.compile(rb' r="([A-Z]{2,3})\d')
_ROW = re.compile(rb'<row[^>]*? r="(\d+)"')
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WEB = re.compile(rb"^\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml|meta|head|style)", re.IGNORECASE)


@dataclass(frozen=True)
class Container:
    """What a file is (`xlsx`, `xls` or `csv`), with remarks for the one who sent it."""

    kind: str
    remarks: list[str] = field(default_factory=list)


def examine(data: bytes) -> Container:
    """Say what the bytes are. Raises Invalid for what is no sheet, is locked, damaged, harmful or too large."""
    limit = params.get("sheets.upload_most").value
    if len(data) > limit * MEGABYTE:
        raise Invalid(too_large(len(data), limit))
    if not data.strip(b"\0 \r\n\t"):
        raise Invalid("这个文件是空的，请重新选择。")
    refuse_harmful(data[: 64 * 1024])
    if data.startswith(b"PK\x03\x04"):
        return _package(data)
    if data.startswith(_OLE):
        return _compound(data)
    if data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"{\\rtf")):
        raise Invalid(f"这不是表格文件（像是图片、PDF、文稿或压缩包）。请选择 xlsx、xls 或 csv 文件；{SAVE_AS}")
    if _WEB.match(data[:512]):
        raise Invalid(f"这个文件其实是一张网页，只是名字写成了表格。{SAVE_AS}")
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Invalid(f"这不是表格文件。请选择 xlsx、xls 或 csv 文件；{SAVE_AS}")
    return Container("csv")


def too_large(size: int, limit: int) -> str:
    """The sentence for a file beyond the limit, sizes in bytes and megabytes."""
    return (
        f"这个文件有 {size / MEGABYTE:.0f} 兆字节，最大 {limit} 兆字节。"
        "请删去图片和用不到的工作表，或按街道、社区拆成几个文件分别导入。"
    )


def _package(data: bytes) -> Container:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as box:
            members = box.infolist()
            names = {member.filename for member in members}
            if "xl/workbook.xml" not in names:
                raise Invalid(_other_package(names))
            if any(member.flag_bits & 1 for member in members):
                raise Invalid("这个表格加了密码，打不开。请在 WPS 或 Excel 里取消密码，保存后再上传。")
            _unfold(box, members)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError, ValueError):
        raise Invalid("这个表格文件已损坏，打不开。请在 WPS 或 Excel 里打开确认后重新保存，再上传。") from None
    remarks = []
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        remarks.append("文件里带有宏，只读取了表格内容，宏没有运行，也不会保存。")
    if any(name.lower().startswith("xl/externallinks/") for name in names):
        remarks.append("文件引用了其他表格，按上次保存时的结果读取。")
    return Container("xlsx", remarks)


def _other_package(names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return f"这是二进制工作簿（xlsb），不能读取。{SAVE_AS}"
    if any(name.startswith("word/") for name in names):
        return f"这是 Word 文档，不是表格。请把其中的表格复制到 WPS 表格或 Excel 里，{SAVE_AS[1:]}"
    if "mimetype" in names or "content.xml" in names:
        return f"这是 ods 格式的表格，不能读取。{SAVE_AS}"
    return "这是压缩包，不是表格文件。请解压后上传其中的 xlsx、xls 或 csv 文件。"


def _unfold(box: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    limit = params.get("sheets.unpacked_most").value * MEGABYTE
    huge = Invalid(
        "这个文件虽小，展开后却大得不合情理，没有读取。如果确实是正常的表格，请把内容复制到一个新建的 xlsx 里再上传。"
    )
    if sum(member.file_size for member in members) > limit:
        raise huge
    unpacked = 0
    for member in members:
        sheet = member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml")
        rows, width, rest = 0, 26, b""
        with box.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                unpacked += len(chunk)
                if unpacked > limit:
                    raise huge
                if not sheet:
                    continue
                chunk = rest + chunk
                width = max(width, *map(_number, set(_FAR.findall(chunk))), 0)
                at = chunk.rfind(b"<row")
                found = _ROW.match(chunk, at) if at >= 0 else None
                rows = max(rows, int(found[1])) if found else rows
                rest = chunk[-256:]
        if rows * width > 2 * params.get("sheets.cells_most").value and rows > 1000:
            raise Invalid(
                f"工作表用到的范围太大（第 {rows} 行，{width} 列），多半是远处留有一个多余的格子。"
                "请把真正的内容复制到一个新建的表格里再上传；内容确实很多的，请拆成几个文件。"
            )


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _compound(data: bytes) -> Container:
    if "EncryptedPackage".encode("utf-16-le") in data or "EncryptionInfo".encode("utf-16-le") in data:
        raise Invalid("这个表格加了密码，打不开。请在 WPS 或 Excel 里取消密码，保存后再上传。")
    if "WordDocument".encode("utf-16-le") in data:
        raise Invalid(f"这是 Word 文档，不是表格。请把其中的表格复制到 WPS 表格或 Excel 里，{SAVE_AS[1:]}")
    if not any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        raise Invalid(f"这不是表格文件。请选择 xlsx、xls 或 csv 文件；{SAVE_AS}")
    macros = "_VBA_PROJECT".encode("utf-16-le") in data
    return Container("xls", ["文件里带有宏，只读取了表格内容，宏没有运行，也不会保存。"] if macros else [])
