"""How hot a topic is: by the people who speak of it, the days on which they do, and how much it has risen."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sanshe.kernel import clock, params


@dataclass(frozen=True)
class Heat:
    """The figures of a topic. `rise`: people of the last days more than of as many days before; never below 0."""

    people: int
    messages: int
    days: int
    rise: int
    first: datetime
    last: datetime
    heat: float


def who_of(reporter: int | None, person: int | None, phone: str, text: str) -> str:
    """Whose a message is, so that one person counts once: account, file, phone; else the very words.

    What was sent without any name counts as one person as long as it says the same, sign for sign.
    """
    if person:
        return f"p{person}"
    if reporter:
        return f"u{reporter}"
    if phone:
        return f"t{phone[:32]}"
    return "w" + hashlib.blake2b("".join(text.split()).encode(), digest_size=12).hexdigest()


def heat_of(spoken: Sequence[tuple[str, datetime]], until: datetime) -> Heat:
    """The heat of a topic from who spoke and when, as of a moment.

    The weights are today's (hot.weight_*), also for old messages: they say how we look, not what was in force then.
    """
    span = timedelta(days=int(params.get("hot.rise_days").value))
    recent = {who for who, at in spoken if until - span < at <= until}
    before = {who for who, at in spoken if until - 2 * span < at <= until - span}
    people, rise = len({who for who, _ in spoken}), max(0, len(recent) - len(before))
    days = len({(clock.local(at) if at.tzinfo else at).date() for _, at in spoken})
    weigh = {name: float(params.get(f"hot.weight_{name}").value) for name in ("people", "days", "rise")}
    return Heat(
        people, len(spoken), days, rise, min(at for _, at in spoken), max(at for _, at in spoken),
        round(weigh["people"] * people + weigh["days"] * days + weigh["rise"] * rise, 2),
    )  # fmt: skip


def said_days(spoken: Sequence[tuple[str, datetime]]) -> list[tuple[date, int]]:
    """How many messages on each day."""
    return sorted(Counter((clock.local(at) if at.tzinfo else at).date() for _, at in spoken).items())
