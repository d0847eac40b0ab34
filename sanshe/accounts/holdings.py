"""What hangs on an account and must go to somebody when its holder leaves.

The modules above register their kinds when they are loaded: which rows are open, and which column names the person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q, QuerySet

from sanshe.kernel.access import Access, Viewer

if TYPE_CHECKING:
    from .models import User

SHOWN = 20  # rows of a kind that the page lists by title

#: Called with the row, the one who takes over (None when nobody has to), who does it and when; saves the row itself.
Pass = Callable[[Any, "User | None", Viewer, datetime], None]


@dataclass(frozen=True)
class Holding:
    """One kind: `what` it is called, the model, the column of the person, and which of its rows are still open.

    `passes`: how a row goes on, where writing another person into the column is not all there is to it. `instead`: it
    goes to nobody on that page; what becomes of it then, in words (a key is revoked, a mediator is named anew).
    """

    what: str
    model: type[Model]
    field: str
    still_open: Q
    passes: Pass | None = None
    instead: str = ""

    def of(self, user_id: int) -> QuerySet[Any]:
        """The open rows that hang on this account."""
        rows: QuerySet[Any] = self.model._base_manager.filter(self.still_open, **{self.field: user_id})
        return rows.order_by("pk")


@dataclass(frozen=True)
class Held:
    """What an account holds of one kind: how many, and the first of them."""

    holding: Holding
    count: int
    rows: list[Any]


_holdings: dict[str, Holding] = {}


def hangs_on_account(
    what: str, model: type[Model], field: str, still_open: Q, passes: Pass | None = None, instead: str = ""
) -> None:
    """Register a kind of work that hangs on one person (see Holding). Called by the modules when they are loaded.

    A house test asks that each column that names a user stands here, or says why its rows may stay as they are.
    """
    _holdings[f"{model._meta.label}.{field}"] = Holding(what, model, field, still_open, passes, instead)


def holdings() -> list[Holding]:
    """All kinds, in the order in which the modules were loaded."""
    return list(_holdings.values())


def held_by(user_id: int, viewer: Viewer | None = None) -> list[Held]:
    """What hangs on an account now, kind by kind; only what there is.

    Listed by title is what the viewer may see; whoever gives posts need not see residents' matters to move them.
    """
    found = []
    for holding in holdings():
        rows = holding.of(user_id)
        count = rows.count()
        if count:
            found.append(Held(holding, count, _shown(holding, rows, viewer)))
    return found


def _shown(holding: Holding, rows: QuerySet[Any], viewer: Viewer | None) -> list[Any]:
    access = Access.registry.get(holding.model._meta.label)
    if viewer is None or access is None:
        return []
    return list(access.rows(viewer).filter(pk__in=rows.values("pk")).order_by("pk")[:SHOWN])


def in_words(held: list[Held]) -> str:
    """「经办的事项 3 件、协商任务 1 件」."""
    return "、".join(f"{one.holding.what} {one.count} 件" for one in held)


def to_hand_over(held: list[Held]) -> list[Held]:
    """Those of them for which somebody must be named."""
    return [one for one in held if not one.holding.instead]
