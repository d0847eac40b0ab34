"""The demo story as it lies in its files, with the words and days that its tests hold it to.

People are referred to by name, organisations by id (``o01``), communities by their short name (the official one ends
in 居民委员会); moments are naive and mean Asia/Shanghai; money is in yuan.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
STORY = ROOT / "sanshe" / "web" / "demo" / "story"
TODAY = date(2026, 11, 23)
UNITS = {
    "城管",
    "住建",
    "市政",
    "公安派出所",
    "市场监管",
    "燃气公司",
    "街道平安办",
    "物业科",
    "民政社保",
    "教育",
    "卫健",
    "消防",
    "供水",
    "交通",
}
STREETS = {"鸳鸯街道", "翠云街道", "人和街道", "天宫殿街道", "大竹林街道", "礼嘉街道", "金山街道", "康美街道"}
CHANNELS = {"desk", "phone", "web", "patrol", "meeting"}
ENDS = {
    "received",
    "handling",
    "paused",
    "done",
    "returned_then_designated",
    "overdue",
    "oversight",
    "objected",
    "rated",
    "poor_rated_fixed",
    "poor_rated_open",
    "reopened",
    "guided",
    "helped",
    "joined_deliberation",
}
GOVERNMENT_ONLY = {"handling", "paused", "returned_then_designated", "overdue", "oversight"}
STILL_OPEN = GOVERNMENT_ONLY - {"returned_then_designated"} | {"received", "objected", "joined_deliberation"}
EXPLAINED = {"paused", "returned_then_designated", "overdue", "oversight", "objected", "helped"}
EXPLAINED |= {"poor_rated_fixed", "poor_rated_open", "reopened"}
MATTER_KEYS = {
    "id",
    "community",
    "date",
    "channel",
    "reporter",
    "title",
    "text",
    "place",
    "subject",
    "route",
    "criterion",
    "triage_reason",
    "ends",
    "unit",
    "returned_from",
    "result",
    "topic",
    "note",
    "rating",
    "comment",
}
# Days off and working weekends of 2026 that matter here: the desk must have been open.
DAYS_OFF = {
    date(2026, m, d)
    for m, a, b in [(1, 1, 3), (2, 15, 23), (4, 4, 6), (5, 1, 5), (6, 19, 21), (9, 25, 27), (10, 1, 7)]
    for d in range(a, b + 1)
}
WORKING_WEEKEND = {date(2026, m, d) for m, d in [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]}


def load(name: str) -> Any:
    """One file of the story, as YAML reads it."""
    return _read(STORY / name)


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # ten times as quick


TRIAGE = _read(STORY.parents[3] / "policy" / "liangjiang-2020" / "lists" / "triage.yaml")
CRITERIA = {c["code"]: c for c in TRIAGE["items"]}
ORGANISATIONS = {o["id"]: o for o in load("organisations.yaml")["organisations"]}
PEOPLE = {p["name"]: p for p in load("people.yaml")["people"]}
ROOMS = load("rooms.yaml")
THREADS = load("threads.yaml")
MATTERS = [m for path in sorted(STORY.glob("matters_*.yaml")) for m in load(path.name)["matters"]]
COMMUNITIES = {r["community"] for r in ROOMS["rooms"] + ROOMS["without_room"]}
FULL = THREADS["threads"]
SCORED = FULL + [c for c in THREADS["calls"] if "bids" in c]
THREAD_MATTERS = [m for t in FULL + THREADS["deliberations"] for m in t["matters"]]


def is_open_day(day: date) -> bool:
    """Whether the community's desk is open on that day."""
    return day in WORKING_WEEKEND or (day.weekday() < 5 and day not in DAYS_OFF)


def sentences(text: str) -> list[str]:
    """The sentences of a Chinese text, without their full stops."""
    return [s for s in re.split(r"[。！？!?\n]", text) if s.strip("”’） ")]


def every_text(node: Any) -> list[str]:
    """Every piece of text below a node of a YAML document."""
    if isinstance(node, dict):
        return [t for v in node.values() for t in every_text(v)]
    if isinstance(node, list):
        return [t for v in node for t in every_text(v)]
    return [node] if isinstance(node, str) else []
