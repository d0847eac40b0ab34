"""Many texts sorted into topics: the same thing in the same place. With numpy and scipy: never in the web process.

Each text becomes a vector of its words and pairs of characters, the rarer ones weighing more, what stands in its title
and the names of places most. A text joins the topic whose middle it is nearest to, or begins one; afterwards topics
whose middles are near are joined, and every text is asked again where it belongs. A text is compared only with topics
that share one of its rare words, so that the work grows with the texts and not with their square.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
from scipy import sparse

from .traces import EMPTY, folded, pieces, places

#: Characters of the text beside the title that are read.
BODY = 300
#: A word that occurs in more than this share of the texts tells nothing about which topic it is.
COMMON = 0.12
#: Messages that are thought to be there besides, for how rare a word is.
KNOWN = 300
#: Without the name of the place a topic must still hold together by this share of what is asked of the whole.
APART = 0.45
_STOP = frozenset(EMPTY)
_HAN = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Item:
    """One message. `who`: whose it is, as an unspoken key; the same key is one person. `area`: 0 when unknown."""

    key: str
    title: str
    text: str
    at: datetime
    who: str
    place: str = ""
    likes: int = 0
    area: int = 0


@dataclass
class Group:
    """A topic: its messages (numbers of the list that was given), and the name made from their words."""

    members: list[int]
    name: str = ""
    words: list[str] = field(default_factory=list)


def words_of(text: str) -> list[str]:
    """The words of a text that tell something: two characters and more, Chinese, no empty phrase."""
    import rjieba

    return [
        word
        for piece in pieces(text)
        for word in rjieba.cut(piece, False)
        if len(word) > 1 and word not in _STOP and _HAN.search(word)
    ]


def _features(item: Item) -> Counter[str]:
    """What a message is counted by: words, pairs of characters, and the names of its places, with their weights."""
    found: Counter[str] = Counter()
    head, body = item.title, item.text[:BODY]
    for text, weight in ((head, 2.0), (body, 1.0)):
        for word, times in Counter(words_of(text)).items():
            found["w" + word] += weight * (1 + np.log(times))  # type: ignore[assignment]
        for piece in pieces(text):
            for i in range(len(piece) - 1):
                found["p" + piece[i : i + 2]] += weight * 0.5  # type: ignore[assignment]
    for place in places(head, item.place, body):
        found["l" + place] += 3.0 if place in head or place in item.place else 1.5  # type: ignore[assignment]
    if item.area:
        found[f"c{item.area}"] += 1  # those of one community are nearer to each other
    return found


def vectors(items: Sequence[Item]) -> tuple[Any, list[str]]:
    """The messages as rows over the features that more than one of them has.

    A row is of length 1 with what only it says counted in: few words in common with much said besides are not near.
    Rarity is told as if `KNOWN` other messages were there, so that among few messages no word counts as common yet.
    """
    many = len(items)
    counts: Counter[str] = Counter()
    each = []
    for item in items:
        found = _features(item)
        each.append(found)
        counts.update(found.keys())
    most = COMMON * (many + KNOWN)
    names = sorted(name for name, count in counts.items() if 2 <= count <= most)
    column = {name: k for k, name in enumerate(names)}
    rows, columns, values = [], [], []
    alone = np.zeros(many)
    for k, found in enumerate(each):
        for name, weight in found.items():
            value = (1 + np.log(weight + 0.5) if weight > 0.5 else weight) * np.log((many + KNOWN) / (counts[name] + 2))
            place = column.get(name)
            if place is not None:
                rows.append(k)
                columns.append(place)
                values.append(value)
            elif counts[name] == 1:
                alone[k] += value * value
    matrix = sparse.csr_matrix((values, (rows, columns)), shape=(many, len(names)), dtype=np.float32)
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel() + alone)
    lengths[lengths == 0] = 1
    return sparse.csr_matrix(sparse.diags(1 / lengths) @ matrix), names


def _unit(matrix: Any) -> Any:
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1
    return sparse.csr_matrix(sparse.diags(1 / lengths) @ matrix)


def neighbours(matrix: Any, least: float, block: int = 512) -> Any:
    """The pairs of rows that are at least so near, as a symmetric sparse matrix without its diagonal."""
    turned = matrix.T.tocsr()
    found = []
    for begin in range(0, matrix.shape[0], block):
        near = (matrix[begin : begin + block] @ turned).tocoo()
        keep = near.data >= least
        rows = near.row[keep] + begin
        other = rows != near.col[keep]
        found.append((rows[other], near.col[keep][other], near.data[keep][other]))
    if not found:
        return sparse.csr_matrix((0, 0))
    rows, columns, values = (np.concatenate(part) for part in zip(*found, strict=True))
    return sparse.csr_matrix((values, (rows, columns)), shape=(matrix.shape[0],) * 2)


def cluster(matrix: Any, least: float) -> Any:
    """Group rows by average linkage over the pairs that are near at all; returns the group of each row.

    The two groups with the highest mean nearness are joined, as long as it is at least `least`; pairs that are not
    near at all count as 0, so that no chain of in-betweens joins what has nothing in common.
    """
    import heapq

    count = matrix.shape[0]
    near = neighbours(matrix, least * 0.5)
    links: list[dict[int, float]] = [
        dict(zip(near.indices[a:b].tolist(), near.data[a:b].tolist(), strict=True))
        for a, b in zip(near.indptr[:-1], near.indptr[1:], strict=True)
    ]
    size = [1] * count
    parent = list(range(count))
    alive = [True] * count
    heap = [(-s, i, j) for i in range(count) for j, s in links[i].items() if i < j and s >= least]
    heapq.heapify(heap)
    while heap:
        score, i, j = heapq.heappop(heap)
        if not (alive[i] and alive[j]):
            continue
        mean = links[i].get(j, 0.0) / (size[i] * size[j])
        if abs(mean + score) > 1e-9:
            continue
        if len(links[i]) < len(links[j]):
            i, j = j, i
        alive[j], parent[j] = False, i
        links[i].pop(j, None)
        links[j].pop(i, None)
        size[i] += size[j]
        for k, total in links[j].items():
            links[k].pop(j, None)
            summed = links[i].get(k, 0.0) + total
            links[i][k] = links[k][i] = summed
        links[j] = {}
        for k, total in links[i].items():
            mean = total / (size[i] * size[k])
            if mean >= least:
                heapq.heappush(heap, (-mean, min(i, k), max(i, k)))

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = parent[k]
        return k

    return np.array([root(k) for k in range(count)])


def group(items: Sequence[Item], least: float, gap: float) -> list[Group]:
    """The topics of the messages, each of two messages at least; what is like nothing else belongs to none.

    `least`: the mean nearness that holds a topic together. `gap`: days of silence after which the same is a new topic.
    """
    # What says the same sign for sign is compared once: 500 times one message is one row, and no word of it common.
    alike: dict[tuple[str, str, int], list[int]] = {}
    for k, item in enumerate(items):
        alike.setdefault((item.title, item.text, item.area), []).append(k)
    copies = sorted(alike.values())
    one_each = [items[same[0]] for same in copies]
    found = [[0]] if len(one_each) == 1 else _group_distinct(one_each, least)
    grouped = {k for members in found for k in members}
    found += [[k] for k in range(len(copies)) if k not in grouped]
    whole = [[k for place in members for k in copies[place]] for members in found]
    parts = [part for members in whole if len(members) > 1 for part in _by_time(members, items, gap)]
    return [Group(members) for members in parts if len(members) > 1]


def _group_distinct(items: Sequence[Item], least: float) -> list[list[int]]:
    matrix, names = vectors(items)
    where = [
        places(item.title, item.place, item.text[:BODY]) or frozenset([f"c{item.area}"] if item.area else [])
        for item in items
    ]
    found = []
    for members in _sorted_by(cluster(matrix, least)):
        for near in _by_place(members, where):
            found += _by_thing(near, [items[k].title for k in near], where, matrix, names, least)
    return found


def _sorted_by(labels: Any) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for k, label in enumerate(labels.tolist()):
        found.setdefault(label, []).append(k)
    return [members for members in found.values() if len(members) > 1]


def _by_time(members: list[int], items: Sequence[Item], gap: float) -> list[list[int]]:
    """Part a topic where nothing was said for so many days."""
    ordered = sorted(members, key=lambda k: items[k].at)
    parts = [[ordered[0]]]
    for before, k in pairwise(ordered):
        if (items[k].at - items[before].at).total_seconds() > gap * 86400:
            parts.append([])
        parts[-1].append(k)
    return parts


def _by_place(members: list[int], where: Sequence[frozenset[str]]) -> list[list[int]]:
    """Part a topic whose messages name different places: the same trouble in two places is two things."""
    counts = Counter(place for k in members for place in where[k])
    most = counts.most_common(1)
    if not most or most[0][1] >= 0.6 * len(members):
        return [members]
    named = [k for k in members if where[k]]
    if len(named) < 0.5 * len(members):
        return [members]
    parts: list[list[int]] = []
    rest = named
    while rest:
        place, count = Counter(p for k in rest for p in where[k]).most_common(1)[0]
        if count < 2:
            break
        parts.append([k for k in rest if place in where[k]])
        rest = [k for k in rest if place not in where[k]]
    return parts


def _by_thing(
    members: list[int], titles: Sequence[str], where: Sequence[frozenset[str]], matrix: Any, names: Sequence[str],
    least: float,
) -> list[list[int]]:  # fmt: skip
    """Part a topic that only the name of its place holds together: look again without that name."""
    counts = Counter(place for k in members for place in where[k])
    common = {place for place, count in counts.items() if count >= 0.4 * len(members)} | _common_runs(titles)
    if not common or len(members) < 3:
        return [members]
    rows = matrix[members]
    held = np.asarray((rows > 0).sum(axis=0)).ravel()
    kept = np.array([k for k in np.flatnonzero(held).tolist() if not _of_place(names[k], common)])
    if not len(kept):
        return [members]
    parts = _sorted_by(cluster(_unit(rows[:, kept]), least * APART))
    largest = max(parts, key=len, default=[])
    if 2 * len(largest) >= len(members):  # one thing after all: the few that say it in other words stay with it
        return [members]
    return [[members[k] for k in part] for part in parts]


def _common_runs(titles: Sequence[str]) -> set[str]:
    """The runs of three characters that most of the titles have: the name of what they are about."""
    counts: Counter[str] = Counter()
    for title in titles:
        counts.update({piece[i : i + 3] for piece in pieces(title) for i in range(len(piece) - 2)})
    return {run for run, count in counts.items() if count >= 0.6 * len(titles)}


def _of_place(name: str, common: set[str]) -> bool:
    """Whether a feature is a part of a common name."""
    kind, text = name[0], name[1:]
    return kind in "lc" or any(text in one or one in text for one in common)


__all__ = ["Group", "Item", "cluster", "folded", "group", "neighbours", "vectors", "words_of"]
