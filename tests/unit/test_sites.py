"""Distances, reach and proposed sites. Optima are worked out by hand."""

from __future__ import annotations

import math

import pytest

from sanshe.facilities.geometry import clean_border, metres, spread, tiles_origin
from sanshe.facilities.sites import Point, Site, propose
from sanshe.kernel.errors import Invalid

#: One metre of latitude, in degrees.
M = 1 / (6_371_008.8 * math.pi / 180)


def at(x: float, y: float = 0) -> tuple[float, float]:
    """A position so many metres north of the equator's zero, and east of it."""
    return (x * M, y * M)


def points(**weights: tuple[float, int]) -> list[Point]:
    return [Point(i, name, at(x), w) for i, (name, (x, w)) in enumerate(weights.items())]


def test_a_degree_of_latitude_is_111_195_metres():
    assert metres((29.0, 106.5), (30.0, 106.5)) == pytest.approx(111_195, abs=1)
    assert metres((29.6, 106.5), (29.6, 106.5)) == 0


def test_spread_is_mean_and_most():
    assert spread([at(0), at(100), at(400)]) == (round((100 + 300 + 400) / 3), 400)
    assert spread([at(0)]) is None


def test_greedy_is_wrong_and_the_answer_is_not():
    """Four estates in a row; the middle site reaches the most at once, but then three are needed: two do without it."""
    homes = points(a=(0, 40), b=(100, 60), c=(200, 60), d=(300, 40))
    sites = [Site(1, "middle", at(150)), Site(2, "left", at(50)), Site(3, "right", at(250))]
    # reach 60: middle {b, c} 120, left {a, b} 100, right {c, d} 100. Greedy takes the middle first.
    found = propose(homes, sites, 60)
    assert [(r.k, r.covered, r.proven) for r in found.rounds] == [(1, 120, True), (2, 200, True)]
    assert set(found.rounds[0].keys) == {1} and set(found.rounds[1].keys) == {2, 3}
    assert found.greedy == 160 and not found.out_of_time
    assert {(c.key, c.reaches, c.alone) for c in found.chosen} == {(2, 100, 100), (3, 100, 100)}
    assert found.left == []


def test_the_asked_share_takes_fewer_sites():
    homes = points(a=(0, 40), b=(100, 60), c=(200, 60), d=(300, 40))
    sites = [Site(1, "middle", at(150)), Site(2, "left", at(50)), Site(3, "right", at(250))]
    found = propose(homes, sites, 60, share=60)
    assert (found.k, found.aim, found.rounds[-1].covered) == (1, 120, 120)
    assert [row["name"] for row in found.left] == ["a", "d"]


def test_what_stands_counts_and_what_no_candidate_reaches_is_told():
    homes = [Point(1, "near", at(0), 10, covered=True), Point(2, "new", at(1000), 5), Point(3, "far", at(9000), 7)]
    found = propose(homes, [Site(1, "s", at(1010)), Site(2, "useless", at(5000))], 100)
    assert (found.total, found.today, found.reachable, found.k) == (22, 10, 15, 1)
    assert [c.key for c in found.chosen] == [1]
    assert [(row["key"], row["nearest"]) for row in found.left] == [(3, 4000)]


def test_nothing_to_do_proposes_nothing():
    assert propose([], [], 100).k == 0
    assert propose([Point(1, "p", at(0), 3, covered=True)], [Site(1, "s", at(0))], 100).k == 0
    assert propose([Point(1, "p", at(0), 3)], [Site(1, "s", at(500))], 100).k == 0
    assert propose([Point(1, "p", at(0), 0)], [Site(1, "s", at(0))], 100).k == 0


def test_without_time_the_best_of_greedy_is_given_and_marked():
    homes = points(a=(0, 40), b=(100, 60), c=(200, 60), d=(300, 40))
    sites = [Site(1, "middle", at(150)), Site(2, "left", at(50)), Site(3, "right", at(250))]
    found = propose(homes, sites, 60, seconds=0)
    assert found.out_of_time and found.k == 3 and found.rounds[-1].covered == 200 and not found.rounds[-1].proven


def test_a_larger_one_is_as_good_as_every_choice_tried():
    """Twelve sites, thirty homes: the best pairs and triples by trying all."""
    from itertools import combinations
    from random import Random

    draw = Random(7)
    homes = [Point(i, str(i), at(draw.uniform(0, 3000), draw.uniform(0, 3000)), draw.randint(1, 90)) for i in range(30)]
    sites = [Site(i, str(i), at(draw.uniform(0, 3000), draw.uniform(0, 3000))) for i in range(12)]
    found = propose(homes, sites, 577)
    for one in found.rounds[:3]:
        best = max(
            sum(h.weight for h in homes if any(metres(s.at, h.at) <= 577 for s in pick))
            for pick in combinations(sites, one.k)
        )
        assert (one.covered, one.proven) == (best, True)
    assert found.rounds[-1].covered == found.reachable


def test_borders_are_checked():
    ring = [[106.5, 29.6], [106.6, 29.6], [106.6, 29.7], [106.5, 29.6]]
    assert (
        clean_border({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}})["type"] == "Polygon"
    )
    for wrong in ("nonsense", {"type": "Point", "coordinates": [1, 2]}, {"type": "Polygon", "coordinates": [ring[:3]]},
                  {"type": "Polygon", "coordinates": [[[206.5, 29.6], *ring[1:3], [206.5, 29.6]]]}):  # fmt: skip
        with pytest.raises(Invalid):
            clean_border(wrong)


def test_the_origin_of_tiles():
    assert tiles_origin("https://{s}.tiles.example/{z}/{x}/{y}.png") == "https://*.tiles.example"
    assert tiles_origin("/tiles/{z}/{x}/{y}.png") == ""
