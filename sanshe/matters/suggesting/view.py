"""A stored suggestion as the pages show it. Loads nothing heavy: until the worker came, the criteria's words answer."""

from __future__ import annotations

from datetime import datetime

from sanshe.kernel import clock

from ..models import Criterion, Matter, Suggestion
from ..proposal import Proposal, criteria_in_force, is_in_force
from .thinking import Thinker, Thought


def said_by(matter: Matter) -> str:
    """What a suggestion is made from."""
    return f"{matter.title}。{matter.text}"


def as_row(matter: Matter, thought: Thought, unit: int | None, version: str, now: datetime) -> Suggestion:
    """A thought as a row, not saved."""
    return Suggestion(
        matter=matter, area_id=matter.area_id, at=now, version=version, learned=thought.learned,
        certain=thought.certain, sure=round(thought.sure, 4), criterion=thought.criterion,
        route=thought.criterion.route if thought.criterion else "", unit_id=unit,
        subject=matter.subject or thought.subject, words=list(thought.words),
        others=[p.as_data() for p in thought.others],
    )  # fmt: skip


def suggestion_for(matter: Matter, now: datetime) -> Suggestion:
    """The newest suggestion of a matter; while there is none, what the words of the criteria say, not saved.

    One that was made by criteria which are no longer in force is none: a new version may judge otherwise.
    """
    day = clock.local(now).date()
    found = matter.suggestions.select_related("criterion__set", "unit").order_by("-at", "-pk").first()
    if found is not None and (found.criterion is None or is_in_force(found.criterion, day)):
        return found
    thinker = Thinker(day)
    return as_row(matter, thinker.think([said_by(matter)])[0], None, thinker.version, now)


def proposals_of(suggestion: Suggestion, now: datetime) -> list[Proposal]:
    """The criteria of a suggestion, best first, each with its words; none that is no longer in force."""
    known: dict[str, Criterion] = {}
    if suggestion.criterion is not None or suggestion.others:
        for criterion in criteria_in_force(clock.local(now).date()):
            known.setdefault(criterion.code, criterion)
    found = []
    if suggestion.criterion is not None and suggestion.criterion.code in known:
        found.append(Proposal(known[suggestion.criterion.code], tuple(suggestion.words)))
    found += [Proposal(known[o["code"]], tuple(o["words"])) for o in suggestion.others if o["code"] in known]
    return found
