"""What hangs on a body and must go on when it is dissolved: to its successor, or to those who are named here.

The modules above register their kinds when they are loaded; a house test asks that each column that names a body is
registered, or says why its rows may stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Model, Q, QuerySet

from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer

from .models import Body, BodySuccession
from .words import AreasEvent

#: The name under which it stands in the audit that work went on.
SUCCESSION = "机构承接"
CHUNK = 200

#: Called with the row, locked, the dissolved body, its heir (None without one), who does it and when; saves the row.
Pass = Callable[[Any, Body, Body | None, Viewer, datetime], None]


@dataclass(frozen=True)
class BodyHolding:
    """One kind: `what` it is called, the model, the column of the body, and which of its rows are still open.

    `passes`: how a row goes on, where writing the heir into the column is not all there is to it. `left`: the same for
    a row without an heir. `must_go_on`: there has to be an heir; without one the body can not be dissolved yet.
    """

    what: str
    model: type[Model]
    field: str
    still_open: Q
    passes: Pass | None = None
    left: Pass | None = None
    must_go_on: bool = False

    def of(self, bodies: list[int]) -> QuerySet[Any]:
        """The open rows that hang on these bodies."""
        rows: QuerySet[Any] = self.model._base_manager.filter(self.still_open, **{f"{self.field}__in": bodies})
        return rows.order_by("pk")


_holdings: dict[str, BodyHolding] = {}


def hangs_on_body(holding: BodyHolding) -> None:
    """Register a kind of work that hangs on one body. Called by the modules above when they are loaded."""
    _holdings[f"{holding.model._meta.label}.{holding.field}"] = holding


def body_holdings() -> list[BodyHolding]:
    """All kinds, in the order in which the modules were loaded."""
    return list(_holdings.values())


def held_open(body_id: int) -> list[tuple[str, int]]:
    """What the body holds open now, over all modules, in words and numbers; only what there is."""
    counted = ((one.what, one.of([body_id]).count()) for one in _holdings.values())
    return [line for line in counted if line[1]]


def needs_heir(body_id: int) -> list[tuple[str, int]]:
    """Those of them that can not be left without a body."""
    counted = ((one.what, one.of([body_id]).count()) for one in _holdings.values() if one.must_go_on)
    return [line for line in counted if line[1]]


def successor_of(body: Body, on: date) -> Body | None:
    """The body that goes on with what this one held, through further endings; None when nobody does."""
    seen = {body.pk}
    row = BodySuccession.objects.filter(old=body).select_related("new").first()
    while row is not None and row.new is not None and row.new.pk not in seen:
        heir = row.new
        if heir.valid_to is None or heir.valid_to > on:
            return heir
        seen.add(heir.pk)
        row = BodySuccession.objects.filter(old=heir).select_related("new").first()
    return None


def move_from_gone(now: datetime, stop: Callable[[], bool] = lambda: False, body_id: int | None = None) -> int:
    """Move on what lies with bodies that have ended; the clock asks for all, the ending of one for its own.

    Run again it finds nothing left. One transaction a thing; returns how many were moved.
    """
    on = clock.local(now).date()
    gone = [body_id] if body_id is not None else list(
        Body.objects.filter(valid_to__lte=on).values_list("pk", flat=True)
    )  # fmt: skip
    moved = 0
    for holding, pk in _waiting(gone, None if body_id else CHUNK):
        if stop():
            break
        moved += _move(holding, pk, gone, on, now)
    return moved


def _waiting(gone: list[int], most: int | None) -> Iterator[tuple[BodyHolding, int]]:
    if not gone:
        return
    for holding in _holdings.values():
        for pk in list(holding.of(gone).values_list("pk", flat=True)[:most]):
            yield holding, pk


@transaction.atomic
def _move(holding: BodyHolding, pk: int, gone: list[int], on: date, now: datetime) -> int:
    row = holding.of(gone).filter(pk=pk).select_for_update(of=("self",)).first()
    if row is None:
        return 0
    old: Body = getattr(row, holding.field)
    heir = successor_of(old, on)
    move = holding.left if heir is None else holding.passes or (lambda *given: _hand(holding, *given))
    if move is None:
        return 0
    move(row, old, heir, Viewer.system_account(SUCCESSION), now)
    return 1


def _hand(holding: BodyHolding, row: Any, gone: Body, heir: Body | None, by: Viewer, now: datetime) -> None:
    setattr(row, holding.field, heir)
    row.save(update_fields=[holding.field])
    note_succession(row, gone, heir, by, now)


def note_succession(row: Any, gone: Body, heir: Body | None, by: Viewer, now: datetime) -> None:
    """Write into a row's history that its body was dissolved, and who goes on."""
    then = f"由{heir}承接" if heir is not None else "没有承接机构"
    audit.record(
        by=by, event=AreasEvent.TAKEN_ON, obj=row, sentence="{said}", personal={"said": f"{gone}撤销，{then}"},
        data={"from": gone.pk, "to": heir.pk if heir else None}, now=now, public=False,
    )  # fmt: skip


def no_longer_named(column: str) -> Pass:
    """For a row without an heir whose people act by their posts: the body is taken out of the column."""

    def leave(row: Any, gone: Body, heir: Body | None, by: Viewer, now: datetime) -> None:
        setattr(row, column, None)
        row.save(update_fields=[column])
        note_succession(row, gone, None, by, now)

    return leave
