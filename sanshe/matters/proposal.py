"""A proposal for triage, from the words of the criteria: shown with its evidence, never applied by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from .models import Criterion


@dataclass(frozen=True)
class Proposal:
    """One criterion that fits, and the words of the text that speak for it."""

    criterion: Criterion
    words: tuple[str, ...]
    weight: float = 0.0

    @property
    def evidence(self) -> str:
        """The words, as they are shown."""
        return "、".join(f"「{word}」" for word in self.words)

    def as_data(self) -> dict[str, Any]:
        """For the log of triage: codes and the criteria's own words, nothing of the text."""
        return {"code": self.criterion.code, "route": str(self.criterion.route), "words": list(self.words)}


def criteria_in_force(on: date) -> QuerySet[Criterion]:
    """The criteria of the version that is in force on a day, in their order."""
    return (
        Criterion.objects.select_related("set")
        .filter(Q(set__valid_to__isnull=True) | Q(set__valid_to__gt=on), set__valid_from__lte=on)
        .order_by("-set__valid_from", "code")
    )


def is_in_force(criterion: Criterion, on: date) -> bool:
    """Whether the version of a criterion (read with its `set`) is in force on a day."""
    begins, ends = criterion.set.valid_from, criterion.set.valid_to
    return begins is not None and begins <= on and (ends is None or ends > on)


def propose(text: str, on: date, most: int = 3, criteria: Iterable[Criterion] | None = None) -> list[Proposal]:
    """The criteria whose words occur in the text, best first.

    More characters of found words count more; danger (urgent criteria) goes before the rest when it has any. Found
    words that lie inside another found word are not counted twice. `criteria`: those in force on the day, when the
    caller has them already.
    """
    found: list[Proposal] = []
    for criterion in criteria_in_force(on) if criteria is None else criteria:
        words = [word for word in criterion.covers if word and word in text]
        words = [word for word in words if not any(word != other and word in other for other in words)]
        if words:
            weight = sum(len(word) for word in words) + len(words) + (DANGER if criterion.urgent else 0)
            found.append(Proposal(criterion, tuple(words), weight))
    found.sort(key=lambda one: (-one.weight, one.criterion.code))
    return found[:most]


def urgent_in(text: str, on: date) -> Proposal | None:
    """The urgent criterion whose words stand in the text, if there is one: it rings before anybody has triaged."""
    found = propose(text, on, 1, criteria_in_force(on).filter(urgent=True))
    return found[0] if found else None


#: What danger adds to the weight of a criterion.
DANGER = 4
#: What stands against the first criterion even when no other has a word in the text: a word alone may mislead.
DOUBT = 2.0


def sure_of(proposals: Sequence[Proposal]) -> float:
    """How sure the words make the first proposal, between 0 and 1: its weight beside the next one's, and a doubt."""
    if not proposals:
        return 0.0
    first = proposals[0].weight
    second = proposals[1].weight if len(proposals) > 1 else 0.0
    return first / (first + second + DOUBT)
