"""What people send in: pictures lose everything but the picture, and nothing passes for what it is not."""

from __future__ import annotations

import io
import zipfile
import zlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sanshe.kernel import files
from sanshe.kernel.errors import Invalid

EICAR = b"X5O!P%@AP[4" + rb"\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


def picture(kind: str, size=(60, 40), mode="RGB", **saved) -> bytes:
    image = Image.new(mode, size, 128 if mode == "L" else (200, 30, 30, 100)[: len(mode)])
    out = io.BytesIO()
    image.save(out, kind, **saved)
    return out.getvalue()


def exif() -> Image.Exif:
    found = Image.Exif()
    found[0x0112] = 6  # lies on its side
    found[0x010F] = "SecretCamera"
    found[0x013B] = "SecretOwner"
    found.get_ifd(0x8825)[1] = "N"
    found.get_ifd(0x8825)[2] = (29.0, 38.0, 12.0)
    return found


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


class TestPhoto:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_position_camera_and_owner_are_gone_and_it_stands_upright(self, kind):
        sent = picture(kind, exif=exif())
        assert b"Secret" in sent and opened(sent).getexif().get_ifd(0x8825)
        kept, mime = files.clean_photo(sent)
        assert mime == files.PHOTO_FORMATS[kind]
        assert b"Secret" not in kept and b"Exif" not in kept and b"GPS" not in kept
        assert dict(opened(kept).getexif()) == {}
        assert opened(kept).size == (40, 60)

    def test_comments_and_text_are_gone(self):
        notes = PngInfo()
        notes.add_text("Comment", "SecretPlace")
        notes.add_itxt("XML:com.adobe.xmp", "SecretXmp")
        for sent in (picture("JPEG", comment=b"SecretPlace"), picture("PNG", pnginfo=notes)):
            assert b"Secret" in sent
            assert b"Secret" not in files.clean_photo(sent)[0]

    def test_what_hangs_behind_the_picture_is_gone(self):
        sent = picture("JPEG") + b"<script>SecretScript</script>"
        assert b"Secret" not in files.clean_photo(sent)[0]

    def test_a_large_one_is_made_smaller_a_small_one_is_not(self):
        assert opened(files.clean_photo(picture("JPEG", (5120, 100)))[0]).size == (2560, 50)
        assert opened(files.clean_photo(picture("JPEG", (64, 48)))[0]).size == (64, 48)

    @pytest.mark.parametrize(
        ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "L"), ("PNG", "LA"), ("JPEG", "CMYK"), ("WEBP", "RGBA")]
    )
    def test_other_colour_modes(self, kind, mode):
        kept = opened(files.clean_photo(picture(kind, mode=mode))[0])
        assert kept.mode == ("RGBA" if mode in ("RGBA", "LA") else "RGB")

    def test_a_bomb_is_refused_by_its_header(self):
        sent = bytearray(picture("PNG", (10, 10)))
        sent[16:24] = (60_000).to_bytes(4, "big") * 2  # IHDR: 3,600 million pixels
        sent[29:33] = zlib.crc32(sent[12:29]).to_bytes(4, "big")
        with pytest.raises(Invalid, match="像素太多"):
            files.clean_photo(bytes(sent))
        with pytest.raises(Invalid, match="像素太多"):
            files.clean_photo(picture("PNG", (60_001, 1000), mode="L"))

    @pytest.mark.parametrize(
        ("sent", "about"),
        [
            (b"<html><script>alert(1)</script></html>", "不是一张照片"),
            (b"GIF89a" + bytes(60), "不是一张照片"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "不是一张照片"),
            (b"\x00\x00\x00\x18ftypheic" + bytes(60), "HEIC"),
            (b"\xff\xd8\xff\xe0" + bytes(60), "照片"),
            (b"\x89PNG\r\n\x1a\n" + bytes(60), "照片"),
            (picture("JPEG", (300, 300))[:400], "损坏"),
        ],
    )
    def test_what_is_no_picture_is_refused(self, sent, about):
        with pytest.raises(Invalid, match=about):
            files.clean_photo(sent)

    @pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO", "PDF"])
    def test_pictures_of_other_kinds_are_refused(self, kind):
        with pytest.raises(Invalid, match="不是一张照片"):
            files.clean_photo(picture(kind))

    @settings(deadline=None, max_examples=80)
    @given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF0000WEBPVP8 "]))
    def test_no_bytes_crash_it(self, tail, head):
        try:
            files.clean_photo(head + tail)
        except Invalid:
            pass

    @settings(deadline=None, max_examples=60)
    @given(st.integers(0, 10_000), st.integers(0, 255), st.sampled_from(["JPEG", "PNG", "WEBP"]))
    def test_a_damaged_picture_is_refused_or_redrawn(self, place, byte, kind):
        sent = bytearray(picture(kind))
        sent[place % len(sent)] = byte
        try:
            kept, _ = files.clean_photo(bytes(sent))
            opened(kept)
        except Invalid:
            pass


def office(kind: str, **members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("[Content_Types].xml", "<Types/>")
        box.writestr({"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/p.xml"}[kind], "<x/>")
        for name, content in members.items():
            box.writestr(name, content)
    return out.getvalue()


class TestDocument:
    @pytest.mark.parametrize(
        ("sent", "mime"),
        [(b"%PDF-1.7\n...\n%%EOF\n", files.PDF), (office("docx"), files.DOCX), (office("xlsx"), files.XLSX)],
        ids=["pdf", "docx", "xlsx"],
    )
    def test_told_by_its_content(self, sent, mime):
        assert files.check_document(sent) == mime

    @pytest.mark.parametrize(
        ("sent", "about"),
        [
            (b"MZ" + bytes(100), "只能上传"),
            (b"<html>%PDF-", "只能上传"),
            (b"%PDF-1.7 cut", "不完整"),
            (b"\xd0\xcf\x11\xe0" + bytes(100), "另存为"),
            (office("pptx"), "只能上传"),
            (office("docx")[:60], "损坏"),
            (office("docx", **{"word/vbaProject.bin": b"x"}), "宏"),
            (office("xlsx", **{"a.txt": EICAR}), "有害"),
        ],
        # Names of their own: an archive holds the time it was made, so its bytes differ from one process to the next.
        ids=["program", "page", "cut-pdf", "old-word", "slides", "cut-docx", "macro", "harmful"],
    )
    def test_anything_else_is_refused(self, sent, about):
        with pytest.raises(Invalid, match=about):
            files.check_document(sent)

    def test_a_zip_bomb_is_refused_before_it_fills_the_memory(self, monkeypatch):
        from sanshe.kernel import params

        plain = params.get

        def small(name, on=None):
            value = plain(name, on)
            return type(value)(**{**value.__dict__, "value": 1}) if name == "files.unpacked_most" else value

        monkeypatch.setattr(files.params, "get", small)
        sent = office("docx", **{f"f{i}": bytes(400_000) for i in range(4)})
        assert len(sent) < 20_000
        with pytest.raises(Invalid, match="展开后太大"):
            files.check_document(sent)

    @settings(deadline=None, max_examples=60)
    @given(st.integers(0, 10_000), st.integers(0, 255))
    def test_no_damage_crashes_it(self, place, byte):
        sent = bytearray(office("docx"))
        sent[place % len(sent)] = byte
        try:
            files.check_document(bytes(sent))
        except Invalid:
            pass


class TestReading:
    def test_harmful_too_large_and_empty(self):
        for name, content, about in [
            ("a.jpg", EICAR, "有害"),
            ("a.jpg", picture("JPEG") + EICAR, "有害"),
            ("a.jpg", b"", "空的"),
            ("a.jpg", bytes(12 * 1024 * 1024 + 1), "最大 12 兆字节"),
        ]:
            with pytest.raises(Invalid, match=about):
                files.store_photo(SimpleUploadedFile(name, content))

    def test_a_script_that_says_it_is_a_picture(self):
        with pytest.raises(Invalid, match="不是一张照片"):
            files.store_photo(SimpleUploadedFile("a.jpg", b"#!/bin/sh\nrm", content_type="image/jpeg"))


class TestStorage:
    def test_whole_or_not_at_all(self, tmp_path):
        storage = files.ContentStorage(location=tmp_path)
        name = files.place("ab" * 32)
        assert name == "ab/ab/" + "ab" * 32
        storage.save(name, ContentFile(b"content"))
        storage.save(name, ContentFile(b"content"))

        class Breaks(ContentFile):
            def chunks(self, chunk_size=None):
                yield b"half"
                raise OSError("disk full")

        with pytest.raises(OSError):
            storage.save(files.place("cd" * 32), Breaks(b"x"))
        assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["ab" * 32]
        assert (tmp_path / name).read_bytes() == b"content"
