"""Asking a virus scanner (clamd) about a file, by its own protocol.

A client of our own, for what is needed is one command: the package for it on PyPI was last released in 2014.
`SANSHE_CLAMD`: `tcp://host:3310` or `unix:/run/clamav/clamd.ctl`; empty when there is no scanner.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from contextlib import closing

from django.conf import settings

#: Bytes a piece; clamd refuses pieces beyond its StreamMaxLength, which is the sum of all.
PIECE = 64 * 1024
SECONDS = 30.0


class ScannerDown(Exception):
    """The scanner did not answer, or not in a way that says anything: nothing may be concluded from it."""


def there() -> bool:
    """Whether this installation has a scanner."""
    return bool(getattr(settings, "SANSHE_CLAMD", ""))


def _connect() -> socket.socket:
    where = str(settings.SANSHE_CLAMD)
    try:
        if where.startswith("unix:") or where.startswith("/"):
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(SECONDS)
            try:
                line.connect(where.removeprefix("unix:").removeprefix("//"))
            except OSError:
                line.close()
                raise
            return line
        host, _, port = where.removeprefix("tcp://").rpartition(":")
        return socket.create_connection((host or "127.0.0.1", int(port)), timeout=SECONDS)
    except (OSError, ValueError) as error:
        raise ScannerDown(str(error)) from error


def scan(pieces: Iterable[bytes]) -> str:
    """What the scanner found in these bytes: the name of it, or "" for nothing. Raises ScannerDown."""
    with closing(_connect()) as line:
        try:
            line.sendall(b"zINSTREAM\0")
            for piece in pieces:
                for at in range(0, len(piece), PIECE):
                    part = piece[at : at + PIECE]
                    line.sendall(struct.pack("!L", len(part)) + part)
            line.sendall(struct.pack("!L", 0))
            answer = _answer(line)
        except OSError as error:
            raise ScannerDown(str(error)) from error
    if answer.endswith(" FOUND"):
        return answer.removeprefix("stream:").removesuffix(" FOUND").strip()[:120] or "FOUND"
    if answer.endswith(": OK"):
        return ""
    raise ScannerDown(answer[:200] or "no answer")


def _answer(line: socket.socket) -> str:
    got = b""
    while not got.endswith(b"\0") and len(got) < 4096:
        more = line.recv(1024)
        if not more:
            break
        got += more
    return got.rstrip(b"\0\n").decode("utf-8", "replace")
