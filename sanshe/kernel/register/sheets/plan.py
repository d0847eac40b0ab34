"""Which fields of the table a sheet fills: its columns, what follows from them, their keyed hashes, and constants."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, models

from sanshe.kernel.errors import SansheError
from sanshe.kernel.fields import EncryptedText, LookupHash

from .. import values
from ..declare import Column, Register
from .cells import stored_text
from .heads import columns_of


@dataclass(frozen=True)
class Filled:
    """A field of the table that a sheet fills: `of` names the register's column, "" for a derived field; `column` is
    the table's, quoted. `sources`: the names of the sheet's columns it follows from."""

    name: str
    attname: str
    of: str
    column: str
    cast: str
    sources: frozenset[str]
    context: str = ""
    hash_kind: str = ""
    hash_of: str = ""
    empty: str | None = None


@dataclass(frozen=True)
class Key:
    """Positions in the layout by which a row is found again; `must` are those that may not be empty."""

    places: tuple[int, ...]
    must: frozenset[int]


@dataclass
class Plan:
    """The layout of staged rows of one sheet in one register."""

    register: Register
    columns: list[tuple[int, Column]]
    fields: list[Filled]
    #: Every field of the table is laid out, for registers whose rows are checked one by one.
    whole: bool = False
    constants: dict[str, tuple[str, str | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.at = {one.name: i for i, one in enumerate(self.fields)}

    @property
    def pk(self) -> str:
        """The quoted column of the table's key."""
        found = self.register.model._meta.pk
        assert found is not None
        return quoted(found.column)

    @property
    def table(self) -> str:
        """The table's quoted name."""
        return quoted(self.register.model._meta.db_table)

    def place(self, name: str) -> int | None:
        """Where a column can be compared: its own place, an encrypted one's keyed hash, None when it can not."""
        at = self.at.get(name)
        if at is not None and self.fields[at].context:
            at = next((i for i, one in enumerate(self.fields) if one.hash_of == name), None)
        return at

    def keys(self) -> list[Key]:
        """The keys that the sheet carries, in the register's order.

        The first column of a key and those that every row must have are needed; the others may be empty, or missing.
        """
        mapped = {column.name for _, column in self.columns}
        found = []
        for names in self.register.key:
            must = {names[0], *(name for name in names if self.register.column(name).is_required)}
            places = {name: self.place(name) if name in mapped else None for name in names}
            if all(places[name] is not None for name in must):
                held = {name: place for name, place in places.items() if place is not None}
                found.append(Key(tuple(held.values()), frozenset(held[name] for name in must)))
        return found

    def ways(self) -> list[Key]:
        """The keys; for a register without one, everything that the sheet says and that can be compared."""
        if self.register.key:
            return self.keys()
        places = [self.place(column.name) for _, column in self.columns]
        return [Key(tuple(place for place in places if place is not None), frozenset())]

    def as_json(self) -> dict[str, Any]:
        """What the batch keeps of it: enough to write and undo without the sheet."""
        return {"fields": [one.name for one in self.fields], "constants": self.constants}


def quoted(name: str | None) -> str:
    """A name of the database in quotes."""
    return str(connection.ops.quote_name(str(name)))


def probed(register: Register, columns: Sequence[Column]) -> dict[str, frozenset[str]]:
    """Derived fields, each with the columns it follows from: `derive` is asked with every column alone."""
    found: dict[str, set[str]] = {}
    for column in columns:
        given: dict[str, list[Any]] = {column.attname: [values.empty(column)]}
        before = set(given)
        with contextlib.suppress(Exception):
            register.derive(given)
        for name in set(given) - before:
            found.setdefault(name, set()).add(column.name)
    together: dict[str, list[Any]] = {column.attname: [values.empty(column)] for column in columns}
    before = set(together)
    register.derive(together)
    for name in set(together) - before:
        found.setdefault(name, {column.name for column in columns})
    mapped = {column.name for column in columns}
    for name, sources in register.derived.items():
        if mapped & set(sources):
            found.setdefault(name, set()).update(mapped & set(sources))
    return {name: frozenset(sources) for name, sources in found.items()}


def _filled(model: type[models.Model], name: str, of: str, sources: frozenset[str], empty: Any) -> Filled:
    found = model._meta.get_field(name)
    assert isinstance(found, models.Field)
    return Filled(
        name=found.name,
        attname=found.attname,
        of=of,
        column=quoted(found.column),
        cast=str(found.rel_db_type(connection) if found.is_relation else found.db_type(connection)),
        sources=sources,
        context=found.context if isinstance(found, EncryptedText) else "",
        hash_kind=found.kind if isinstance(found, LookupHash) else "",
        hash_of=found.of if isinstance(found, LookupHash) else "",
        empty=stored_text(empty),
    )  # fmt: skip


def make_plan(register: Register, mapping: Sequence[str], now: datetime) -> Plan:
    """The layout for a mapping. Raises LookupError when `derive` names what is no field."""
    pairs = columns_of(mapping, register)
    columns = [column for _, column in pairs]
    model = register.model
    derived = probed(register, columns)
    out = [
        _filled(model, c.name, c.name, frozenset({c.name}) | derived.get(c.name, frozenset()), values.empty(c))
        for c in columns
    ]
    for name, sources in derived.items():
        plain = model._meta.get_field(name)
        assert isinstance(plain, models.Field)
        if all(one.name != plain.name for one in out):
            out.append(_filled(model, plain.name, "", sources, _blank(plain)))
    held = {one.name: one for one in out}
    for found in model._meta.concrete_fields:
        if isinstance(found, LookupHash) and found.of in held and found.name not in held:
            out.append(_filled(model, found.name, "", held[found.of].sources, ""))
    if register.in_columns:
        constants = _constants(register, {one.name for one in out}, now)
        return Plan(register, pairs, out, constants=constants)
    names = {one.name for one in out}
    for found in model._meta.concrete_fields:
        if not found.primary_key and found.name not in names and not getattr(found, "generated", False):
            out.append(_filled(model, found.name, "", frozenset(), None))
    return Plan(register, pairs, out, whole=True)


def _blank(found: models.Field[Any, Any]) -> Any:
    if found.has_default():
        return found.get_default()
    return None if found.null else "" if found.empty_strings_allowed else None


def _constants(register: Register, filled: set[str], now: datetime) -> dict[str, tuple[str, str | None]]:
    """Column, and text, of the fields that no sheet fills, as a new row of the register would have them."""
    model = register.model
    row = model()
    with contextlib.suppress(SansheError, models.ObjectDoesNotExist, TypeError, ValueError, AttributeError):
        register.clean(row, {}, _nobody(), now)
    out: dict[str, tuple[str, str | None]] = {}
    for found in model._meta.concrete_fields:
        if found.primary_key or found.name in filled or getattr(found, "generated", False):
            continue
        if found.db_default is not models.fields.NOT_PROVIDED and not found.has_default():
            continue
        if isinstance(found, LookupHash):
            value: Any = ""
        elif isinstance(found, models.DateTimeField) and (found.auto_now or found.auto_now_add):
            value = now
        else:
            value = getattr(row, found.attname)
        if value is None and not found.null and isinstance(found, models.DateTimeField):
            value = now  # a moment that a new row must have is that of its making
        cast = str(found.rel_db_type(connection) if found.is_relation else found.db_type(connection))
        out[found.name] = (cast, stored_text(value))
    return out


def _nobody() -> Any:
    from sanshe.kernel.access import Viewer

    return Viewer.public()


def missing(plan: Plan) -> list[Column]:
    """Required columns that the sheet does not have at all: it can change rows, but not add any."""
    mapped = {column.name for _, column in plan.columns}
    return [c for c in plan.register.editable if c.is_required and c.name not in mapped]


def from_json(register: Register, mapping: Sequence[str], layout: Mapping[str, Any], now: datetime) -> Plan:
    """The layout of a batch as it was staged. Raises LookupError when the register has changed since."""
    plan = make_plan(register, mapping, now)
    if [one.name for one in plan.fields] != list(layout["fields"]):
        raise LookupError("the register has other fields now")
    plan.constants = {name: (pair[0], pair[1]) for name, pair in layout["constants"].items()}
    return plan
