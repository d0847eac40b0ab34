"""Fifty front desks that file at once: what was answered stands in the table and in the audit, and how fast it went.

Each desk is a person of its own, signed in with password and second factor, on a line of its own, and files by the
real form of the window; one desk alone is measured first, on the same server.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bench.client import Line
from bench.pages import PORT, sign_in
from bench.place import Place, show, tell

DESKS = 50
TEXT = "楼下路灯不亮已经一周，晚上老人和孩子出门不方便，请派人来看一看。"


def _counts(place: Place) -> dict[str, int]:
    """Matters that desks filed, and the entries of their beginning in the audit."""
    found: dict[str, int] = json.loads(place.inside("desk_counts"))
    return found


@dataclass
class Filed:
    """What a stretch of filing gave."""

    count: int
    wrong: int
    seconds: float
    p95: float

    @property
    def rate(self) -> float:
        """Filed a second."""
        return self.count / self.seconds


class Desk:
    """One signed-in desk on a line of its own."""

    def __init__(self, port: int, person: dict[str, Any]) -> None:
        self.line = Line(port, sign_in(port, person))
        self.form = urlencode({
            "csrfmiddlewaretoken": self.line.cookies.get("csrftoken", ""), "kind": "matter", "channel": "phone",
            "text": TEXT, "area": str(person["area"]), "place_text": "", "contact_name": "王女士",
            "contact_phone": "13800000001", "caller": "", "looked": "", "file": "1", "wants_reply": "on",
        })  # fmt: skip

    def file_until(self, end: float, times: list[float], wrong: list[int]) -> None:
        """File one after the other; each form has its own key, so that one sent again is one matter."""
        while (start := time.perf_counter()) < end:
            body = f"{self.form}&form_key={uuid.uuid4().hex}".encode()
            if self.line.ask("POST", "/matters/desk/", body).status == 302:
                times.append(time.perf_counter() - start)
            else:
                wrong.append(1)


def at_once(desks: list[Desk], seconds: float) -> Filed:
    """All of them file for so long."""
    times: list[float] = []
    wrong: list[int] = []
    begin = time.perf_counter()
    threads = [threading.Thread(target=desk.file_until, args=(begin + seconds, times, wrong)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, ordered = time.perf_counter() - begin, sorted(times)
    p95 = ordered[int(len(ordered) * 0.95)] * 1000 if ordered else float("inf")
    return Filed(len(times), len(wrong), took, p95)


def measure(place: Place, seconds: float) -> None:
    """One desk alone, then all of them at once; then count what stands there."""
    people = json.loads(place.inside("desk_seats", str(DESKS)))
    with place.web(PORT) as port:
        desks = [Desk(port, person) for person in people]
        show("desks", len(desks))
        at_once(desks[:1], 2.0)
        before = _counts(place)
        tell("正在测量：一个窗口登记")
        one = at_once(desks[:1], min(seconds, 10.0))
        tell(f"正在测量：{len(desks)} 个窗口同时登记 {seconds:.0f} 秒")
        everybody = at_once(desks, seconds)
        after = _counts(place)
    show("desks_filed", one.count + everybody.count)
    show("desks_stored", after["stored"] - before["stored"])
    show("desks_audited", after["audited"] - before["audited"])
    show("desks_wrong_answers", one.wrong + everybody.wrong)
    show("desk_one_per_second", one.rate)
    show("desks_per_second", everybody.rate)
    show("desks_ratio", everybody.rate / one.rate)
    show("desk_one_p95_ms", one.p95)
    show("desks_p95_ms", everybody.p95)
