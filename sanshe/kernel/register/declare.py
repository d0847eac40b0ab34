"""What a register says of itself: columns, filters, keys, rules. No queries are made here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Model, QuerySet
from django.urls import reverse

from sanshe.kernel.access import Access, Viewer
from sanshe.kernel.errors import NotVisible
from sanshe.kernel.fields import EncryptedText, LookupHash


@dataclass(frozen=True)
class Reference:
    """How a column that points to another table is chosen and found.

    `offer`: the rows that a viewer may choose. `find`: texts of a sheet or a form → keys; a text that is unknown or
    ambiguous is left out. `text`: how a chosen row is written, so that it is found again; default `str`. `within`: the
    condition of a filter on a chosen key for a path (an area and all below it); default equality. A register whose
    reference offers more than a list can hold is filtered and filled by typing. `wider`: what a filter may name beyond
    what a row may hold (a street, where the rows stand in communities).
    """

    offer: Callable[[Viewer], QuerySet[Any]]
    find: Callable[[Collection[str], Viewer], Mapping[str, int]]
    text: Callable[[Any], str] = str
    within: Callable[[int, str], models.Q] | None = None
    wider: Reference | None = None


@dataclass(frozen=True)
class Column:
    """One column of a register: a field of its model, or a computed value.

    `clean` turns a typed text into the stored value or raises Invalid; `mask` names the field that shows an encrypted
    one masked; `value` computes what is shown from the row (then the column is never edited); `sort` is the path the
    list is ordered by ("" for none). `wide` columns are long texts: shown below the others, not in the list.
    """

    name: str
    label: str = ""
    hint: str = ""
    example: str = ""
    synonyms: tuple[str, ...] = ()
    shown: bool = True
    edit: bool = True
    required: bool | None = None
    value: Callable[[Any], Any] | None = None
    unit: str = ""
    sort: str | None = None
    clean: Callable[[str], Any] | None = None
    mask: str = ""
    choices: Callable[[], Sequence[tuple[Any, str]]] | None = None
    reference: Reference | None = None
    wide: bool = False
    model: type[Model] | None = field(default=None, compare=False)

    @cached_property
    def db(self) -> models.Field[Any, Any] | None:
        """The model's field, None for a computed column."""
        if self.value is not None or self.model is None:
            return None
        try:
            found = self.model._meta.get_field(self.name)
        except FieldDoesNotExist:
            raise LookupError(
                f"{self.model._meta.label} has no field {self.name!r}, and no value is computed"
            ) from None
        assert isinstance(found, models.Field)
        return found

    @property
    def attname(self) -> str:
        """The attribute of a row that holds the stored value: a key for a reference. Of editable columns only."""
        assert self.db is not None
        return self.db.attname

    @property
    def title(self) -> str:
        """The head of the column."""
        return self.label or (str(self.db.verbose_name) if self.db is not None else self.name)

    @property
    def head(self) -> str:
        """The head with its unit."""
        return f"{self.title}（{self.unit}）" if self.unit and self.unit not in self.title else self.title

    @property
    def editable(self) -> bool:
        """Whether it stands in forms and sheets."""
        return self.edit and self.db is not None

    @property
    def is_required(self) -> bool:
        """Whether a new row must have it: as declared, else as the model demands."""
        if self.required is not None:
            return self.required
        found = self.db
        if found is None or isinstance(found, models.BooleanField):
            return False
        return not found.null and not found.blank and not found.has_default()

    @property
    def encrypted(self) -> bool:
        return isinstance(self.db, EncryptedText)

    @property
    def kind(self) -> str:
        """What is typed: reference, choice, yes, date, moment, number, list, secret, long or text."""
        found = self.db
        if found is None:
            return "text"
        if isinstance(found, models.ForeignKey):
            return "reference"
        if self.choices is not None or found.choices:
            return "choice"
        if isinstance(found, models.BooleanField):
            return "yes"
        if isinstance(found, models.DateTimeField):
            return "moment"
        if isinstance(found, models.DateField):
            return "date"
        if isinstance(found, models.IntegerField | models.DecimalField | models.FloatField):
            return "number"
        if isinstance(found, models.JSONField):
            return "list"
        if isinstance(found, EncryptedText):
            return "secret"
        return "long" if isinstance(found, models.TextField) else "text"

    @property
    def options(self) -> list[tuple[Any, str]]:
        """Stored values and their words, for choices."""
        if self.choices is not None:
            return list(self.choices())
        return list(self.db.flatchoices) if self.db is not None and self.db.choices else []

    @property
    def order(self) -> str:
        """The path the list is ordered by; "" when it can not be."""
        if self.sort is not None:
            return self.sort
        found = self.db
        if found is None or self.encrypted or isinstance(found, models.JSONField):
            return ""
        if isinstance(found, models.ForeignKey):
            target = found.related_model
            ordering = getattr(target, "_meta", None) and target._meta.ordering  # type: ignore[union-attr]
            first = str(ordering[0]).lstrip("-") if ordering else "pk"
            return f"{self.name}__{first}"
        return self.name

    @property
    def number(self) -> bool:
        """Whether it stands at the right."""
        return self.kind == "number"

    @property
    def personal(self) -> bool:
        """Whether its values must not stand in clear in the audit's lasting part."""
        classes = getattr(self.model, "privacy", {}) if self.model else {}
        private = f"{classes.get('personal', '')} {classes.get('sensitive', '')}".split()
        return self.name in private or self.encrypted


class Register:
    """A ledger. Subclass, set the class attributes, decorate with `declare`.

    Access verbs: `see`; `add` (the new row must satisfy it); `keep` (change). A register whose access has neither
    `add` nor `keep` is read-only.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    lead: ClassVar[str] = ""
    group: ClassVar[str] = "其他"
    access: ClassVar[type[Access[Any]]]
    columns: ClassVar[list[Column]]
    filters: ClassVar[list[str]] = []
    search: ClassVar[list[str]] = []
    exact: ClassVar[Mapping[str, str]] = {}
    sort: ClassVar[str] = "-id"
    key: ClassVar[Sequence[tuple[str, ...]]] = ()
    validity: ClassVar[tuple[str, str] | None] = None
    related: ClassVar[tuple[str, ...]] = ()
    thing: ClassVar[str] = ""
    #: Further pages about what the register holds: the words of the button, the named address, and the roles that are
    #: offered it (none: everybody who sees the register).
    pages: ClassVar[tuple[tuple[str, ...], ...]] = ()
    #: True when `save` does more than to save: then a sheet is brought in row by row.
    side_effects: ClassVar[bool] = False
    #: Fields that `derive` fills, each with the columns it follows from, where an empty cell does not show it.
    derived: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    #: True when `clean_columns` and `clean_many` together say all that `clean` would: then a sheet is checked many
    #: rows at once, in processes of its own. Otherwise `clean` is asked row by row.
    in_columns: ClassVar[bool] = False
    #: Fields that `clean_many` looks at (an encrypted one by its keyed hash).
    together: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        self.columns = [_bound(column, self.model) for column in type(self).columns]  # type: ignore[misc]

    @property
    def model(self) -> type[Model]:
        """The table."""
        return self.access.model

    @property
    def noun(self) -> str:
        """What one row is called."""
        return self.thing or str(self.model._meta.verbose_name)

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def editable(self) -> list[Column]:
        """The columns of the form and of sheets."""
        return [column for column in self.columns if column.editable]

    def pages_for(self, viewer: Viewer) -> list[tuple[str, str]]:
        """The further pages that a viewer is offered: words and named address. The page itself asks its own rule."""
        return [(page[0], page[1]) for page in self.pages if not page[2:] or viewer.holds(*page[2:])]

    def can(self, verb: str) -> bool:
        """Whether the register knows the verb at all."""
        return verb in self.access.all_verbs()

    def rows(self, viewer: Viewer) -> QuerySet[Any]:
        """The rows that the viewer may see, with what the columns need."""
        references = [c.name for c in self.columns if c.kind == "reference"]
        rows: QuerySet[Any] = self.access.rows(viewer)
        return rows.select_related(*dict.fromkeys([*references, *self.related]))

    def clean(self, row: Any, values: Mapping[str, Any], by: Viewer, now: datetime) -> None:
        """Rules across columns; `row` is unsaved and carries the values already. Raises Invalid({column: sentence})."""

    def save(self, row: Any, *, by: Viewer, now: datetime) -> None:
        """Write the row. Override for what must happen with it, and set `side_effects`."""
        row.save()

    def derive(self, columns: dict[str, list[Any]]) -> None:
        """Fill derived fields of many rows at once (masked forms, birth dates), a list a field, for sheets.

        The default does nothing. `columns` holds the cleaned values of each edited field; add or change lists in place.
        """

    def clean_columns(self, columns: dict[str, list[Any]]) -> dict[int, dict[str, str]]:
        """Rules within a row, for many rows of a sheet after `derive`: row → {column: sentence}. Without the database.

        May bring values to their one spelling in place.
        """
        return {}

    def clean_many(
        self, fields: Mapping[str, Sequence[str | None]], targets: Sequence[int | None], by: Viewer
    ) -> dict[int, dict[str, str]]:
        """Rules against what is stored, for many rows of a sheet: row → {column: sentence}.

        `fields`: texts of the fields in `together`, a list each; `targets`: the key of the row that is changed, None
        for a new one.
        """
        return {}

    def url(self, row: Any) -> str:
        """Where one row is read."""
        return reverse("registers:detail", kwargs={"name": self.name, "pk": row.pk})

    def beside(self, row: Any, viewer: Viewer) -> tuple[str, dict[str, Any]] | None:
        """A template and its context to be shown below the facts of one row, if any."""
        return None

    def in_force(self, on: date) -> models.Q | None:
        """The condition that a row is in force on a day; None for registers without validity."""
        if self.validity is None:
            return None
        since, until = self.validity
        return models.Q(**{f"{since}__lte": on}) & (
            models.Q(**{f"{until}__isnull": True}) | models.Q(**{f"{until}__gt": on})
        )


def _bound(column: Column, model: type[Model]) -> Column:
    values = {name: getattr(column, name) for name in column.__dataclass_fields__}
    return Column(**{**values, "model": model})


_registers: dict[str, type[Register]] = {}
_made: dict[str, Register] = {}


def declare(register: type[Register]) -> type[Register]:
    """Make a register known. Raises TypeError for one that lacks its name or whose name is taken."""
    name = getattr(register, "name", "")
    if not name or not getattr(register, "title", ""):
        raise TypeError(f"{register.__name__} needs a name and a title")
    if name in _registers and _registers[name] is not register:
        raise TypeError(f"there are two registers named {name!r}")
    _registers[name] = register
    _made.pop(name, None)
    return register


def _get(name: str) -> Register:
    if name not in _made:
        _made[name] = _registers[name]()
    return _made[name]


def registers() -> list[Register]:
    """All registers, in the order of their declaration."""
    return [_get(name) for name in _registers]


def register_of(name: str) -> Register:
    """The register of that name. Raises NotVisible."""
    if name not in _registers:
        raise NotVisible("没有这个台账。")
    return _get(name)


def check(register: Register) -> list[str]:
    """Slips in a declaration, as English sentences for a house test: unknown fields, keys, filters."""
    wrong = []
    names = {column.name for column in register.columns}
    for column in register.columns:
        try:
            _ = column.db
        except LookupError as error:
            wrong.append(str(error))
            continue
        if column.kind == "reference" and column.editable and column.reference is None:
            wrong.append(f"{register.name}.{column.name} points to another table and has no reference")
    used = [*register.filters, *(part for key in register.key for part in key)]
    wrong += [f"{register.name}: no column {name!r}" for name in used if name not in names]
    for name, kind in register.exact.items():
        found = register.model._meta.get_field(name)
        if not isinstance(found, LookupHash) or found.kind != kind:
            wrong.append(f"{register.name}.{name} is no keyed hash of kind {kind!r}")
    return wrong
