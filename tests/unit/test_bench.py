"""What the measuring stands on: the second factor, the small client, the form of the figures."""

from __future__ import annotations

import socket
import threading

import pytest

from bench import pages
from bench.client import Line, load
from bench.place import show


def test_the_second_factor_is_that_of_the_standard(monkeypatch):
    """RFC 6238, appendix B, SHA-1, the last six of the eight digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for moment, expected in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        monkeypatch.setattr(pages.time, "time", lambda moment=moment: moment)
        assert pages.code(secret) == expected


@pytest.mark.parametrize(("value", "said"), [(0.5432, "0.543"), (12.345, "12.3"), (1234.5, "1234"), (7, "7")])
def test_figures_have_three_digits(capsys, value, said):
    show("x", value)
    assert capsys.readouterr().out == f"x {said}\n"


@pytest.fixture
def server():
    """Answers every request on a line with what it heard, closes after the third, sets a cookie."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        with connection:
            for _ in range(3):
                heard = connection.recv(65536)
                if not heard:
                    return
                head = f"HTTP/1.1 200 OK\r\nSet-Cookie:  a=b; Path=/\r\nContent-Length: {len(heard)}\r\n\r\n"
                connection.sendall(head.encode())
                connection.sendall(heard)

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listening.getsockname()[1]
    listening.close()


def test_a_line_keeps_cookies_and_survives_a_closed_connection(server):
    line = Line(server)
    bodies = [line.ask("GET", f"/{nr}").body.decode() for nr in range(5)]
    assert [body.split(" ")[1] for body in bodies] == ["/0", "/1", "/2", "/3", "/4"]
    assert "Cookie" not in bodies[0] and "Cookie: a=b" in bodies[1]
    assert "csrfmiddlewaretoken=&text=%E7%81%AF" in line.post("/f", text="灯").body.decode()
    line.close()


def test_wrong_answers_do_not_count(server):
    lines = [Line(server), Line(server)]
    assert load(lines, lambda: ("GET", "/", b""), 0.2, (200,)).rate > 10
    found = load(lines, lambda: ("GET", "/", b""), 0.1, (302,))
    assert found.rate == 0 and found.wrong > 0
