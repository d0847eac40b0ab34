"""Many texts sorted into topics: the same thing in the same place. With numpy and scipy: never in the web process.

Each text becomes a vector of its words and pairs of characters, the rarer ones weighing more, what stands in its title
and the names of places most. A text joins the topic whose middle it is nearest to, or begins one; afterwards topics
whose middles are near are joined, and every text is asked again where it belongs. A text is compared only with topics
that share one of its rare words, so that the work grows with the texts and not with their square.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from math import log
from typing import Any

import numpy as np
from scipy import sparse

from . import names
from .linkage import cluster, sorted_by
from .parting import Parting, Where
from .traces import EMPTY, folded, pieces

#: Characters of the text beside the title that are read.
BODY = 300
#: A word that occurs in more than this share of the texts tells nothing about which topic it is.
COMMON = 0.12
#: Messages that are thought to be there besides, for how rare a word is.
KNOWN = 300
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
    return _words(pieces(text))


def _words(parts: Sequence[str]) -> list[str]:
    import rjieba

    return [
        word
        for piece in parts
        for word in rjieba.cut(piece, False)
        if len(word) > 1 and word not in _STOP and _HAN.search(word)
    ]


def _features(item: Item, about: frozenset[str], more: frozenset[str]) -> dict[str, float]:
    """What a message is counted by: words, pairs of characters, and the names of its places, with their weights."""
    found: dict[str, float] = {}
    for text, weight in ((item.title, 2.0), (item.text[:BODY], 1.0)):
        parts = pieces(text)
        for word, times in Counter(_words(parts)).items():
            found["w" + word] = found.get("w" + word, 0.0) + weight * (1 + log(times))
        half = weight * 0.5
        for piece in parts:
            for i in range(len(piece) - 1):
                pair = "p" + piece[i : i + 2]
                found[pair] = found.get(pair, 0.0) + half
    for place in more:
        found["l" + place] = 3.0 if place in about else 1.5
    if item.area:
        found[f"c{item.area}"] = 1.0  # those of one community are nearer to each other
    return found


def vectors(items: Sequence[Item], where: Sequence[Where]) -> tuple[Any, list[str]]:
    """The messages as rows over the features that more than one of them has.

    A row is of length 1 with what only it says counted in: few words in common with much said besides are not near.
    Rarity is told as if `KNOWN` other messages were there, so that among few messages no word counts as common yet.
    """
    many = len(items)
    number: dict[str, int] = {}
    columns, weights, lengths = array("i"), array("f"), array("i")
    for item, there in zip(items, where, strict=True):
        found = _features(item, there.about, there.every)
        columns.extend([number.setdefault(name, len(number)) for name in found])
        weights.extend(found.values())
        lengths.append(len(found))
    column, weight = np.frombuffer(columns, dtype=np.int32), np.frombuffer(weights, dtype=np.float32)
    counts = np.bincount(column, minlength=len(number))
    rare = np.log((many + KNOWN) / (counts + 2.0))
    value = np.where(weight > 0.5, 1 + np.log(weight + 0.5), weight) * rare[column]
    row = np.repeat(np.arange(many), np.frombuffer(lengths, dtype=np.int32))
    single = counts[column] == 1
    alone = np.bincount(row[single], weights=value[single] ** 2, minlength=many)
    kept = (counts >= 2) & (counts <= COMMON * (many + KNOWN))
    place = np.cumsum(kept) - 1
    used = kept[column]
    matrix = sparse.csr_matrix(
        (value[used].astype(np.float32), (row[used], place[column[used]])), shape=(many, int(kept.sum()))
    )
    size = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel() + alone)
    size[size == 0] = 1
    told = [name for name, keep in zip(number, kept.tolist(), strict=True) if keep]
    return sparse.csr_matrix(sparse.diags(1 / size) @ matrix), told


def group(items: Sequence[Item], least: float, gap: float, known: Iterable[str] = ()) -> list[Group]:
    """The topics of the messages, each of two messages at least; what is like nothing else belongs to none.

    `least`: the mean nearness that holds a topic together. `gap`: days of silence after which the same is a new topic.
    `known`: names of places that are known besides those that the messages themselves tell.
    """
    # What says the same sign for sign is compared once: 500 times one message is one row, and no word of it common.
    alike: dict[tuple[str, str, int], list[int]] = {}
    for k, item in enumerate(items):
        alike.setdefault((item.title, item.text, item.area), []).append(k)
    copies = sorted(alike.values())
    one_each = [items[same[0]] for same in copies]
    found = [[0]] if len(one_each) == 1 else _group_distinct(one_each, least, known)
    grouped = {k for members in found for k in members}
    found += [[k] for k in range(len(copies)) if k not in grouped]
    whole = [[k for place in members for k in copies[place]] for members in found]
    parts = [part for members in whole if len(members) > 1 for part in _by_time(members, items, gap)]
    return [Group(members) for members in parts if len(members) > 1]


def _group_distinct(items: Sequence[Item], least: float, known: Iterable[str]) -> list[list[int]]:
    heads = [folded(item.title or item.text[:40]) for item in items]
    bodies = [folded(item.text[: names.BODY]) for item in items]
    learned = names.learn(heads, bodies, known)
    where = [
        Where(*names.named(learned, head, folded(item.place), body), item.area)
        for item, head, body in zip(items, heads, bodies, strict=True)
    ]
    matrix, features = vectors(items, where)
    parting = Parting(matrix, features, where, least)
    return parting.of(sorted_by(cluster(matrix, least)))


def _by_time(members: list[int], items: Sequence[Item], gap: float) -> list[list[int]]:
    """Part a topic where nothing was said for so many days."""
    ordered = sorted(members, key=lambda k: items[k].at)
    parts = [[ordered[0]]]
    for before, k in pairwise(ordered):
        if (items[k].at - items[before].at).total_seconds() > gap * 86400:
            parts.append([])
        parts[-1].append(k)
    return parts


__all__ = ["Group", "Item", "group", "vectors", "words_of"]
