"""What can be searched: each module says it in its `searching.py`, and no query is made here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from django.db import models
from django.db.models import Q, QuerySet

from sanshe.kernel.access import Access, Viewer
from sanshe.kernel.fields import EncryptedText

from .hits import Hit


def _page(row: Any) -> str:
    return str(row.get_absolute_url())


def _nothing(row: Any) -> str:
    return ""


def _anyone(viewer: Viewer) -> bool:
    return True


def _nobody(viewer: Viewer) -> Q | None:
    return None


@dataclass(frozen=True)
class Searchable:
    """One kind of thing that can be found.

    `name`: a short latin name. `fields`: the columns (or paths) in which words are looked for, the title first; what is
    encrypted can not be among them. `heading`, `line`, `url`: how a row that was found is shown; `line` is the small
    print. `shown`: the columns of which the passage around the word is shown. `newest`: the order in which rows are
    looked through. `mine`: the condition that a row is the viewer's own, `open` that something is still to be done or
    in force: such rows stand first. `area`: the path to its area, `moment` to its time, for the filters. `offered`: who
    is offered it at all, `typing`: also while one types; never where names of people are looked for. `rows`: which rows
    a viewer may find, the first word on it being the access rule's, which is also the default.

    `exactly`: what a whole number finds (with whatever must be written down about it); it takes what was typed.
    `indexed`: the pairs of its texts are kept (then `fields` are columns of its own), so that all rows are searched
    and not the newest only; `kept` narrows the rows whose pairs are kept.
    """

    name: str
    title: str
    access: type[Access[Any]]
    fields: tuple[str, ...]
    heading: Callable[[Any], str] = str
    line: Callable[[Any], str] = _nothing
    url: Callable[[Any], str] = _page
    shown: tuple[str, ...] = ()
    newest: tuple[str, ...] = ("-pk",)
    mine: Callable[[Viewer], Q | None] = _nobody
    open: Q | None = None
    area: str = ""
    moment: str = ""
    related: tuple[str, ...] = ()
    offered: Callable[[Viewer], bool] = _anyone
    typing: bool = True
    rows: Callable[[Viewer], QuerySet[Any]] | None = None
    exactly: Callable[[Viewer, str], Sequence[Hit]] | None = None
    indexed: bool = False
    kept: Q = field(default_factory=Q)
    rank: int = 50

    @property
    def model(self) -> type[models.Model]:
        """The table."""
        return self.access.model

    @property
    def kind(self) -> int:
        """Its number in the index: follows from the name, 32 bits with sign."""
        number = crc32(self.name.encode())
        return number - ((number >> 31) << 32)

    def rows_of(self, viewer: Viewer) -> QuerySet[Any]:
        """The rows that the viewer may find."""
        return self.access.rows(viewer) if self.rows is None else self.rows(viewer)


_declared: dict[str, Searchable] = {}


def declare(*things: Searchable) -> None:
    """Make kinds known. Raises TypeError for a slip: a name taken, an encrypted or a foreign column."""
    for thing in things:
        if _declared.get(thing.name, thing) is not thing:
            raise TypeError(f"there are two searchables named {thing.name!r}")
        for path in thing.fields:
            found = end_of(thing.model, path)
            if isinstance(found, EncryptedText):
                raise TypeError(f"{thing.name}: {path} is encrypted and can not be searched")
            if thing.indexed and "__" in path:
                raise TypeError(f"{thing.name}: {path} stands in another table, its changes would not be noticed")
        _declared[thing.name] = thing


def end_of(model: type[models.Model], path: str) -> models.Field[Any, Any]:
    """The field at the end of a path."""
    *steps, last = path.split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    found = model._meta.get_field(last)
    assert isinstance(found, models.Field)
    return found


def searchables() -> list[Searchable]:
    """All kinds in the order in which their results are shown."""
    return sorted(_declared.values(), key=lambda one: one.rank)


def searchable(name: str) -> Searchable:
    """The kind of that name. Raises KeyError."""
    return _declared[name]


def offered(viewer: Viewer, names: Iterable[str] = ()) -> list[Searchable]:
    """The kinds that a viewer is offered, narrowed to `names` if any are given."""
    wanted = set(names)
    return [
        one
        for one in searchables()
        if (not wanted or one.name in wanted) and one.offered(viewer) and one.access.q(viewer) is not False
    ]


def indexed_for(model: type[models.Model], fields: Iterable[str]) -> Searchable | None:
    """The kind whose index covers these columns of a table."""
    wanted = set(fields)
    for one in _declared.values():
        if one.indexed and one.model is model and wanted <= set(one.fields) and not one.kept:
            return one
    return None
