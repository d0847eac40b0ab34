"""What the tests of exchange share: the cast of matters, a connected system, a signed message."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from django.test import Client

from sanshe.exchange import actions
from sanshe.exchange.models import Source
from sanshe.exchange.signing import sign
from sanshe.kernel import clock
from tests.matters_cast import Cast


def source(cast: Cast, now: datetime, kind: str = "mass", name: str = "群工系统", **more: Any) -> tuple[Source, str]:
    """A connected system and its key."""
    given = {"code": f"{kind}-{len(name)}", "area_id": cast.areas["home"].pk, **more}
    return actions.make_source(name=name, kind=kind, by=cast.viewer("system_admin"), now=now, **given)


def knock(code: str, key: str, message: Any, at: datetime | None = None, kind: str = "sm3", **headers: str) -> Any:
    """Send a signed message."""
    body = message if isinstance(message, bytes) else json.dumps(message, ensure_ascii=False).encode()
    moment = int((at or clock.now()).timestamp())
    signed = {"HTTP_X_SANSHE_TIME": str(moment), "HTTP_X_SANSHE_SIGN": sign(key, moment, body, kind), **headers}
    return Client().post(f"/api/in/{code}/", body, content_type="application/json", **signed)


def token(cast: Cast, now: datetime, who: str, scope: str = "write") -> dict[str, str]:
    """The header of a token of that person."""
    _, secret = actions.make_token(name="测试程序", scope=scope, days=30, by=cast.viewer(who), now=now)
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


@contextmanager
def their_system(status: list[int], said: list[bytes] | None = None) -> Iterator[tuple[str, list[Any]]]:
    """The other system: answers with the statuses given, and with what it says, in turn, the last for ever."""
    got: list[Any] = []
    said = said or [b""]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.headers, body))
            code = status.pop(0) if len(status) > 1 else status[0]
            self.send_response(code)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()
            if 200 <= code < 300:
                self.wfile.write(said.pop(0) if len(said) > 1 else said[0])

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/answers", got
    finally:
        server.shutdown()
        server.server_close()
