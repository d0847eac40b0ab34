"""Kept files: one row a sending, the bytes once, served so that a browser neither guesses nor runs them."""

from __future__ import annotations

import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from sanshe.kernel import files
from sanshe.kernel.errors import NotVisible
from sanshe.kernel.files import StoredFile


def photo() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), (1, 2, 3)).save(out, "JPEG")
    return SimpleUploadedFile("王小明家门口 2026.jpg", out.getvalue())


def document(name: str, content: bytes = b"%PDF-1.7\nx\n%%EOF\n") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_photo_forgets_its_name_and_shows_in_the_page():
    kept = files.store_photo(photo())
    answer = files.response(kept)
    assert kept.name == "照片.jpg"
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert len(body(answer)) == kept.size == int(answer["Content-Length"])


def test_two_who_send_the_same_do_not_learn_each_others_names():
    one, two = files.store_document(document("王小明的申请.pdf")), files.store_document(document("李华的申请.pdf"))
    assert one.sha256 == two.sha256 and one.path == two.path
    assert (one.name, two.name) == ("王小明的申请.pdf", "李华的申请.pdf")
    assert StoredFile.objects.count() == 2


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\temp\\申请.docx", "申请.pdf"),
        ('a"b\r\nX-Evil: 1.pdf', "abX-Evil 1.pdf"),
        ("", "文件.pdf"),
        ("长" * 300 + ".pdf", "长" * 100 + ".pdf"),
    ],
)
def test_names_are_harmless(sent, kept):
    upload = document("x.pdf")
    upload._name = sent
    stored = files.store_document(upload)
    assert stored.name == kept
    answer = files.response(stored)
    assert "\n" not in answer["Content-Disposition"] and answer["Content-Disposition"].startswith("attachment")


def test_bytes_that_were_cut_short_are_written_again():
    kept = files.store_document(document("a.pdf"))
    with default_storage.open(kept.path, "wb") as broken:
        broken.write(b"%P")
    files.store_document(document("b.pdf"))
    assert body(files.response(kept)).startswith(b"%PDF")


def test_a_lost_file_is_said():
    kept = files.store_document(document("a.pdf", b"%PDF-1.7\nlost\n%%EOF\n"))
    default_storage.delete(kept.path)
    with pytest.raises(NotVisible, match="备份"):
        files.response(kept)
