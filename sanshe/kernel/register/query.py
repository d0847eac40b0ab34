"""The list of a register: what is asked for, and the page that answers. Walked by key, counted to a limit."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q, QuerySet
from django.http import QueryDict

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.fields import hash_of
from sanshe.kernel.search import Word, candidates

from . import values
from .declare import Column, Register
from .models import SavedView

#: Rows are counted up to here; beyond, the page says 「1000+」.
COUNT_TO = 1000
SIZE = 50
#: A reference with more rows than this is typed, with suggestions, not chosen from a list.
CHOOSE_FROM = 60


@dataclass
class Asked:
    """What a list is asked for, read from the address; what could not be understood is told in `said`."""

    register: Register
    viewer: Viewer
    text: str = ""
    filters: dict[str, str] = field(default_factory=dict)
    sort: str = ""
    columns: list[Column] = field(default_factory=list)
    ended: bool = False
    on: date = field(default_factory=clock.today)
    conditions: Q = field(default_factory=Q)
    said: list[str] = field(default_factory=list)

    @property
    def narrowed(self) -> bool:
        """Whether anything but the columns narrows the list."""
        return bool(self.text or self.filters)


def ask(register: Register, viewer: Viewer, given: QueryDict) -> Asked:
    """Read an address. Raises NotVisible when the viewer may see no row of this register at all."""
    if register.access.q(viewer) is False:
        raise NotVisible()
    asked = Asked(register, viewer)
    asked.text = values.plain(given.get("q", ""))[:80]
    asked.ended = given.get("ended") == "1"
    names = [name for name in given.get("cols", "").split(",") if name]
    known = {column.name: column for column in register.columns if not column.wide}
    chosen = [known[name] for name in names if name in known]
    first = register.columns[0]
    asked.columns = list(dict.fromkeys([first, *(chosen or [c for c in known.values() if c.shown])]))
    sort = given.get("sort", "") or register.sort
    asked.sort = sort if _path(register, sort) else "-id"
    for name in register.filters:
        _filter(asked, register.column(name), given)
    return asked


def _path(register: Register, sort: str) -> str:
    name = sort.lstrip("-")
    if name in ("id", "pk"):
        return "pk"
    try:
        return register.column(name).order
    except KeyError:
        return ""


def _filter(asked: Asked, column: Column, given: QueryDict) -> None:
    kind = column.kind
    if kind in ("date", "number", "moment"):
        for end, lookup in (("from", "gte"), ("to", "lte")):
            key = f"{column.name}.{end}"
            text = given.get(key, "").strip()
            if text:
                try:
                    value = values.read_date(text) if kind != "number" else values.read_number(text, column)
                except Invalid as error:
                    asked.said.append(f"{column.title}：{error.sentence}")
                    continue
                asked.filters[key] = text
                path = f"{column.name}__date__{lookup}" if kind == "moment" else f"{column.name}__{lookup}"
                asked.conditions &= Q(**{path: value})
        return
    text = given.get(column.name, "").strip()
    if not text:
        return
    if text == "—":
        assert column.db is not None
        asked.filters[column.name] = text
        none = Q(**{f"{column.name}__isnull": True}) if column.db.null else Q()
        asked.conditions &= none | Q(**{column.name: ""}) if kind in ("text", "choice") else none
        return
    try:
        if kind == "reference":
            reference = column.reference
            assert reference is not None
            pk = values.referred(reference.wider or reference, text, asked.viewer)
            within = (reference.wider or reference).within
            assert pk is not None
            condition = within(pk, column.name) if within else Q(**{column.name: pk})
        else:
            condition = Q(**{column.name: values.read(column, text)})
    except Invalid as error:
        asked.said.append(f"{column.title}：{error.sentence}")
        return
    asked.filters[column.name] = text
    asked.conditions &= condition


def found(asked: Asked) -> QuerySet[Any]:
    """The rows that are asked for, in no order."""
    register = asked.register
    rows = register.rows(asked.viewer).filter(asked.conditions)
    today = register.in_force(asked.on)
    if today is not None and not asked.ended:
        rows = rows.filter(today)
    return rows.filter(matching(register, asked.text)) if asked.text else rows


def matching(register: Register, text: str) -> Q:
    """The condition that a row is what somebody typed: whole numbers by their keyed hash, words by their parts."""
    condition = Q(pk__in=[])
    for name, kind in register.exact.items():
        digest = hash_of(kind, text)
        if digest:
            condition |= Q(**{name: digest})
    within = Word(text).within(register.search)
    # Where the table's pairs are kept, they say which rows may have it; the comparison still decides.
    return condition | (within & candidates(register.model, register.search, text) if register.search else within)


@dataclass
class Page:
    """One page of a list; `next` and `previous` are keys, None where there is none."""

    rows: list[Any] = field(default_factory=list)
    total: str = ""
    next: str | None = None
    previous: str | None = None

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def page(asked: Asked, after: str = "", before: str = "", size: int = SIZE) -> Page:
    """The page that follows (or goes before) a key. A key that is none starts at the top."""
    rows = found(asked)
    order = Order(asked)
    start = order.read(before) if before else order.read(after) if after else None
    backwards = bool(before) and start is not None
    narrowed = rows.filter(order.beyond(start, backwards)) if start is not None else rows
    got = list(narrowed.order_by(*order.by(backwards))[: size + 1])
    more, got = len(got) > size, got[:size]
    if backwards:
        got.reverse()
    if start is None and not more:
        total = str(len(got))
    else:
        count = rows.order_by()[: COUNT_TO + 1].count()
        total = f"{COUNT_TO}+" if count > COUNT_TO else str(count)
    ahead, behind = (True, more) if backwards else (more, start is not None)
    return Page(
        got,
        total,
        order.key(got[-1]) if got and ahead else None,
        order.key(got[0]) if got and behind else None,
    )


class Order:
    """An order by one column and the key of the row; empty cells stand last either way."""

    def __init__(self, asked: Asked) -> None:
        self.down = asked.sort.startswith("-")
        self.path = _path(asked.register, asked.sort)
        self.field = _end(asked.register.model, self.path)
        self.nullable = self.path != "pk" and _nullable(asked.register.model, self.path)

    def by(self, backwards: bool = False) -> list[Any]:
        """The arguments of order_by."""
        down = self.down is not backwards
        if self.path == "pk":
            return ["-pk" if down else "pk"]
        if not self.nullable:
            return [f"-{self.path}" if down else self.path, "-pk" if down else "pk"]
        at = F(self.path)
        # Backwards the empty ones come first.
        first = at.desc(nulls_first=True) if down else at.asc(nulls_first=True)
        last = at.desc(nulls_last=True) if down else at.asc(nulls_last=True)
        return [first if backwards else last, "-pk" if down else "pk"]

    def beyond(self, start: tuple[Any, int], backwards: bool) -> Q:
        """The rows after a key in this direction."""
        value, pk = start
        down = self.down is not backwards
        step = "lt" if down else "gt"
        same = Q(**{f"pk__{step}": pk})
        if self.path == "pk":
            return same
        if value is None:
            here = Q(**{f"{self.path}__isnull": True}) & same
            return here if not backwards else here | Q(**{f"{self.path}__isnull": False})
        beyond = Q(**{f"{self.path}__{step}": value}) | (Q(**{self.path: value}) & same)
        if self.nullable and not backwards:
            return beyond | Q(**{f"{self.path}__isnull": True})
        # Said once more so that an index on the column is walked from here.
        return Q(**{f"{self.path}__{step}e": value}) & beyond

    def key(self, row: Any) -> str:
        """The key of a row, as it stands in an address."""
        value = row
        if self.path == "pk":
            value = None
        else:
            for name in self.path.split("__"):
                value = getattr(value, name) if value is not None else None
        raw = json.dumps([value, row.pk], cls=DjangoJSONEncoder, ensure_ascii=False)
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")

    def read(self, key: str) -> tuple[Any, int] | None:
        """The value and the row's key, None for what is no key."""
        try:
            raw = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
            value, pk = raw
            if value is not None and self.path != "pk":
                value = self.field.to_python(value)
            if not isinstance(pk, int) or isinstance(pk, bool) or abs(pk) >= 2**63 or "\0" in str(value):
                return None
            return value, pk
        except (ValueError, TypeError, binascii.Error, ValidationError, RecursionError):
            return None


def _steps(model: type[models.Model], path: str) -> Iterable[models.Field[Any, Any]]:
    for name in path.split("__"):
        found = model._meta.pk if name == "pk" else model._meta.get_field(name)
        assert isinstance(found, models.Field)
        yield found
        if isinstance(found.related_model, type):
            model = found.related_model


def _end(model: type[models.Model], path: str) -> models.Field[Any, Any]:
    return list(_steps(model, path))[-1]


def _nullable(model: type[models.Model], path: str) -> bool:
    return any(step.null for step in _steps(model, path))


def views_of(register: Register, viewer: Viewer) -> list[SavedView]:
    """The views that the viewer kept for this register."""
    if viewer.user_id is None:
        return []
    return list(SavedView.objects.filter(user=viewer.user_id, register=register.name))


def hidden_columns(register: Register, viewer: Viewer, rows: list[Any]) -> dict[int, set[str]]:
    """The personal columns that stay closed, a set of names a row.

    Where a register is open to everybody, what is personal in it is for those who keep the row.
    """
    private = {column.name for column in register.columns if _private(column)}
    if not private or register.access.q(Viewer.public()) is False:
        return {}
    keeps: set[int] = set()
    if register.can("keep") and rows:
        keeps = set(
            register.access.rows(viewer, "keep").filter(pk__in=[r.pk for r in rows]).values_list("pk", flat=True)
        )
    return {row.pk: private for row in rows if row.pk not in keeps}


def _private(column: Column) -> bool:
    return column.personal and not column.mask
