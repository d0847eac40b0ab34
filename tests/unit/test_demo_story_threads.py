"""The demo story's threads: quorums, budgets, scores, ranks, contracts and their days must add up."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

import pytest

from tests.demo_story import (
    COMMUNITIES,
    FULL,
    ORGANISATIONS,
    PEOPLE,
    SCORED,
    STREETS,
    THREADS,
    TODAY,
    every_text,
    sentences,
)


def half_up(value: Decimal, step: str) -> Decimal:
    return value.quantize(Decimal(step), ROUND_HALF_UP)


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
    for before, after in pairwise(contracts):
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
