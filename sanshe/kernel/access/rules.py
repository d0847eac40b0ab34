"""The atoms of rules. Each compiles, for one viewer, to a Q of literal ids on the row's own columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Q

from .viewer import Viewer

Compiled = Q | bool
#: Above this many ids a list of literals costs more than a range or a subquery.
LITERALS = 2000


def _prefixed(q: Q, prefix: str) -> Q:
    if not prefix:
        return q
    out = Q(_connector=q.connector, _negated=q.negated)
    for child in q.children:
        out.children.append(
            _prefixed(child, prefix) if isinstance(child, Q) else (prefix + child[0], child[1])  # type: ignore[index]
        )
    return out


def _any_of(q: Q) -> list[Any]:
    """The alternatives of a condition; empty when it is not a plain OR of conditions on columns."""
    return list(q.children) if not q.negated and (q.connector == Q.OR or len(q.children) == 1) else []


def _leaf_implies(narrow: Any, wide: Any) -> bool:
    if narrow == wide:
        return True
    if not (isinstance(narrow, tuple) and isinstance(wide, tuple)) or narrow[0] != wide[0]:
        return False
    both = isinstance(narrow[1], list) and isinstance(wide[1], list)
    return both and str(narrow[0]).endswith("__in") and set(narrow[1]) <= set(wide[1])


def _implies(narrow: Q, wide: Q) -> bool:
    """Whether `wide` certainly holds wherever `narrow` does: (a or b) adds nothing to b. False when unsure."""
    wider = _any_of(wide)
    if not wider:
        return False
    demands = list(narrow.children) if not narrow.negated and narrow.connector == Q.AND else [narrow]
    for demand in demands:
        ways = _any_of(demand) if isinstance(demand, Q) else [demand]
        if ways and all(any(_leaf_implies(way, one) for one in wider) for way in ways):
            return True
    return False


def _without_implied(parts: list[Q]) -> list[Q]:
    """The parts of a conjunction without those that another part implies: half the SQL of most verbs."""
    kept: list[Q] = []
    for part in parts:
        if not any(_implies(other, part) for other in kept):
            kept = [other for other in kept if not _implies(part, other)]
            kept.append(part)
    return kept


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
        return " 或 ".join(f"（{r.says()}）" if isinstance(r, _All) else r.says() for r in self.rules)


@dataclass(frozen=True)
class _All(Rule):
    rules: tuple[Rule, ...]

    def q(self, viewer: Viewer, prefix: str = "") -> Compiled:
        parts: list[Q] = []
        for rule in self.rules:
            part = rule.q(viewer, prefix)
            if part is False:
                return False
            if isinstance(part, Q):
                parts.append(part)
        out: Q | None = None
        for part in _without_implied(parts):
            out = part if out is None else out & part
        return True if out is None else out

    def says(self) -> str:
        return "，且".join(f"（{r.says()}）" if isinstance(r, _Any) else r.says() for r in self.rules)


@dataclass(frozen=True)
class _Not(Rule):
    rule: Rule

    def q(self, viewer: Viewer, prefix: str = "") -> Compiled:
        part = self.rule.q(viewer.for_exclusion, prefix)
        return ~part if isinstance(part, Q) else not part

    def says(self) -> str:
        said = self.rule.says()
        return f"不是（{said}）" if isinstance(self.rule, (_Any, _All)) else f"不是{said}"


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
        ids = sorted(viewer.own_ids)
        if not ids:
            return False
        return Q(**{f"{prefix}{self.field}": ids[0]}) if len(ids) == 1 else Q(**{f"{prefix}{self.field}__in": ids})

    def says(self) -> str:
        return self.label


@dataclass(frozen=True)
class given_to(Rule):
    """The work of the row was given to the viewer, or to somebody whom the viewer stands in for.

    Unlike `own`, which is about what is somebody's as a person, this goes with a post that is held for another.
    """

    field: str
    label: str

    def q(self, viewer: Viewer, prefix: str = "") -> Compiled:
        ids = sorted(viewer.duty_ids)
        if not ids:
            return False
        return Q(**{f"{prefix}{self.field}": ids[0]}) if len(ids) == 1 else Q(**{f"{prefix}{self.field}__in": ids})

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
        ids = viewer.memo((self, "ids"), lambda: self._ids(viewer))
        return Q(**{f"{prefix}{self.to}__in": ids}) if not isinstance(ids, list) or ids else False

    def _ids(self, viewer: Viewer) -> Any:
        """The ids as a list; as a query that stands for them when there are too many."""
        inner = self.rule.q(viewer)
        if inner is False:
            return []
        rows = apps.get_model(self.model)._base_manager.all()
        values = (rows if inner is True else rows.filter(inner)).values_list(self.key, flat=True)
        ids = list(values.distinct()[: LITERALS + 1])
        return ids if len(ids) <= LITERALS else values

    def says(self) -> str:
        return self.label or f"与之关联的人（{self.rule.says()}）"
