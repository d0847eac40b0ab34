"""The nightly work of the rules of retention."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from sanshe.kernel import audit
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from ..access import RETENTION
from ..models import Person, RetentionRun
from ..rules import RULES
from ..words import PeopleEvent
from .retention import anonymise

#: Files made nobody's in one night: each is a transaction of its own.
A_NIGHT = 2000


def _delete(rows: QuerySet[Any], by: Viewer, now: datetime) -> int:
    done, _ = rows.delete()
    return done


def _empty_requests(rows: QuerySet[Any], by: Viewer, now: datetime) -> int:
    return rows.update(words=None, new_value=None, answer=None)


def _empty_originals(rows: QuerySet[Any], by: Viewer, now: datetime) -> int:
    return rows.update(number=None)


def _anonymise(rows: QuerySet[Any], by: Viewer, now: datetime) -> int:
    """Those whose erasure something stands against wait for another night."""
    done = 0
    for pk in list(rows.values_list("pk", flat=True)[:A_NIGHT]):
        with transaction.atomic():
            person = Person.objects.select_for_update().get(pk=pk)
            try:
                anonymise(person=person, by=by, now=now, why="迁出已久，按留存规则")
            except Invalid:
                continue
            done += 1
    return done


_WORK: dict[str, Callable[[QuerySet[Any], Viewer, datetime], int]] = {
    "reads": _delete,
    "numbers": _delete,
    "requests": _empty_requests,
    "originals": _empty_originals,
    "departed": _anonymise,
    "forms": _delete,
}


def run_retention(now: datetime) -> dict[str, int]:
    """Carry out every rule for what is due, with one audit entry. Run twice, it finds nothing the second time."""
    by = Viewer.system_account(RETENTION)
    done: dict[str, int] = {}
    for rule in RULES:
        with transaction.atomic():
            done[rule.name] = _WORK[rule.name](rule.due(now), by, now)
            RetentionRun.objects.create(rule=rule.name, at=now, done=done[rule.name])
    told = "；".join(f"{rule.does} {done[rule.name]} 条" for rule in RULES if done[rule.name]) or "没有到期的内容"
    audit.record(
        by=by, event=PeopleEvent.RETAINED, obj=None, sentence=f"按留存规则：{told}", data=done, now=now, public=False
    )
    return done
