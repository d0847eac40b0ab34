"""What the lists of duties say about a task, by words, with the words as the reason. Nothing here asks or writes.

A task whose strongest item stands on the exclusion list is refused; wording that also touches an excluded item, or an
item that only the asker names, goes to those who admit. So that nobody passes by naming a fitting item by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..lists.words import DutyKind
from ..models import DutyItem
from .words import OrderState, Verdict


@dataclass(frozen=True)
class Match:
    """An item of the lists that fits, and the words of the task that speak for it."""

    item: DutyItem
    words: tuple[str, ...]

    @property
    def weight(self) -> int:
        """More characters of found words count more, as with the criteria of triage."""
        return sum(len(word) for word in self.words) + len(self.words)


@dataclass(frozen=True)
class Judgement:
    """What follows: the verdict, the item cited (if any) with its words, and the state in which the task begins."""

    verdict: Verdict
    state: OrderState
    item: DutyItem | None = None
    words: tuple[str, ...] = ()
    by_hand: bool = False


def matches(text: str, items: Sequence[DutyItem]) -> list[Match]:
    """The items whose words stand in the text, the strongest first; between equals the exclusion list goes first."""
    found = []
    for item in items:
        words = [word for word in item.covers if word and word in text]
        words = [word for word in words if not any(word != other and word in other for other in words)]
        if words:
            found.append(Match(item, tuple(words)))
    found.sort(key=lambda one: (-one.weight, one.item.kind != DutyKind.EXCLUDED, one.item.code))
    return found


def judge(text: str, items: Sequence[DutyItem], chosen: DutyItem | None = None) -> Judgement:
    """Check a task against the lists. `chosen`: the item that the asker names as its ground."""
    found = matches(text, items)
    best = found[0] if found else None
    if best is not None and best.item.kind == DutyKind.EXCLUDED:
        return Judgement(Verdict.EXCLUDED, OrderState.REFUSED, best.item, best.words)
    touched = next((one for one in found if one.item.kind == DutyKind.EXCLUDED), None)
    named = next((one for one in found if chosen is not None and one.item.pk == chosen.pk), None)
    if chosen is not None and named is None:
        return Judgement(Verdict.NONE, OrderState.WAITING, chosen, (), by_hand=True)
    one = named or best
    if one is None:
        return Judgement(Verdict.NONE, OrderState.WAITING)
    if touched is not None:
        return Judgement(Verdict.NONE, OrderState.WAITING, one.item, (*one.words, *touched.words))
    if one.item.kind == DutyKind.OWN:
        return Judgement(Verdict.OWN, OrderState.OWN, one.item, one.words)
    return Judgement(Verdict.ASSIST, OrderState.OUT, one.item, one.words)
