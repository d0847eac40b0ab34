"""What to suggest for a text: the learned model and the words of the criteria, weighed against each other.

Nothing here writes, and nothing heavy is loaded unless a model is there and was asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from sanshe.areas.public import Area, Body, handling_units_for
from sanshe.kernel import clock, params
from sanshe.kernel.search import simplified

from ..models import Criterion, Triage
from ..proposal import Proposal, criteria_in_force, propose, sure_of
from ..words import Route

if TYPE_CHECKING:
    from .model import Answer, Model

#: Below this share of known pairs of characters a text is of another kind than what was learned from.
FAMILIAR = 0.3


@dataclass(frozen=True)
class Thought:
    """What is suggested. `certain` False: 「拿不准」, and `criterion` is only the nearest, if any."""

    certain: bool
    sure: float
    learned: bool
    criterion: Criterion | None
    words: tuple[str, ...] = ()
    subject: str = ""
    others: tuple[Proposal, ...] = ()


@dataclass
class Thinker:
    """Thinks about many texts of one day: criteria, limits and model are read once."""

    on: date
    model: Model | None = None
    criteria: dict[str, Criterion] = field(default_factory=dict)
    _units: dict[tuple[int, str], int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for criterion in criteria_in_force(self.on):
            self.criteria.setdefault(criterion.code, criterion)
        self.enough = params.get("suggest.sure", on=self.on).value / 100
        self.shortest = int(params.get("suggest.shortest", on=self.on).value)
        self.subjects = params.get("suggest.subject_words", on=self.on).value

    @property
    def version(self) -> str:
        """Which model, or which criteria, the thoughts come from."""
        if self.model is not None:
            return str(self.model.about.get("version", ""))
        return next((f"标准 {c.set.version}" for c in self.criteria.values()), "")

    def think(self, texts: Sequence[str]) -> list[Thought]:
        """A thought for each text; one in traditional characters is read like any other, its words stand as written."""
        read = [simplified(text) for text in texts]
        answers: list[Answer | None] = [None] * len(read)
        if self.model is not None and read:
            answers = [self._trusted(text, a) for text, a in zip(read, self.model.answer(read), strict=True)]
        thoughts = [self._weigh(text, answer) for text, answer in zip(read, answers, strict=True)]
        return [
            thought if plain == text else _as_written(thought, plain, text)
            for thought, plain, text in zip(thoughts, read, texts, strict=True)
        ]

    def _trusted(self, text: str, answer: Answer) -> Answer | None:
        """The answer, when the text is of a kind that was learned from and the criterion is still in force."""
        assert self.model is not None
        return answer if answer.label in self.criteria and self.model.familiar(text) >= FAMILIAR else None

    def _weigh(self, text: str, answer: Answer | None) -> Thought:
        proposals = propose(text, self.on, 4, self.criteria.values())
        by_words = sure_of(proposals)
        first = proposals[0] if proposals else None
        short = len(text.strip()) < self.shortest
        danger = next((p for p in proposals if p.criterion.urgent), None)
        nothing = Thought(False, 0.0, False, None, others=tuple(proposals[:3]))
        if answer is not None and answer.sure >= self.enough and not short:
            criterion = self.criteria[answer.label]
            if danger is None or criterion.urgent:
                return self._thought(True, answer.sure, True, criterion, answer.words, proposals, text)
            return self._thought(False, answer.sure, True, criterion, answer.words, proposals, text)
        if first is None or short:
            if answer is None or short:
                return nothing
            criterion = self.criteria[answer.label]
            return self._thought(False, answer.sure, True, criterion, answer.words, proposals, text)
        unknown = self.model is not None and first.criterion.code not in self.model.labels
        agreed = answer is None or unknown or answer.label == first.criterion.code
        certain = by_words >= self.enough and agreed
        return self._thought(certain, by_words, False, first.criterion, first.words, proposals, text)

    def _thought(
        self, certain: bool, sure: float, learned: bool, criterion: Criterion, words: tuple[str, ...],
        proposals: list[Proposal], text: str,
    ) -> Thought:  # fmt: skip
        others = tuple(p for p in proposals if p.criterion.pk != criterion.pk)[:3]
        return Thought(certain, sure, learned, criterion, words, self.subject(text, criterion.code), others)

    def subject(self, text: str, code: str) -> str:
        """The likely subject: what such matters were filed under, else by the words of the subjects."""
        habit = self.model.about.get("subjects", {}).get(code) if self.model is not None else None
        if habit:
            return str(habit)
        counts = [(sum(len(w) for w in item["words"] if w in text), item["code"]) for item in self.subjects]
        best = max(counts, default=(0, ""))
        return str(best[1]) if best[0] else ""

    def unit(self, area: Area, criterion: Criterion | None) -> int | None:
        """The likely unit of a government matter: who took such matters here before, else by the criterion's hint."""
        if criterion is None or criterion.route != Route.GOVERNMENT:
            return None
        key = (area.pk, criterion.code)
        if key not in self._units:
            self._units[key] = _unit(area, criterion, self.on)
        return self._units[key]


def _as_written(thought: Thought, read: str, text: str) -> Thought:
    """The same thought with the words as they stand in the text; `read` is as long as the text, sign by sign."""

    def there(words: Sequence[str]) -> tuple[str, ...]:
        at = [(read.find(word), len(word)) for word in words]
        return tuple(
            text[begin : begin + size] if begin >= 0 else word for (begin, size), word in zip(at, words, strict=True)
        )

    others = tuple(replace(other, words=there(other.words)) for other in thought.others)
    return replace(thought, words=there(thought.words), others=others)


def _unit(area: Area, criterion: Criterion, on: date) -> int | None:
    units: dict[int, Body] = {unit.pk: unit for unit in handling_units_for(area, on)}
    since = clock.at(on.year - 1, on.month, 1)
    counts: Any = (
        Triage.objects.filter(area=area, at__gte=since, criterion__code=criterion.code, unit__in=list(units))
        .values_list("unit")
        .annotate(n=Count("pk"))
        .order_by("-n", "unit")
    )
    before = counts.first()
    if before is not None:
        return int(before[0])
    hint = criterion.unit_hint
    pairs = {hint[i : i + 2] for i in range(len(hint) - 1)} or ({hint} if hint else set())
    # The nearest unit whose name shares most with the hint.
    ranked = sorted(units.values(), key=lambda u: (-sum(pair in u.name for pair in pairs), -u.area.lo, u.pk))
    return ranked[0].pk if ranked and any(pair in ranked[0].name for pair in pairs) else None
