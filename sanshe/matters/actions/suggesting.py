"""Suggestions for triage: made for new matters, learned from decided ones. They never apply themselves."""

from __future__ import annotations

import contextlib
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from procrastinate.exceptions import AlreadyEnqueued

from sanshe.kernel import clock, params

from ..models import Matter, Suggestion
from ..proposal import criteria_in_force
from ..suggesting import stored
from ..suggesting.thinking import Thinker
from ..suggesting.view import as_row, said_by, suggestion_for
from ..words import MatterState

#: Matters that are thought about at once.
AT_ONCE = 200


def ask_for_suggestions() -> None:
    """Have the worker think about what was filed, once this transaction stands. Many filings wait for one job."""
    if not any(entry[1] is _defer for entry in transaction.get_connection().run_on_commit):
        transaction.on_commit(_defer)


def _defer() -> None:
    from ..jobs import suggest

    with contextlib.suppress(AlreadyEnqueued):
        suggest.configure().defer(timestamp=0)


def suggest_waiting(now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Think about all matters that wait for triage and have no suggestion yet, newest first. Returns how many.

    Run again, it does nothing twice. What a model can not read (a broken file) is thought about by the words alone.
    A suggestion by criteria that are no longer in force does not count: it is thought about anew.
    """
    day = clock.local(now).date()
    current = Q(criterion=None) | Q(criterion__set__valid_to=None) | Q(criterion__set__valid_to__gt=day)
    there = Suggestion.objects.filter(current, matter=OuterRef("pk"))
    waiting = Matter.objects.filter(~Exists(there), state=MatterState.RECEIVED).select_related("area")
    thinker = Thinker(day, stored.current())
    made = 0
    while not stop():
        matters = list(waiting.order_by("-created_at", "-pk")[:AT_ONCE])
        if not matters:
            break
        made += len(_store(thinker, matters, now))
    return made


def _store(thinker: Thinker, matters: Sequence[Matter], now: datetime) -> list[Suggestion]:
    thoughts = thinker.think([said_by(m) for m in matters])
    rows = [
        as_row(m, t, thinker.unit(m.area, t.criterion), thinker.version, now)
        for m, t in zip(matters, thoughts, strict=True)
    ]
    return Suggestion.objects.bulk_create(rows)


def suggestion_of(matter: Matter, now: datetime) -> Suggestion:
    """The suggestion that was shown for a matter, kept; before the worker came, that by the words of the criteria."""
    found = suggestion_for(matter, now)
    if found.pk is None:
        found.save()
    return found


def learn_from_decided(now: datetime) -> dict[str, object] | None:
    """Learn anew from what was decided here; None when that is too little yet. Returns what is told about the model.

    A decision counts as it stands now: the criterion by which a matter went its way, after objections and returns.
    """
    on = clock.local(now).date()
    codes = {c.code: c.pk for c in reversed(list(criteria_in_force(on)))}
    decided = Matter.objects.filter(criterion__code__in=codes, triaged_at__isnull=False).exclude(
        state=MatterState.RECEIVED
    )
    rows = list(
        decided.order_by("-triaged_at").values_list("title", "text", "criterion__code", "subject")[
            : int(params.get("suggest.learn_most", on=on).value)
        ]
    )
    counts = Counter(row[2] for row in rows)
    each = int(params.get("suggest.learn_each", on=on).value)
    rows = [row for row in rows if counts[row[2]] >= each]
    if len(rows) < int(params.get("suggest.learn_least", on=on).value) or len({row[2] for row in rows}) < 2:
        return None
    from ..suggesting.learning import learn

    subjects: dict[str, Counter[str]] = defaultdict(Counter)
    for _, _, code, subject in rows:
        if subject:
            subjects[code][subject] += 1
    model = learn([f"{title}。{text}" for title, text, _, _ in rows], [row[2] for row in rows])
    model.about |= {
        "version": f"学习 {clock.local(now):%Y-%m-%d %H:%M}（{len(rows)} 件）",
        "learned_at": now.isoformat(),
        "subjects": {code: most.most_common(1)[0][0] for code, most in subjects.items()},
    }
    stored.keep(model)
    return model.about
