"""The ranking of bids: exact sums, inside the weights, the same whatever the order they come in."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshe.purchase.ranking import Offered, Rule, half_up, rank, yuan

RULES = [Rule(1, "方案", 50, False), Rule(2, "团队", 30, False), Rule(3, "报价", 20, True)]


@st.composite
def bids(draw):
    experts = draw(st.integers(1, 7))
    out = []
    for nr in range(draw(st.integers(1, 6))):
        points = {
            rule.id: draw(st.lists(st.integers(0, rule.weight * 100), min_size=experts, max_size=experts))
            for rule in RULES[:2]
        }
        out.append(Offered(nr + 1, f"单位{nr + 1}", draw(st.integers(1, 10**11)), points))
    return out


@given(bids())
def test_totals_stay_inside_the_weights_and_are_the_sum_of_their_lines(offered):
    for row in rank(RULES, offered):
        assert 0 <= row["total"] <= 10_000
        assert row["total"] == sum(line["points"] for line in row["lines"])
        assert all(0 <= line["points"] <= line["weight"] * 100 for line in row["lines"])


@given(bids())
def test_best_first_then_the_cheaper_then_the_earlier(offered):
    rows = rank(RULES, offered)
    keys = [(-r["total"], r["price"], r["bid"]) for r in rows]
    assert keys == sorted(keys) and [r["place"] for r in rows] == list(range(1, len(rows) + 1))


@given(bids(), st.randoms())
def test_the_order_they_come_in_does_not_matter(offered, random):
    shuffled = offered[:]
    random.shuffle(shuffled)
    assert rank(RULES, shuffled) == rank(RULES, offered)


@given(bids())
def test_the_lowest_price_has_all_its_points(offered):
    lowest = min(b.price for b in offered)
    for row in rank(RULES, offered):
        assert (row["lines"][2]["points"] == 2000) or row["price"] > lowest


@given(st.integers(0, 10**14), st.integers(1, 10**12))
def test_half_up_is_the_nearest_and_never_downward_at_the_middle(numerator, denominator):
    exact = Fraction(numerator, denominator)
    assert Fraction(-1, 2) < half_up(numerator, denominator) - exact <= Fraction(1, 2)


def test_a_bid_without_points_is_not_ranked():
    with pytest.raises(ValueError):
        rank(RULES, [Offered(1, "甲", 100, {1: [5000]})])


@pytest.mark.parametrize(
    "fen, said", [(12_500_050, "125,000.5"), (125_000_075, "1,250,000.75"), (100, "1"), (1, "0.01")]
)
def test_money_keeps_every_figure(fen, said):
    assert yuan(fen) == said
