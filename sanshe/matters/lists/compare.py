"""Version against version: what was added, removed and changed, item by item and field by field. Nothing here asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .kinds import Kind


@dataclass(frozen=True)
class Change:
    """One field that differs. For words: which came and which went; else the old and the new."""

    label: str
    before: str
    after: str
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()

    @property
    def words(self) -> bool:
        """Whether it is a list of words, told by what came and what went."""
        return bool(self.came or self.went)


@dataclass(frozen=True)
class Changed:
    """An item that stands in both versions and differs."""

    item: Any
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Comparison:
    """What leads from one version to another."""

    added: list[Any] = field(default_factory=list)
    removed: list[Any] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    same: int = 0

    @property
    def any(self) -> bool:
        """Whether the two differ at all."""
        return bool(self.added or self.removed or self.changed)


def differences(kind: Kind, old: Any, new: Any) -> tuple[Change, ...]:
    """The fields in which two items of the same code differ."""
    found = []
    for one in kind.fields:
        before, after = getattr(old, one.name), getattr(new, one.name)
        if before == after:
            continue
        if isinstance(before, list) and isinstance(after, list):
            came = tuple(word for word in after if word not in before)
            went = tuple(word for word in before if word not in after)
            if came or went:
                found.append(Change(one.label, one.shown(before), one.shown(after), came, went))
            continue  # the same words in another order say the same
        found.append(Change(one.label, one.shown(before), one.shown(after)))
    return tuple(found)


def compare(kind: Kind, old: Sequence[Any], new: Sequence[Any]) -> Comparison:
    """Compare the items of two versions; an item is the same when its code is."""
    before = {item.code: item for item in old}
    after = {item.code: item for item in new}
    changed = []
    same = 0
    for code, item in after.items():
        if code in before:
            changes = differences(kind, before[code], item)
            if changes:
                changed.append(Changed(item, changes))
            else:
                same += 1
    return Comparison(
        added=[item for code, item in after.items() if code not in before],
        removed=[item for code, item in before.items() if code not in after],
        changed=changed,
        same=same,
    )
