"""Who looks or acts, and what they hold at this moment."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sanshe.kernel.errors import NotAllowed


@dataclass(frozen=True)
class Scope:
    """Where a role is held: everywhere, in a set of areas (ids), or in ranges of the stored tree order [lo, hi)."""

    everywhere: bool = False
    ids: frozenset[int] = frozenset()
    ranges: tuple[tuple[int, int], ...] = ()

    def covers(self, pk: int, lo: int) -> bool:
        """Whether an area, by its key and its place in the tree order, lies within: asked before there is a row."""
        return self.everywhere or pk in self.ids or any(first <= lo < end for first, end in self.ranges)


@dataclass(frozen=True)
class Grants:
    """What a person holds at this moment, resolved once a request by the provider (accounts).

    `areas`: role → Scope; `bodies`: role → ids of the bodies it is held in; `posts`: a label each, for the audit.
    For someone who stands in for others these are all together; `own` is what is held without them, `deputies` whom
    one stands in for.
    """

    areas: Mapping[str, Scope] = field(default_factory=dict)
    bodies: Mapping[str, frozenset[int]] = field(default_factory=dict)
    posts: tuple[str, ...] = ()
    own: Grants | None = None
    deputies: tuple[Deputy, ...] = ()


@dataclass(frozen=True)
class Deputy:
    """Someone who is away and for whom the viewer stands in: with which posts."""

    user_id: int
    name: str
    grants: Grants


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
        #: Whom the last verb was done for, when only a stand-in could do it: written into the audit.
        self.acting_for: Deputy | None = None
        #: Whose rows are the viewer's own.
        self.own_ids: frozenset[int] = frozenset() if user_id is None else frozenset({user_id})
        #: Whose work the viewer does: one's own, and in the part of a stand-in that of the absent.
        self.duty_ids: frozenset[int] = self.own_ids
        self._excluding: Viewer | None = None

    def parts(self) -> list[Viewer]:
        """The viewer by own posts alone, then one for each person stood in for; only itself for everybody else.

        A stand-in has the posts of the absent and the work that was given to them, and nothing that is theirs as a
        person. What a rule takes from those whose own matter it is, it takes from both; and an exclusion by a post
        counts every post held.
        """
        if not self.grants.deputies:
            return [self]
        parts: list[Viewer] = self.memo("parts", self._split)
        return parts

    def _split(self) -> list[Viewer]:
        own = self._like(self.grants.own or Grants())
        own._excluding = self
        found = [own]
        for deputy in self.grants.deputies:
            part = self._like(deputy.grants)
            part.own_ids, part.duty_ids = frozenset(), frozenset({deputy.user_id})
            part._excluding = self._like(self.grants)
            part._excluding.own_ids = self.own_ids | {deputy.user_id}
            found.append(part)
        return found

    def _like(self, grants: Grants) -> Viewer:
        part = copy.copy(self)
        part.grants, part._memo, part._excluding = grants, {}, None
        return part

    @property
    def for_exclusion(self) -> Viewer:
        """The viewer as a negation sees it: who stands in for another is excluded as either of the two."""
        return self._excluding or self

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
    def account_id(self) -> int:
        """The account, for what only a person can do. Raises NotAllowed for the public and for scheduled work."""
        if self.user_id is None:
            raise NotAllowed()
        return self.user_id

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
