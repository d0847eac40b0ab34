"""The rules of one model, as lists and as answers for one object."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import BooleanField, Case, Model, Q, QuerySet, Value, When

from sanshe.kernel.errors import NotAllowed, NotVisible

from .rules import Compiled, Rule
from .viewer import Deputy, Viewer

M = TypeVar("M", bound=Model)


def _told_by(q: Q, obj: Model) -> bool | None:
    """Whether a row satisfies a condition on its own columns; None when other tables must be asked.

    As in the database: nothing equals an empty column, and a negation of that holds.
    """
    found: bool | None = q.connector == Q.AND
    for child in q.children:
        one = _told_by(child, obj) if isinstance(child, Q) else _leaf(child, obj)
        if one is not None and one is not (q.connector == Q.AND):
            found = one
            break
        if one is None:
            found = None
    if found is None or q.connector not in (Q.AND, Q.OR):
        return None
    return found is not q.negated


def _leaf(child: Any, obj: Model) -> bool | None:
    name, _, lookup = child[0].partition("__")
    field = obj._meta.pk if name == "pk" else obj._meta._forward_fields_map.get(name)  # type: ignore[attr-defined]
    if field is None or lookup not in ("", "in") or field.attname not in obj.__dict__:
        return None
    value, wanted = obj.__dict__[field.attname], child[1]
    if not lookup:
        return None if isinstance(wanted, Model) else bool(value == wanted)
    return value in wanted if isinstance(wanted, (list, tuple, set, frozenset)) else None


class Access(Generic[M]):
    """The rules of one model: class attributes, a verb each, `see` first.

    Every other verb implies `see`.
    """

    model: ClassVar[type[Model]]
    see: ClassVar[Rule]
    registry: ClassVar[dict[str, type[Access[Any]]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not isinstance(getattr(cls, "see", None), Rule):
            raise TypeError(f"{cls.__name__} has no rule `see`")
        Access.registry[cls.model._meta.label] = cls

    @classmethod
    def all_verbs(cls) -> list[str]:
        """Names of all verbs that have a rule."""
        return [n for n in dir(cls) if isinstance(getattr(cls, n, None), Rule)]

    @classmethod
    def rule(cls, verb: str) -> Rule:
        """The rule of a verb. Raises LookupError for one that has none: closed by default."""
        found = getattr(cls, verb, None)
        if not isinstance(found, Rule):
            raise LookupError(f"{cls.__name__} has no rule for {verb!r}")
        return found if verb == "see" else cls.see & found

    @classmethod
    def q(cls, viewer: Viewer, verb: str = "see") -> Compiled:
        """The rule of a verb, compiled once for this viewer."""
        compiled: Compiled = viewer.memo((cls, verb), lambda: cls._compiled(viewer, verb))
        return compiled

    @classmethod
    def _compiled(cls, viewer: Viewer, verb: str) -> Compiled:
        """The rule for the viewer; for a stand-in, by the own posts or by those of one of the absent."""
        rule = cls.rule(verb)
        out: Q | None = None
        for part in viewer.parts():
            q = rule.q(part)
            if q is True:
                return True
            if isinstance(q, Q):
                out = q if out is None else out | q
        return False if out is None else out

    @classmethod
    def acts_for(cls, viewer: Viewer, verb: str, obj: M) -> Deputy | None:
        """For whom the viewer does the verb to this row: None by the own posts, else the absent. No query but for
        stand-ins."""
        own, *others = viewer.parts()
        if not others or cls._one(own, verb, obj):
            return None
        for deputy, part in zip(viewer.grants.deputies, others, strict=True):
            if cls._one(part, verb, obj):
                return deputy
        return None

    @classmethod
    def _one(cls, part: Viewer, verb: str, obj: M) -> bool:
        q = cls.rule(verb).q(part)
        return q if isinstance(q, bool) else cls.model._default_manager.filter(q, pk=obj.pk).exists()

    @classmethod
    def rows(cls, viewer: Viewer, verb: str = "see") -> QuerySet[M]:
        """All rows for which the viewer may do the verb."""
        q = cls.q(viewer, verb)
        rows: QuerySet[M] = cls.model._default_manager.all()  # type: ignore[assignment]
        if q is True:
            return rows
        return rows.none() if q is False else rows.filter(q)

    @classmethod
    def may(cls, viewer: Viewer, verb: str, obj: M | int) -> bool:
        """Whether the viewer may do the verb to this row. One query, the same rule as `rows`."""
        pk = obj.pk if isinstance(obj, Model) else obj
        return cls.rows(viewer, verb).filter(pk=pk).exists()

    @classmethod
    def verbs(cls, viewer: Viewer, obj: M, among: Iterable[str] | None = None) -> set[str]:
        """Which verbs the viewer may do to this row, as it was read: for its buttons. One query at most.

        What the row's own columns tell is answered without asking the database again; `may` and `get`, which guard
        the actions, always ask.
        """
        names = list(among) if among is not None else cls.all_verbs()
        sure, asked = set(), {}
        for name in names:
            q = cls.q(viewer, name)
            known = q if isinstance(q, bool) else _told_by(q, obj)
            if known:
                sure.add(name)
            elif known is None:
                when = When(q, then=Value(True))
                asked[f"may_{name}"] = Case(when, default=Value(False), output_field=BooleanField())
        if asked:
            row = cls.model._default_manager.filter(pk=obj.pk).annotate(**asked).values(*asked).first()
            sure |= {key[4:] for key, yes in (row or {}).items() if yes}
        return sure

    @classmethod
    def get(cls, viewer: Viewer, pk: Any, verb: str = "see", rows: QuerySet[M] | None = None) -> M:
        """The row, if the viewer may do the verb to it. Raises NotVisible, or NotAllowed when only the verb is refused.

        `rows` narrows or enriches the query (select_related).
        """
        q = cls.q(viewer)
        base = rows if rows is not None else cls.model._default_manager.all()
        if q is False:
            raise NotVisible()
        try:
            obj: M = (base if q is True else base.filter(q)).get(pk=pk)  # type: ignore[assignment]
        except (ObjectDoesNotExist, ValueError, TypeError, OverflowError) as error:
            raise NotVisible() from error
        if verb != "see" and not cls.may(viewer, verb, obj):
            raise NotAllowed()
        viewer.acting_for = cls.acts_for(viewer, verb, obj)
        return obj


@dataclass(frozen=True)
class inherits(Rule):
    """The same as for the row that `field` points to: a statement is seen by those who see its deliberation."""

    field: str
    access: type[Access[Any]]
    verb: str = "see"

    def q(self, viewer: Viewer, prefix: str = "") -> Compiled:
        return self.access.rule(self.verb).q(viewer, f"{prefix}{self.field}__")

    def says(self) -> str:
        return f"与其所属{self.access.model._meta.verbose_name}相同"
