"""Who may see and who may do: one rule filters lists and answers for one object, the same Q, in the database.

A rule is written once, in a module's access.py, from the atoms below. It compiles, for one viewer, to a Q of
*literal* ids on the row's own columns; branches that can not match are dropped. With subqueries in their place a
person who sees three rows of a million waits a thousand times longer (docs/adr/0005).

Closed by default: a verb without a rule raises, a viewer without a grant sees nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from django.apps import apps
from django.db.models import BooleanField, Case, Model, Q, QuerySet, Value, When

from sanshe.kernel.errors import NotAllowed, NotVisible

M = TypeVar("M", bound=Model)
Compiled = Q | bool
#: Above this many ids a list of literals costs more than a range or a subquery.
LITERALS = 2000


@dataclass(frozen=True)
class Scope:
    """Where a role is held: everywhere, in a set of areas (ids), or in ranges of the stored tree order [lo, hi)."""

    everywhere: bool = False
    ids: frozenset[int] = frozenset()
    ranges: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Grants:
    """What a person holds at this moment, resolved once a request by the provider (accounts).

    `areas`: role → Scope; `bodies`: role → ids of the bodies it is held in; `posts`: a label each, for the audit.
    """

    areas: Mapping[str, Scope] = field(default_factory=dict)
    bodies: Mapping[str, frozenset[int]] = field(default_factory=dict)
    posts: tuple[str, ...] = ()


_provider: Callable[[Any], Grants] | None = None


def provide_grants(provider: Callable[[Any], Grants]) -> None:
    """Register who knows what a user holds. Called once, by the module of accounts, when the application starts."""
    global _provider
    _provider = provider


class Viewer:
    """Someone who looks or acts: a user with grants, the public, or a named system account."""

    def __init__(self, user_id: int | None, name: str, grants: Grants, system: str = "") -> None:
        self.user_id, self.name, self.grants, self.system = user_id, name, grants, system
        self._memo: dict[Any, Any] = {}

    @classmethod
    def of(cls, user: Any) -> Viewer:
        """The viewer for a Django user; an anonymous one is the public."""
        if user is None or not user.is_authenticated or not user.is_active:
            return cls.public()
        grants = _provider(user) if _provider else Grants()
        return cls(user.pk, getattr(user, "name", "") or user.get_username(), grants)

    @classmethod
    def public(cls) -> Viewer:
        """Someone who has not signed in."""
        return cls(None, "未登录的访客", Grants())

    @classmethod
    def system_account(cls, name: str) -> Viewer:
        """Scheduled work. It has the rights that rules give to `system(name)` and no others."""
        return cls(None, name, Grants(posts=("系统",)), system=name)

    @property
    def signed_in(self) -> bool:
        return self.user_id is not None

    @property
    def is_staff(self) -> bool:
        """Holds any post at all."""
        return bool(self.grants.areas or self.grants.bodies)

    def holds(self, *roles: str) -> bool:
        """Whether any of the roles is held anywhere."""
        return any(str(r) in self.grants.areas or str(r) in self.grants.bodies for r in roles)

    def bodies(self, *roles: str) -> frozenset[int]:
        """Ids of the bodies in which one of the roles is held."""
        return frozenset().union(*(self.grants.bodies.get(str(r), frozenset()) for r in roles))

    def memo(self, key: Any, make: Callable[[], Any]) -> Any:
        """Compute once a viewer, that is once a request."""
        if key not in self._memo:
            self._memo[key] = make()
        return self._memo[key]

    def __repr__(self) -> str:
        return f"<Viewer {self.name} {self.user_id or self.system}>"


def _prefixed(q: Q, prefix: str) -> Q:
    if not prefix:
        return q
    out = Q(_connector=q.connector, _negated=q.negated)
    for child in q.children:
        out.children.append(
            _prefixed(child, prefix) if isinstance(child, Q) else (prefix + child[0], child[1])  # type: ignore[index]
        )
    return out


class Rule:
    """An atom or a combination of atoms. `q` compiles for a viewer; `says` is the sentence of the reference."""

    def q(self, viewer: Viewer, prefix: str = "") -> Compiled:
        raise NotImplementedError

    def says(self) -> str:
        raise NotImplementedError

    def __or__(self, other: Rule) -> Rule:
        return _Any((self, other))

    def __and__(self, other: Rule) -> Rule:
        return _All((self, other))

    def __invert__(self) -> Rule:
        return _Not(self)


@dataclass(frozen=True)
class _Any(Rule):
    rules: tuple[Rule, ...]

    def q(self, viewer: Viewer, prefix: str = "") -> Compiled:
        out: Q | None = None
        for rule in self.rules:
            part = rule.q(viewer, prefix)
            if part is True:
                return True
            if isinstance(part, Q):
                out = part if out is None else out | part
        return False if out is None else out

    def says(self) -> str:
        return " 或 ".join(r.says() for r in self.rules)


@dataclass(frozen=True)
class _All(Rule):
    rules: tuple[Rule, ...]

    def q(self, viewer: Viewer, prefix: str = "") -> Compiled:
        out: Q | None = None
        for rule in self.rules:
            part = rule.q(viewer, prefix)
            if part is False:
                return False
            if isinstance(part, Q):
                out = part if out is None else out & part
        return True if out is None else out

    def says(self) -> str:
        return "，且".join(f"（{r.says()}）" if isinstance(r, _Any) else r.says() for r in self.rules)


@dataclass(frozen=True)
class _Not(Rule):
    rule: Rule

    def q(self, viewer: Viewer, prefix: str = "") -> Compiled:
        part = self.rule.q(viewer, prefix)
        return ~part if isinstance(part, Q) else not part

    def says(self) -> str:
        return f"不是{self.rule.says()}"


def _labels(roles: Iterable[Any]) -> str:
    return "、".join(str(getattr(r, "label", r)) for r in roles)


@dataclass(frozen=True)
class holds(Rule):
    """A post with one of the roles, in the row's area or in one above it.

    `area` names the row's foreign key to its area; "self" says that the row is itself an area.
    """

    roles: tuple[Any, ...]
    area: str = "area"

    def __init__(self, *roles: Any, area: str = "area") -> None:
        object.__setattr__(self, "roles", roles)
        object.__setattr__(self, "area", area)

    def q(self, viewer: Viewer, prefix: str = "") -> Compiled:
        key, order = ("pk", "lo") if self.area == "self" else (self.area, f"{self.area}__lo")
        ids: set[int] = set()
        out: Q | None = None
        for role in self.roles:
            scope = viewer.grants.areas.get(str(role))
            if scope is None:
                continue
            if scope.everywhere:
                return True
            ids |= scope.ids
            for lo, hi in scope.ranges:
                part = Q(**{f"{prefix}{order}__gte": lo, f"{prefix}{order}__lt": hi})
                out = part if out is None else out | part
        if ids:
            part = Q(**{f"{prefix}{key}__in": sorted(ids)})
            out = part if out is None else out | part
        return False if out is None else out

    def says(self) -> str:
        return f"本区域（含上级）的{_labels(self.roles)}"


@dataclass(frozen=True)
class works_for(Rule):
    """A post with one of the roles in the row's body (a handling unit, a social organisation)."""

    roles: tuple[Any, ...]
    body: str = "body"

    def __init__(self, *roles: Any, body: str = "body") -> None:
        object.__setattr__(self, "roles", roles)
        object.__setattr__(self, "body", body)

    def q(self, viewer: Viewer, prefix: str = "") -> Compiled:
        ids = viewer.bodies(*self.roles)
        return Q(**{f"{prefix}{self.body}__in": sorted(ids)}) if ids else False

    def says(self) -> str:
        return f"该单位的{_labels(self.roles)}"


@dataclass(frozen=True)
class own(Rule):
    """The row's person is the viewer. `field` names a foreign key to the user; `label` how that person is called."""

    field: str = "user"
    label: str = "本人"

    def q(self, viewer: Viewer, prefix: str = "") -> Compiled:
        return Q(**{f"{prefix}{self.field}": viewer.user_id}) if viewer.user_id else False

    def says(self) -> str:
        return self.label


def not_own(field: str = "user", label: str = "本人") -> Rule:
    """The row's person is not the viewer: nobody decides on what is their own."""
    return ~own(field, label)


@dataclass(frozen=True)
class where(Rule):
    """The row is of a certain kind, whoever looks. `label` says which, in Chinese."""

    condition: Q
    label: str

    def q(self, viewer: Viewer, prefix: str = "") -> Compiled:
        return _prefixed(self.condition, prefix)

    def says(self) -> str:
        return self.label


@dataclass(frozen=True)
class anywhere(Rule):
    """The viewer holds one of the roles, wherever."""

    roles: tuple[Any, ...]

    def __init__(self, *roles: Any) -> None:
        object.__setattr__(self, "roles", roles)

    def q(self, viewer: Viewer, prefix: str = "") -> Compiled:
        return viewer.holds(*self.roles)

    def says(self) -> str:
        return f"任何{_labels(self.roles)}"


@dataclass(frozen=True)
class _Kind(Rule):
    test: Callable[[Viewer], bool]
    label: str

    def q(self, viewer: Viewer, prefix: str = "") -> Compiled:
        return self.test(viewer)

    def says(self) -> str:
        return self.label


def everyone() -> Rule:
    """Anybody, signed in or not."""
    return _Kind(lambda v: True, "任何人")


def nobody() -> Rule:
    """No one: the verb exists for the record only."""
    return _Kind(lambda v: False, "无人")


def signed_in() -> Rule:
    """Anybody who has signed in."""
    return _Kind(lambda v: v.signed_in, "登录的人")


def any_post() -> Rule:
    """Anybody who holds a post."""
    return _Kind(lambda v: v.is_staff, "有岗位的人")


def system(*names: str) -> Rule:
    """Scheduled work under one of the names, or under any name when none is given."""
    return _Kind(lambda v: bool(v.system) and (not names or v.system in names), "系统定时任务")


@dataclass(frozen=True)
class through(Rule):
    """The viewer is linked to the row by a table of links, for which `rule` holds.

    `model` is "app.Model"; `key` the column of the link that names the row; `to` the row's column it names.
    The ids are read once a viewer; past LITERALS of them a subquery takes their place.
    """

    model: str
    key: str
    rule: Rule
    to: str = "pk"
    label: str = ""

    def q(self, viewer: Viewer, prefix: str = "") -> Compiled:
        inner = self.rule.q(viewer)
        if inner is False:
            return False
        rows = apps.get_model(self.model)._base_manager.all()
        rows = rows if inner is True else rows.filter(inner)
        values = rows.values_list(self.key, flat=True)
        ids = viewer.memo((self, "ids"), lambda: list(values.distinct()[: LITERALS + 1]))
        if len(ids) > LITERALS:
            return Q(**{f"{prefix}{self.to}__in": values})
        return Q(**{f"{prefix}{self.to}__in": ids}) if ids else False

    def says(self) -> str:
        return self.label or f"与之关联的人（{self.rule.says()}）"


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
    def rows(cls, viewer: Viewer, verb: str = "see") -> QuerySet[M]:
        """All rows for which the viewer may do the verb."""
        q = cls.rule(verb).q(viewer)
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
        """Which verbs the viewer may do to this row: one query for all of them."""
        names = list(among) if among is not None else cls.all_verbs()
        sure, asked = set(), {}
        for name in names:
            q = cls.rule(name).q(viewer)
            if q is True:
                sure.add(name)
            elif isinstance(q, Q):
                asked[f"may_{name}"] = Case(
                    When(q, then=Value(True)), default=Value(False), output_field=BooleanField()
                )
        if asked:
            row = cls.model._default_manager.filter(pk=obj.pk).annotate(**asked).values(*asked).first()
            sure |= {key[4:] for key, yes in (row or {}).items() if yes}
        return sure

    @classmethod
    def get(cls, viewer: Viewer, pk: Any, verb: str = "see", rows: QuerySet[M] | None = None) -> M:
        """The row, if the viewer may do the verb to it. Raises NotVisible, or NotAllowed when only the verb is refused.

        `rows` narrows or enriches the query (select_related).
        """
        q = cls.rule("see").q(viewer)
        base = rows if rows is not None else cls.model._default_manager.all()
        if q is False:
            raise NotVisible()
        try:
            obj: M = (base if q is True else base.filter(q)).get(pk=pk)  # type: ignore[assignment]
        except (cls.model.DoesNotExist, ValueError, TypeError, OverflowError) as error:
            raise NotVisible() from error
        if verb != "see" and not cls.may(viewer, verb, obj):
            raise NotAllowed()
        return obj
