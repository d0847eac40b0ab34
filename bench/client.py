"""A client as small as one can be: what it costs is taken from the same two cores that serve.

Sockets that stay open, requests made up beforehand, answers read by their length.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

HOST = "127.0.0.1"
Request = tuple[str, str, bytes]  # method, path, body


@dataclass
class Answer:
    """Status, headers and body of one answer."""

    status: int
    headers: dict[str, list[str]]
    body: bytes

    @property
    def location(self) -> str:
        return self.headers.get("location", [""])[0]


class Line:
    """One open connection with the cookies of one person."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self.port, self.cookies = port, dict(cookies or {})
        self._socket: socket.socket | None = None
        self._rest = b""

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._rest = None, b""

    def ask(self, method: str, path: str, body: bytes = b"") -> Answer:
        """One request, again on a fresh connection when the server closed the old one meanwhile."""
        for again in (True, False):
            try:
                return self._ask(method, path, body)
            except OSError:
                self.close()
                if not again:
                    raise
        raise AssertionError

    def _ask(self, method: str, path: str, body: bytes) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection((HOST, self.port), timeout=60)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = f"{method} {path} HTTP/1.1\r\nHost: {HOST}:{self.port}\r\n"
        head += f"Cookie: {cookies}\r\n" if cookies else ""
        if method == "POST":
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        self._socket.sendall(f"{head}\r\n".encode() + body)
        return self._read()

    def _more(self) -> None:
        assert self._socket is not None
        data = self._socket.recv(262144)
        if not data:
            raise ConnectionResetError("closed")
        self._rest += data

    def _read(self) -> Answer:
        while b"\r\n\r\n" not in self._rest:
            self._more()
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers: dict[str, list[str]] = {}
        for line in lines:
            name, _, value = line.partition(": ")
            headers.setdefault(name.lower(), []).append(value)
        length = int(headers.get("content-length", ["0"])[0])
        while len(self._rest) < length:
            self._more()
        body, self._rest = self._rest[:length], self._rest[length:]
        for cookie in headers.get("set-cookie", ()):
            name, _, value = cookie.split(";")[0].strip().partition("=")
            self.cookies[name] = value
        return Answer(int(first.split(" ")[1]), headers, body)

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form with the token against forgery that came as a cookie."""
        given = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **fields}
        return self.ask("POST", path, urlencode(given).encode())


def hidden(body: bytes, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', body.decode())
    return found.group(1) if found else ""


@dataclass
class Load:
    """What a stretch of load gave: answers a second, and how long the slowest twentieth took at least (ms)."""

    rate: float
    p95: float
    wrong: int = 0
    times: list[float] = field(default_factory=list)


def load(lines: list[Line], make: Callable[[], Request], seconds: float, good: tuple[int, ...]) -> Load:
    """Keep every line busy for `seconds`; an answer with another status is wrong and counts as none."""
    times: list[list[float]] = [[] for _ in lines]
    wrong = [0] * len(lines)
    begin = time.perf_counter()
    end = begin + seconds

    def work(nr: int) -> None:
        line, mine = lines[nr], times[nr]
        while (start := time.perf_counter()) < end:
            answer = line.ask(*make())
            if answer.status in good:
                mine.append(time.perf_counter() - start)
            else:
                wrong[nr] += 1

    threads = [threading.Thread(target=work, args=(nr,)) for nr in range(len(lines))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begin
    found = sorted(t for mine in times for t in mine)
    p95 = found[int(len(found) * 0.95)] * 1000 if found else float("inf")
    return Load(len(found) / took, p95, sum(wrong))
