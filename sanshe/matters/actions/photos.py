"""Photos of a matter: drawn anew when they are stored, counted when more come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from sanshe.kernel import clock, params
from sanshe.kernel.errors import Invalid
from sanshe.kernel.files import StoredFile, store_document, store_photo

from ..models import Attachment, Matter


def keep_new_photos(matter: Matter, photos: Sequence[UploadedFile[Any]], now: datetime, by_staff: bool) -> None:
    """Store photos, drawn anew without EXIF. A file that is no photo is refused, and with it the whole filing."""
    for upload in photos:
        try:
            stored = store_photo(upload)
        except Invalid as wrong:
            raise Invalid({"photos": wrong.sentence}) from None
        Attachment.objects.create(matter=matter, file=stored, by_staff=by_staff, at=now)


def keep_photos(matter: Matter, photos: Sequence[UploadedFile[Any]], now: datetime, by_staff: bool) -> None:
    """The same for photos that come later; counts those that are there."""
    limit = int(params.get("matter.photos_most", on=clock.local(now).date()).value)
    if photos and len(photos) > limit:
        raise Invalid({"photos": f"一次最多上传 {limit} 张照片，现在选了 {len(photos)} 张。"})
    if photos and matter.attachments.count() + len(photos) > 5 * limit:
        raise Invalid({"photos": f"一件事项最多保留 {5 * limit} 张照片。"})
    keep_new_photos(matter, photos, now, by_staff)


def store_material(upload: UploadedFile[Any], field: str) -> StoredFile:
    """Store what shows a material: a photo, drawn anew, or a PDF. Raises Invalid at `field`."""
    head = upload.read(5)
    upload.seek(0)
    try:
        if head.startswith(b"%PDF-"):
            return store_document(upload)
        if head.startswith((b"PK", b"\xd0\xcf")):
            raise Invalid("请上传照片（JPG、PNG、WebP）或 PDF；文档请另存为 PDF，压缩包请解开后逐张上传。")
        return store_photo(upload)
    except Invalid as wrong:
        raise Invalid({field: wrong.sentence}) from None
