"""Suggestions for triage: made for new matters, learned from decided ones. They never apply themselves."""

from __future__ import annotations

import contextlib
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from procrastinate.exceptions import AlreadyEnqueued

from sanshe.accounts.public import Role, holders
from sanshe.kernel import clock, params
from sanshe.kernel.notices import notify
from sanshe.kernel.search import simplified

from ..models import Matter, Suggestion
from ..proposal import criteria_in_force
from ..suggesting import stored
from ..suggesting.thinking import Thinker
from ..suggesting.view import as_row, said_by, suggestion_for
from ..words import MatterState

if TYPE_CHECKING:
    from ..suggesting.model import Model

log = logging.getLogger(__name__)

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
    thinker = Thinker(day, _model(now))
    made = 0
    while not stop():
        matters = list(waiting.order_by("-created_at", "-pk")[:AT_ONCE])
        if not matters:
            break
        made += len(_store(thinker, matters, now))
    return made


def _model(now: datetime) -> Model | None:
    """The model in use. One that can not be read is put aside, and those who run the platform are told."""
    try:
        return stored.current()
    except stored.Broken:
        log.exception("the learned model can not be read and is put aside")
        before = stored.put_aside(now.isoformat())
    instead = "已换回上一次学到的" if before is not None else "暂按分流标准里的词给出建议"
    text = f"分流建议学到的结果文件读不出来，已停用，{instead}；今晚会重新学习。请检查数据盘。"
    notify(holders(Role.SYSTEM_ADMIN), text, "", now, "系统")
    return before


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


def _enough_new(now: datetime) -> bool:
    """Whether learning would change anything: so many new decisions, other criteria, or no model that can be read."""
    on = clock.local(now).date()
    told = stored.about()
    if not stored.file().exists() or "put_aside_at" in told or told.get("criteria") != _versions(on):
        return True
    since = datetime.fromisoformat(str(told["learned_at"]))
    least = int(params.get("suggest.learn_new", on=on).value)
    return Matter.objects.filter(criterion__isnull=False, triaged_at__gt=since)[:least].count() >= least


def _versions(on: date) -> list[str]:
    return sorted({c.set.version for c in criteria_in_force(on)})


def learn_from_decided(now: datetime) -> dict[str, object] | None:
    """Learn anew from what was decided here; None when there is too little, or too little new since the last time.
    Returns what is told about the model.

    A decision counts as it stands now: the criterion by which a matter went its way, after objections and returns.
    """
    on = clock.local(now).date()
    if not _enough_new(now):
        return None
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
    model = learn([simplified(f"{title}。{text}") for title, text, _, _ in rows], [row[2] for row in rows])
    model.about |= {
        "version": f"学习 {clock.local(now):%Y-%m-%d %H:%M}（{len(rows)} 件）",
        "learned_at": now.isoformat(),
        "criteria": _versions(on),
        "subjects": {code: most.most_common(1)[0][0] for code, most in subjects.items()},
    }
    stored.keep(model)
    return model.about
