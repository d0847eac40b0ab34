"""Files that people send in: checked by what they are, not by what they say, kept under their content's hash.

A photo is drawn anew, so that nothing of its camera, place or owner remains; a document must be of a kind we
know. Nothing is public by lying here: each module serves its own files from its own view, through `response`,
after asking its own access rule.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.http import FileResponse, HttpResponseBase
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from sanshe.kernel import clock, params, scanner
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState

__all__ = [
    "FileState", "StoredFile", "check_document", "clean_photo", "discard", "response", "store_document", "store_photo",
]  # fmt: skip

PHOTO_FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
PDF = "application/pdf"
OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX, XLSX = OFFICE + "wordprocessingml.document", OFFICE + "spreadsheetml.sheet"
ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    PDF: ".pdf",
    DOCX: ".docx",
    XLSX: ".xlsx",
}
MEGABYTE = 1024 * 1024

# The EICAR test string, in two pieces, or a scanner would remove this very file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class FileState(models.TextChoices):
    """Whether a file may be opened."""

    PENDING = "pending", "待安全检查"
    CLEAN = "clean", "可以打开"
    HELD = "held", "已扣留"


class StoredFile(models.Model):
    """One file as one person sent it in. Equal contents share the bytes on disk, but not the row: two people
    who send the same form must not learn each other's file names.

    `state`: where there is a scanner, a file waits for it; without one it may be opened at once. `finding`: what the
    scanner called what it found."""

    sha256 = models.CharField("内容指纹", max_length=64, db_index=True)
    size = models.PositiveBigIntegerField("大小（字节）")
    mime = models.CharField("类型", max_length=100)
    name = models.CharField("原文件名", max_length=120)
    created_at = models.DateTimeField("存入时间", default=clock.now)
    state = models.CharField(
        "安全检查", max_length=8, choices=FileState.choices, default=FileState.CLEAN, db_default=FileState.CLEAN
    )
    scanned_at = models.DateTimeField("检查时间", null=True, blank=True)
    finding = models.CharField("检查发现", max_length=120, blank=True, db_default="")

    privacy = {"internal": "sha256 size mime created_at state scanned_at finding", "personal": "name"}

    class Meta:
        app_label = "kernel"
        db_table = "kernel_stored_file"
        verbose_name = "文件"
        indexes = [models.Index("id", condition=models.Q(state="pending"), name="stored_file_pending")]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Where the bytes lie in the storage: `aa/bb/aabb…`."""
        return place(self.sha256)

    @property
    def is_photo(self) -> bool:
        """Whether a browser may show it in a page."""
        return self.mime in PHOTO_FORMATS.values()

    @property
    def why_not(self) -> str:
        """The sentence why it can not be opened now, "" when it can."""
        if self.state == FileState.PENDING:
            return "这个文件正在做安全检查，通过后就能打开，请过几分钟再看。文件已经收好，不用重新上传。"
        if self.state == FileState.HELD:
            return "这个文件没有通过安全检查，已被扣留，不能打开。请联系上传的人换一个文件。"
        return ""


def place(sha256: str) -> str:
    """The name in the storage of bytes with this hash: two levels of folders keep each of them short."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


class ContentStorage(FileSystemStorage):
    """Files under their hash: written beside, synced, renamed, so that a name never holds half a file."""

    def _save(self, name: str, content: Any) -> str:
        final = Path(self.path(name))
        final.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=".part-", dir=final.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                for chunk in content.chunks():
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            os.chmod(draft, 0o640)
            os.replace(draft, final)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        return name

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name itself: the same hash is the same content."""
        return name


def _put(data: bytes, mime: str, name: str, storage: Storage) -> StoredFile:
    digest = hashlib.sha256(data).hexdigest()
    where = place(digest)
    if not (storage.exists(where) and storage.size(where) == len(data)):
        if storage.exists(where):  # cut short by a crash under a storage that does not rename
            storage.delete(where)
        storage.save(where, ContentFile(data))
    stored = StoredFile(sha256=digest, size=len(data), mime=mime, name=name[:120], created_at=clock.now())
    if scanner.there():
        stored.state = FileState.PENDING
        transaction.on_commit(_ask_scanner)
    stored.save(force_insert=True)
    return stored


def _ask_scanner() -> None:
    """Have the worker ask the scanner now; what can not be asked now is asked again every minute."""
    from sanshe.kernel.jobs import scan_now

    scan_now()


def scan_pending(now: datetime, stop: Callable[[], bool] = lambda: False) -> tuple[int, int]:
    """Ask the scanner about every file that waits, oldest first. Returns (passed, held).

    Stops when the scanner does not answer: what waits stays closed and is asked about again. Raises ScannerDown.
    """
    passed = held = 0
    last = 0
    while not stop():
        one = StoredFile.objects.filter(state=FileState.PENDING, pk__gt=last).order_by("pk").first()
        if one is None:
            break
        last = one.pk
        try:
            with default_storage.open(one.path) as stream:
                found = scanner.scan(iter(lambda s=stream: s.read(MEGABYTE), b""))  # type: ignore[misc]
        except FileNotFoundError:
            continue
        # The same bytes, whoever sent them, have the same answer.
        same = StoredFile.objects.filter(sha256=one.sha256, state=FileState.PENDING)
        changed = same.update(state=FileState.HELD if found else FileState.CLEAN, scanned_at=now, finding=found)
        passed, held = (passed, held + changed) if found else (passed + changed, held)
    return passed, held


def discard(stored: StoredFile) -> None:
    """Forget a file that nothing points to any more; its bytes go with the last row that has them.

    Raises ProtectedError when something still points to it.
    """
    digest = stored.sha256
    stored.delete()
    if not StoredFile.objects.filter(sha256=digest).exists():
        transaction.on_commit(lambda: None if StoredFile.objects.filter(sha256=digest).exists() else _erase(digest))


def _erase(digest: str) -> None:
    default_storage.delete(place(digest))


def store_photo(upload: UploadedFile[Any]) -> StoredFile:
    """Check a photo, draw it anew and keep it. Raises `Invalid` with a sentence.

    The file's own name is dropped: it tells nothing to others, and sometimes a name or a date.
    """
    data, mime = clean_photo(_read(upload, "files.photo_most"))
    return _put(data, mime, f"照片{ENDINGS[mime]}", default_storage)


def store_document(upload: UploadedFile[Any]) -> StoredFile:
    """Check a document (PDF, Word, Excel) and keep it as it is. Raises `Invalid` with a sentence."""
    data = _read(upload, "files.document_most")
    mime = check_document(data)
    stem = Path((upload.name or "").replace("\\", "/")).stem
    kept = "".join(c for c in stem if c.isprintable() and c not in '<>:"/|?*').strip(" .")[:100]
    return _put(data, mime, f"{kept or '文件'}{ENDINGS[mime]}", default_storage)


def _read(upload: UploadedFile[Any], limit_name: str) -> bytes:
    limit = params.get(limit_name)
    # One byte more than allowed tells "too large" without reading the rest, whatever size was announced.
    data: bytes = upload.read(limit.value * MEGABYTE + 1)
    if len(data) > limit.value * MEGABYTE:
        raise Invalid(f"文件太大了，最大 {limit.value} 兆字节，请压缩或换一个。")
    if not data:
        raise Invalid("文件是空的，请重新选择。")
    refuse_harmful(data)
    return data


def refuse_harmful(data: bytes) -> None:
    """Refuse the EICAR test string: the place where an installation's virus scanner is asked."""
    if EICAR in data:
        raise Invalid("这个文件被识别为有害文件，不能上传。")


def clean_photo(data: bytes) -> tuple[bytes, str]:
    """The picture drawn anew: upright, not larger than needed, without any metadata. Returns (bytes, mime).

    Raises `Invalid` for what is no JPEG, PNG or WebP, is broken, or unfolds to too many pixels.
    """
    most, side = params.get("files.photo_pixels_most"), params.get("files.photo_side")
    try:
        with Image.open(io.BytesIO(data), formats=list(PHOTO_FORMATS)) as picture:
            kind = picture.format or ""
            width, height = picture.size  # from the header alone: nothing is unfolded yet
            if width * height > most.value:
                raise Invalid("这张照片的像素太多了，请缩小后再传。")
            picture.verify()
        with Image.open(io.BytesIO(data), formats=[kind]) as picture:
            picture.draft("RGB", (side.value, side.value))
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            fresh = _plain_mode(upright, kind)
    except Invalid:
        raise
    except Image.DecompressionBombError:
        raise Invalid("这张照片的像素太多了，请缩小后再传。") from None
    except UnidentifiedImageError:
        raise Invalid(_not_a_photo(data)) from None
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, MemoryError):
        raise Invalid("这张照片已损坏，打不开，请换一张。") from None
    fresh.thumbnail((side.value, side.value))
    fresh.info.clear()  # comments and colour profiles would otherwise be written again
    out = io.BytesIO()
    fresh.save(out, kind, **({"quality": 88} if kind in ("JPEG", "WEBP") else {"optimize": True}))
    return out.getvalue(), PHOTO_FORMATS[kind]


def _plain_mode(picture: Image.Image, kind: str) -> Image.Image:
    see_through = kind != "JPEG" and ("A" in picture.getbands() or "transparency" in picture.info)
    return picture.convert("RGBA" if see_through else "RGB")


def _not_a_photo(data: bytes) -> str:
    if data[4:8] == b"ftyp":
        return "这是苹果手机的 HEIC 照片或视频，请在手机相册里转成 JPG 后再传。"
    return "这不是一张照片。请上传 JPG、PNG 或 WebP 格式的照片。"


def check_document(data: bytes) -> str:
    """The mime type of a PDF, Word or Excel file, told by its content. Raises `Invalid`."""
    if data.startswith(b"%PDF-"):
        if b"%%EOF" not in data[-2048:]:
            raise Invalid("这个 PDF 文件不完整，请重新导出后再传。")
        return PDF
    if data.startswith(b"PK\x03\x04"):
        return _office(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Invalid("这是旧格式或加了密码的文档，请取消密码，另存为 docx、xlsx 或 PDF 后再传。")
    raise Invalid("只能上传 PDF、Word（docx）或 Excel（xlsx）文件，这个文件不是。")


def _office(data: bytes) -> str:
    limit = params.get("files.unpacked_most").value * MEGABYTE
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as box:
            members = box.infolist()
            names = {member.filename for member in members}
            if "[Content_Types].xml" not in names:
                raise Invalid("只能上传 PDF、Word（docx）或 Excel（xlsx）文件，这个文件不是。")
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise Invalid("这个文档带有宏，不能上传，请另存为不带宏的 docx 或 xlsx。")
            unpacked = 0
            for member in members:
                with box.open(member) as stream:
                    # Counted as it unfolds: the sizes written in the archive may lie.
                    content = stream.read(limit - unpacked + 1)
                unpacked += len(content)
                if unpacked > limit:
                    raise Invalid("这个文档展开后太大了，不能上传。")
                refuse_harmful(content)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError):
        raise Invalid("这个文档已损坏或加了密码，打不开，请换一个。") from None
    except Exception as trouble:  # zlib.error has no common base with the others
        if isinstance(trouble, Invalid):
            raise
        raise Invalid("这个文档已损坏，打不开，请换一个。") from None
    if "word/document.xml" in names:
        return DOCX
    if "xl/workbook.xml" in names:
        return XLSX
    raise Invalid("只能上传 PDF、Word（docx）或 Excel（xlsx）文件，这个文件不是。")


def response(stored: StoredFile, as_attachment: bool | None = None) -> HttpResponseBase:
    """The bytes to the browser, after the caller asked its own access rule. Photos show, documents download.

    Whatever the bytes turn out to be, the browser neither guesses at them nor runs them.
    """
    if stored.state == FileState.PENDING:
        raise WrongState(stored.why_not)
    if stored.state == FileState.HELD:
        raise NotAllowed(stored.why_not)
    attach = not stored.is_photo if as_attachment is None else as_attachment
    try:
        stream = default_storage.open(stored.path)
    except FileNotFoundError:
        raise NotVisible("文件不在了，请联系系统管理员从备份恢复。") from None
    answer = FileResponse(stream, content_type=stored.mime)
    kind = "attachment" if attach else "inline"
    ascii_name = f"file{ENDINGS.get(stored.mime, '')}"
    answer["Content-Disposition"] = f"{kind}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(stored.name)}"
    answer["Content-Length"] = str(stored.size)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


ImageFile.LOAD_TRUNCATED_IMAGES = False  # a picture that ends too early is broken, whoever changed the default
