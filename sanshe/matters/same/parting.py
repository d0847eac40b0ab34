"""A cluster of messages that sound alike is parted: what is said of another place, or only of the same place.

Average linkage joins what has words in common. The same trouble in two estates shares all its words but the name, and
two troubles of one estate share the name and little else; both are told apart here, by the names that were learned.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from .linkage import cluster, sorted_by, unit

#: Without the name of the place a topic must still hold together by this share of what is asked of the whole.
APART = 0.9
#: What is so little like most of the place's messages, its name left out, speaks of another thing.
ELSE = 0.5
#: Where no place is named at all the messages must be so many times nearer: a question of policy is no topic.
UNPLACED = 3.0
#: Those that name no place go with a place's when they are so near to them, beside how near those are to one another.
WITH = 0.6
#: A place that so many of the named ones name is where those are meant that name none.
MOSTLY = 0.6


@dataclass(frozen=True)
class Where:
    """What a message names: the places it is about, all that it has, and its community (0: unknown)."""

    about: frozenset[str]
    every: frozenset[str]
    area: int = 0


class Parting:
    """Parts clusters of the rows of one matrix. `features`: what its columns are; `least`: as for the clusters."""

    def __init__(self, matrix: Any, features: Sequence[str], where: Sequence[Where], least: float) -> None:
        self.matrix, self.features, self.where, self.least = matrix, features, where, least
        self._holding: dict[str, list[int]] = {}

    def of(self, clusters: Iterable[Sequence[int]]) -> list[list[int]]:
        """The topics: every part of a cluster that is one thing in one place, each of two rows at least."""
        found: dict[str, list[tuple[int, list[int]]]] = defaultdict(list)
        for number, members in enumerate(clusters):
            for place, near in self.by_place(members):
                found[place] += [(number, part) for part in self.by_thing(place, near)]
        return [part for place, parts in found.items() for part in self._joined(place, parts)]

    # -- places --------------------------------------------------------------------------------------------------------

    def by_place(self, members: Sequence[int]) -> list[tuple[str, list[int]]]:
        """The parts of one place each, with its name; "" for what names none and holds together nevertheless."""
        where, rest = self.where, list(members)
        parts: list[tuple[str, list[int]]] = []
        while rest:
            counts: Counter[str] = Counter()
            for k in rest:
                counts.update(where[k].every)
                counts.update(where[k].about)
            best = max(counts, key=lambda p: (counts[p], len(p), p), default="")
            mine = [k for k in rest if best in where[k].every]
            if len(mine) < 2:
                break
            beside = {place for k in mine for place in where[k].every}
            taken = set(mine) | {k for k in rest if where[k].about and where[k].about <= beside}
            parts.append((best, [k for k in rest if k in taken]))
            rest = [k for k in rest if k not in taken]
        nameless = [k for k in rest if not where[k].about]
        named = len(members) - len(nameless)
        return [*self._with_nameless(parts, nameless, named)]

    def _with_nameless(
        self, parts: list[tuple[str, list[int]]], nameless: list[int], named: int
    ) -> list[tuple[str, list[int]]]:
        """Those without a name go to the place that most speak of; else they stay together by their community."""
        most = max((members for _, members in parts), key=len, default=[])
        if nameless and most and len(most) >= MOSTLY * named:
            areas = {self.where[k].area for k in most}
            middle = self.matrix[most].sum(axis=0)
            near = np.asarray(self.matrix[nameless] @ middle.T).ravel() / len(most)
            own = float((middle @ middle.T)[0, 0]) / len(most) ** 2
            there = [
                k
                for k, share in zip(nameless, near.tolist(), strict=True)
                if share >= WITH * own and (not self.where[k].area or self.where[k].area in areas)
            ]
            most += there
            nameless = [k for k in nameless if k not in set(there)]
        by_area: dict[int, list[int]] = defaultdict(list)
        for k in nameless:
            by_area[self.where[k].area].append(k)
        for area, left in by_area.items():
            if len(left) < 2:
                continue
            if area:
                parts.append((f"c{area}", left))
            else:
                parts += [("", near) for near in self._clusters(self.matrix[left], left, self.least * UNPLACED)]
        return parts

    # -- things --------------------------------------------------------------------------------------------------------

    def by_thing(self, place: str, members: list[int]) -> list[list[int]]:
        """The parts that are one thing: the messages of one place are looked at again without its names."""
        if len(members) < 3 or not place:
            return [members]
        rows = self._without(place, members)
        if not rows.shape[1]:
            return [members]
        parts = self._clusters(rows, list(range(len(members))), self.least * APART)
        if not parts:
            return []
        parts.sort(key=len, reverse=True)
        whole = rows @ rows[parts[0]].sum(axis=0).T / len(parts[0])  # how near each is to the largest, on average
        near, largest = np.asarray(whole).ravel(), set(parts[0])
        apart = [part for part in parts[1:] if near[part].mean() < self.least * ELSE]
        gone = {k for part in apart for k in part}
        if 2 * len(largest) >= len(members) - len(gone):
            alone = {k for k in range(len(members)) if near[k] < self.least * ELSE} - largest
            parts = [[k for k in range(len(members)) if k not in gone and k not in alone], *apart]
        return [[members[k] for k in part] for part in parts if len(part) > 1]

    def _clusters(self, rows: Any, members: Sequence[int], least: float) -> list[list[int]]:
        return [[members[k] for k in part] for part in sorted_by(cluster(rows, least))]

    def _without(self, place: str, members: Sequence[int]) -> Any:
        """The rows of some messages without the names that most of them have: what they say of the place."""
        counts = Counter(name for k in members for name in self.where[k].every)
        common = {name for name, count in counts.items() if count >= 0.4 * len(members)} | {place}
        rows = self.matrix[members]
        held = np.unique(rows.indices)
        kept = [k for k in held.tolist() if not _of_place(self.features[k], common)]
        return unit(rows[:, kept])

    def _joined(self, place: str, parts: list[tuple[int, list[int]]]) -> list[list[int]]:
        """The parts of one place, two of different clusters joined where they say the same of it after all."""
        if not place:
            return [members for _, members in parts]
        joined = True
        while joined and len(parts) > 1:
            joined = False
            for one, other in combinations(range(len(parts)), 2):
                (first, mine), (second, theirs) = parts[one], parts[other]
                if first != second and self._same(place, mine, theirs):
                    parts[one] = (first, mine + theirs)
                    parts.pop(other)
                    joined = True
                    break
        return [members for _, members in parts]

    def _same(self, place: str, one: list[int], other: list[int]) -> bool:
        both = one + other
        for rows, least in ((self.matrix[both], self.least), (self._without(place, both), self.least * APART)):
            first, second = rows[: len(one)].sum(axis=0), rows[len(one) :].sum(axis=0)
            if float((first @ second.T)[0, 0]) < least * len(one) * len(other):
                return False
        return True


def _of_place(name: str, common: set[str]) -> bool:
    """Whether a feature is a part of a common name."""
    kind, text = name[0], name[1:]
    return kind in "lc" or any(text in one or one in text for one in common)
