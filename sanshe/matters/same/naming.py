"""The name of a topic, made from the words of its messages: runs of characters that most of them have, whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log

from .grouping import Item, words_of
from .traces import pieces

#: A name of so many characters fits a line of the table.
LONGEST = 22
#: Messages of a topic that are read for its name; more do not change it.
READ = 200
#: Of two runs, one inside the other, the longer is the whole one when such a share of those with the shorter have it.
WHOLE = 0.75


def head_of(item: Item) -> str:
    """What a message is named by: its title, else its beginning."""
    return item.title or item.text[:40]


def runs_of(head: str) -> set[str]:
    """The runs of two to twelve characters of a title."""
    return {
        piece[begin : begin + n]
        for piece in pieces(head[:60])
        for n in range(2, min(12, len(piece)) + 1)
        for begin in range(len(piece) - n + 1)
    }


def background(items: Sequence[Item]) -> Counter[str]:
    """How many of all messages have each short run: what everybody says is no name."""
    counts: Counter[str] = Counter()
    for item in items:
        counts.update(run for run in runs_of(head_of(item)) if len(run) <= 4)
    return counts


def name_of(items: Sequence[Item], members: Sequence[int], common: Counter[str]) -> tuple[str, list[str]]:
    """Name and words of a topic: the runs that most of its messages and few others have, in the order they are said."""
    heads = [head_of(items[k]) for k in members][:: len(members) // READ + 1]
    counts: Counter[str] = Counter()
    for head in heads:
        counts.update(runs_of(head))
    least = max(2.0, 0.25 * len(heads))
    whole = _whole({run: count for run, count in counts.items() if count >= least})

    def weight(run: str) -> float:
        # A longer run is as common as the rarest of its parts that is known.
        known = min((common[run[i : i + 4]] for i in range(max(1, len(run) - 3))), default=1) or 1
        return whole[run] * float(min(len(run), 8) ** 0.7) * log(1 + 0.2 * (len(items) + 20) / known)

    chosen: list[str] = []
    for run in sorted(whole, key=lambda r: (-weight(r), r)):
        parts = {run[i : i + 2] for i in range(len(run) - 1)}
        touched = any(parts & {c[i : i + 2] for i in range(len(c) - 1)} or _meets(run, c) for c in chosen)
        if touched or sum(map(len, chosen)) + len(run) > LONGEST or not _solid(run):
            continue
        chosen.append(run)
        if len(chosen) == 3:
            break
    chosen.sort(key=lambda r: _position(r, heads))
    if not chosen:
        chosen = [word for word, _ in Counter(w for head in heads for w in words_of(head)).most_common(3)]
    return " ".join(chosen) or heads[0][:LONGEST], chosen


def _whole(counts: dict[str, int]) -> dict[str, int]:
    """The runs that are no mere part of a longer one that nearly as many have."""
    longer: Counter[str] = Counter()
    for run, count in counts.items():
        for part in (run[1:], run[:-1]):
            longer[part] = max(longer[part], count)
    return {run: count for run, count in counts.items() if longer[run] < WHOLE * count}


def _solid(run: str) -> bool:
    """Whether a run has two Chinese characters at least, and is no number or letter code of a district."""
    return sum("\u4e00" <= sign <= "\u9fff" for sign in run) >= 2


def _meets(one: str, other: str) -> bool:
    """Whether one ends with the character that the other begins with: two cuts of the same name."""
    return one[-1] == other[0] or other[-1] == one[0]


def _position(run: str, heads: Sequence[str]) -> float:
    there = [place for place in (head.lower().find(run) for head in heads) if place >= 0]
    return sum(there) / len(there) if there else 99.0
