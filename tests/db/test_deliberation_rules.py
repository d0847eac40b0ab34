"""Quorum and majority worked out by hand; forms by scope; every figure with its source."""

from __future__ import annotations

from datetime import date

import pytest

from sanshe.deliberation import rules
from sanshe.kernel import params

DAY = date(2026, 6, 10)


@pytest.mark.parametrize(
    ("expected", "present", "reached"),
    [
        (41, 19, False),  # the half of 41 is 20.5
        (41, 20, False),
        (41, 21, True),
        (40, 20, False),  # exactly half is not more than half
        (40, 21, True),
        (1, 1, True),
        (2, 1, False),
        (0, 0, False),  # nobody was called
    ],
)
def test_quorum_is_more_than_half_of_those_called(expected: int, present: int, reached: bool) -> None:
    assert rules.quorum_of(expected, present, "council", DAY).reached is reached


def test_quorum_says_the_figures() -> None:
    found = rules.quorum_of(41, 19, "council", DAY)
    assert found.sentence == "应到 41 人，实到 19 人，未过半数，不能形成决议。"
    assert "居民委员会组织法" in found.source


@pytest.mark.parametrize(
    ("present", "yes", "no", "abstain", "reached"),
    [
        (21, 11, 10, 0, True),
        (21, 10, 8, 3, False),  # more than the noes, but not more than half of those present
        (20, 10, 10, 0, False),
        (20, 11, 0, 9, True),
        (3, 2, 0, 1, True),
    ],
)
def test_majority_is_more_than_half_of_those_present(
    present: int, yes: int, no: int, abstain: int, reached: bool
) -> None:
    assert rules.majority_of(present, yes, no, abstain, "owners", DAY).reached is reached


def test_forms_by_scope() -> None:
    assert [f.label for f in rules.forms_allowed("community", DAY)] == ["居民议事会", "业主协商", "民主评议"]
    assert "居民小组会" in [f.label for f in rules.forms_allowed("group", DAY)]
    assert "居民小组会" not in [f.label for f in rules.forms_allowed("some", DAY)]
    assert "二(四)1" in rules.forms_said("group", DAY)


def test_every_form_has_its_figures() -> None:
    for name in ("deliberation.quorum_percent", "deliberation.majority_percent"):
        found = params.get(name, on=DAY)
        assert set(found.value) == {str(f.label) for f in rules.Form}
        assert found.source
