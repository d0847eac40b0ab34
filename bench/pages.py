"""Requests a second of the pages that are open all day, each beside its bare reference, in turns."""

from __future__ import annotations

import base64
import hmac
import itertools
import json
import statistics
import struct
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from bench.client import Line, Load, Request, load
from bench.place import Place, show, tell

LINES = 4  # open connections: two for each worker process keep both cores busy
ROUNDS = 3
SECONDS = 3.0
PORT = 8791


def code(secret: str) -> str:
    """The second factor of this moment (RFC 6238, 30 s, six digits)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def sign_in(port: int, person: dict[str, Any]) -> dict[str, str]:
    """Sign in as everybody does, with password and second factor; return the cookies."""
    line = Line(port)
    line.ask("GET", "/accounts/login/")
    answer = line.post("/accounts/login/", login=person["username"], password=person["password"])
    if person["secret"] and answer.status == 302 and "2fa" in answer.location:
        line.ask("GET", answer.location)
        answer = line.post(answer.location, code=code(person["secret"]))
    line.close()
    if answer.status != 302 or "sessionid" not in line.cookies:
        raise RuntimeError(f"{person['username']} could not sign in: {answer.status} {answer.location}")
    return line.cookies


class Bench:
    """Measures pages of one server, signed in once as each person."""

    def __init__(self, port: int, seats: dict[str, Any]) -> None:
        self.port, self.seats = port, seats
        self._cookies: dict[str, dict[str, str]] = {}

    def cookies(self, who: str) -> dict[str, str]:
        """The cookies of a person, "" for the public."""
        if who and who not in self._cookies:
            self._cookies[who] = sign_in(self.port, self.seats["people"][who])
        return self._cookies.get(who, {})

    def pair(
        self, name: str, who: str, real: Callable[[], Request], bare: Callable[[int], Request], good: int = 200
    ) -> float:
        """Measure a page and its reference in turns, print both and their ratio; return the ratio."""
        lines = [Line(self.port, self.cookies(who)) for _ in range(LINES)]
        sizes = []
        for _ in range(8):
            answer = lines[0].ask(*real())
            if answer.status != good:
                raise RuntimeError(f"{name}: {answer.status} {answer.location}")
            sizes.append(len(answer.body))
        size = int(statistics.mean(sizes))
        request = bare(size)
        answer = lines[0].ask(*request)
        if answer.status != good or (good == 200 and abs(len(answer.body) - size) > 1):
            raise RuntimeError(f"reference of {name}: {answer.status}, {len(answer.body)} bytes for {size}")
        load(lines, real, SECONDS / 2, (good,))
        load(lines, lambda: request, SECONDS / 2, (good,))
        measured: list[tuple[Load, Load]] = []
        for _ in range(ROUNDS):
            measured.append((load(lines, real, SECONDS, (good,)), load(lines, lambda: request, SECONDS, (good,))))
        for line in lines:
            line.close()
        rate = statistics.median(a.rate for a, _ in measured)
        reference = statistics.median(b.rate for _, b in measured)
        # The ratio of each round, then the middle: what else the machine does in a round hits both sides.
        ratio = statistics.median(a.rate / b.rate for a, b in measured)
        show(f"{name}_rps", rate)
        show(f"{name}_reference_rps", reference)
        show(f"{name}_ratio", ratio)
        show(f"{name}_p95_ms", statistics.median(a.p95 for a, _ in measured))
        show(f"{name}_bytes", size)
        wrong = sum(a.wrong + b.wrong for a, b in measured)
        if wrong:
            show(f"{name}_wrong_answers", wrong)
        return ratio

    # -- the pages -----------------------------------------------------------------------------------------------------

    def board(self) -> None:
        """The public board, for the public."""
        self.pair("board", "", lambda: ("GET", "/matters/", b""), lambda n: ("GET", f"/bench/board/?bytes={n}", b""))

    def matter(self) -> None:
        """A matter's page: for the desk of its community, and for the public."""
        ids = itertools.cycle(self.seats["matters"])
        first = self.seats["matters"][0]
        self.pair(
            "matter", "desk", lambda: ("GET", f"/matters/{next(ids)}/", b""),
            lambda n: ("GET", f"/bench/matter/?pk={first}&bytes={n}", b""),
        )  # fmt: skip
        numbers = itertools.cycle([number for _, number in self.seats["public"]])
        self.pair(
            "public_page", "", lambda: ("GET", f"/matters/p/{next(numbers)}/", b""),
            lambda n: ("GET", f"/bench/matter/?pk={first}&bytes={n}", b""),
        )  # fmt: skip

    def list(self) -> None:
        """The list of a street officer with a filter."""
        areas = ",".join(map(str, self.seats["people"]["street"]["areas"]))
        self.pair(
            "list", "street", lambda: ("GET", "/matters/list/?state=done", b""),
            lambda n: ("GET", f"/bench/list/?state=done&areas={areas}&bytes={n}", b""),
        )  # fmt: skip

    def window(self) -> None:
        """The window's numbers of a street, community by community; the reference is one `GROUP BY`."""
        areas = ",".join(map(str, self.seats["people"]["street"]["areas"]))
        self.pair(
            "window", "street", lambda: ("GET", "/matters/figures/", b""),
            lambda n: ("GET", f"/bench/window/?areas={areas}&bytes={n}", b""),
        )  # fmt: skip

    def todo(self) -> None:
        """The to-do list of the busiest unit."""
        units = ",".join(map(str, self.seats["people"]["unit"]["units"]))
        self.pair(
            "todo", "unit", lambda: ("GET", "/workbench/", b""),
            lambda n: ("GET", f"/bench/todo/?units={units}&bytes={n}", b""),
        )  # fmt: skip

    def filing(self) -> None:
        """A resident who is signed in files a matter; the reference writes one row."""
        token = self.cookies("resident")["csrftoken"]
        given = {
            "csrfmiddlewaretoken": token, "area": str(self.seats["area"]), "place_text": self.seats["place"],
            "text": "楼下路灯不亮已经一周，晚上老人和孩子出门不方便，请派人来看一看。", "contact_name": "王女士",
            "contact_phone": "13800000001",
        }  # fmt: skip
        body = urlencode(given)
        self.pair(
            "filing", "resident",
            lambda: ("POST", "/matters/new/", f"{body}&form_key={uuid.uuid4().hex}".encode()),
            lambda n: ("POST", "/bench/filing/", body.encode()), good=302,
        )  # fmt: skip


PAGES = ("board", "matter", "list", "window", "todo", "filing")


def measure(place: Place, names: list[str]) -> None:
    """Measure the pages named, in the order of PAGES."""
    seats = json.loads(place.inside("seat"))
    with place.web(PORT) as port:
        bench = Bench(port, seats)
        for name in PAGES:
            if name in names:
                tell(f"正在测量：{name}")
                getattr(bench, name)()
