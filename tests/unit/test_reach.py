"""The nearest facility is found without measuring every pair, and is the one that measuring every pair would find."""

import random

import pytest

from sanshe.facilities.geometry import metres
from sanshe.facilities.reach import _nearest


@pytest.mark.parametrize("many", [0, 1, 2, 60, 400])
def test_the_nearest_is_the_nearest_of_all(many):
    draw = random.Random(many)

    def somewhere():
        return 29.4 + draw.random() * 0.4, 106.4 + draw.random() * 0.4

    near = sorted(((somewhere(), pk, None) for pk in range(many)), key=lambda found: found[:2])
    latitudes = [at[0] for at, _, _ in near]
    for _ in range(60):
        at = somewhere()
        every = min(((metres(at, there), pk) for there, pk, _ in near), default=None)
        found = _nearest(at, near, latitudes)
        assert (found[:2] if found else None) == every
