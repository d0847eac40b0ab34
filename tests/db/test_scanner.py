"""Files wait for the scanner; what it holds stays shut; while it is down nothing is lost and nothing is opened."""

from __future__ import annotations

import io
import socket
import struct
import threading
import zipfile
from contextlib import contextmanager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sanshe.kernel import files, scanner
from sanshe.kernel.errors import Invalid, NotAllowed, WrongState
from sanshe.kernel.files import EICAR, FileState, StoredFile

BAD = b"this part stands for something harmful"


def _read(line: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        more = line.recv(size - len(got))
        if not more:
            raise ConnectionError
        got += more
    return got


def _serve(door: socket.socket) -> None:
    """clamd's side of INSTREAM, as its manual has it."""
    while True:
        try:
            line, _ = door.accept()
        except OSError:
            return
        with line:
            assert _read(line, 10) == b"zINSTREAM\0"
            got = b""
            while size := struct.unpack("!L", _read(line, 4))[0]:
                got += _read(line, size)
            if b"too large" in got:
                line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
            else:
                line.sendall(b"stream: Test.Thing FOUND\0" if BAD in got else b"stream: OK\0")


@contextmanager
def clamd(settings, path=None):
    door = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
    door.bind(str(path) if path else ("127.0.0.1", 0))
    door.listen()
    settings.SANSHE_CLAMD = f"unix:{path}" if path else f"tcp://127.0.0.1:{door.getsockname()[1]}"
    threading.Thread(target=_serve, args=[door], daemon=True).start()
    try:
        yield
    finally:
        # An accept that waits is woken by a connection, not by the closing.
        door.shutdown(socket.SHUT_RDWR)
        door.close()


def document(inside: bytes = b"x", name: str = "说明.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7\n" + inside + b"\n%%EOF\n")


def test_without_a_scanner_a_file_opens_at_once():
    assert files.response(files.store_document(document())).status_code == 200


@pytest.mark.parametrize("by_socket", [False, True], ids=["tcp", "unix"])
def test_a_file_is_shut_until_the_scanner_has_passed_it(settings, now, tmp_path, by_socket):
    with clamd(settings, tmp_path / "clamd.ctl" if by_socket else None):
        good, bad = files.store_document(document(b"y" * 200_000)), files.store_document(document(BAD))
        assert good.state == FileState.PENDING
        with pytest.raises(WrongState, match="安全检查"):
            files.response(good)
        assert files.scan_pending(now) == (1, 1)
    good.refresh_from_db(), bad.refresh_from_db()
    assert files.response(good).status_code == 200
    assert (bad.state, bad.finding, bad.scanned_at) == (FileState.HELD, "Test.Thing", now)
    with pytest.raises(NotAllowed, match="扣留"):
        files.response(bad)


def test_a_scanner_that_is_down_or_refuses_passes_nothing_and_loses_nothing(settings, now):
    settings.SANSHE_CLAMD = "tcp://127.0.0.1:1"
    kept = files.store_document(document())
    with pytest.raises(scanner.ScannerDown):
        files.scan_pending(now)
    assert StoredFile.objects.get().state == FileState.PENDING
    with clamd(settings):
        other = files.store_document(document(b"too large"))
        with pytest.raises(scanner.ScannerDown):
            files.scan_pending(now)
        kept.refresh_from_db(), other.refresh_from_db()
        assert (kept.state, other.state) == (FileState.CLEAN, FileState.PENDING)


def _office(inside: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("[Content_Types].xml", "x")
        box.writestr("word/document.xml", "x")
        box.writestr("word/embedded.bin", inside)
    return out.getvalue()


@pytest.mark.parametrize("held_by", ["", "tcp://127.0.0.1:1"])
@pytest.mark.parametrize("content", [EICAR, b"%PDF-1.7\n" + EICAR + b"\n%%EOF\n", _office(EICAR)])
def test_the_eicar_string_is_always_refused(settings, content, held_by):
    settings.SANSHE_CLAMD = held_by
    for store in (files.store_document, files.store_photo):
        with pytest.raises(Invalid) as refused:
            store(SimpleUploadedFile("a.docx", content))
        assert "有害" in refused.value.sentence or store is files.store_photo
    assert not StoredFile.objects.exists()
