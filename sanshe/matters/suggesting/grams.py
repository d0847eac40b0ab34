"""Texts as hashed runs of one to three characters and as hashed words, for many texts at once.

A text gives three blocks: the runs of all of it (its first `BODY` characters), those of its beginning (`HEAD`
characters, where residents say what it is about), and its words. All are hashed into tables of fixed size, so no
vocabulary is kept: a model is its weights and little else. A second hash tells strangers that fall into the same place
from those that were learned.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Characters of a text that are read; more did not make it righter, only slower (961 long messages, 5 folds).
BODY = 800
#: Characters that count as its beginning.
HEAD = 20
#: The blocks: runs of the whole, runs of the beginning, words.
WHOLE, BEGINNING, WORDS = range(3)
#: Longest run.
LONGEST = 3
#: Places of the table: 2 to this power.
BITS = 22
#: Texts that are worked on at once.
AT_ONCE = 512

_STEP, _MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_SALT = (np.uint64(0x27D4EB2F165667C5), np.uint64(0x165667B19E3779F9), np.uint64(0x94D049BB133111EB))
#: `_STEP` times this is 1: hashes of spans are differences of sums of signs divided by growing powers of `_STEP`.
_BACK = np.uint64(pow(0x9E3779B97F4A7C15, -1, 1 << 64))
_SHIFT, _HALF, _PLACE = np.uint64(29), np.uint64(32), np.uint64((1 << BITS) - 1)

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]


@cache
def folding() -> Hashes:
    """Each character of the basic plane as it is counted: narrow, lower case; spaces and signs of layout alike."""
    table = np.arange(65536, dtype=np.uint64)
    for point in range(65536):
        if 0xD800 <= point < 0xE000:
            table[point] = 1
            continue
        narrow = unicodedata.normalize("NFKC", chr(point))
        sign = (narrow if len(narrow) == 1 else chr(point)).lower()
        sign = sign if len(sign) == 1 else chr(point)
        table[point] = 32 if sign.isspace() or unicodedata.category(sign)[0] in "CZ" else min(ord(sign), 65535)
    table[0] = 0
    return table


@cache
def spoken() -> NDArray[np.bool_]:
    """Which characters a word can begin with: letters and figures of any script, no punctuation."""
    return np.array([chr(point).isalnum() for point in range(65536)])


def _joined(texts: Sequence[str]) -> str:
    return "\0" + "\0".join(text.replace("\0", " ") for text in texts) + "\0"


def _points(joined: str) -> tuple[Hashes, Ints]:
    """The characters of texts laid end to end, 0 between them, and the text that each belongs to."""
    raw = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    points = folding()[np.where(raw < 65536, raw, 1)]
    return points, np.cumsum(points == 0) - 1


def _runs(texts: Sequence[str], block: int) -> tuple[Ints, Hashes, Ints, Ints]:
    """Every run of characters: its text, its hash, where it begins (counted over all texts), how long it is."""
    points, owner = _points(_joined(texts))
    ends = points == 0
    rolled: Hashes = np.full(len(points), _SALT[block], dtype=np.uint64)
    torn = np.zeros(len(points), dtype=bool)
    texts_of, hashes, begins, lengths = [], [], [], []
    for n in range(1, LONGEST + 1):
        size = len(points) - n + 1
        rolled = rolled[:size] * _STEP + points[n - 1 :]
        torn = torn[:size] | ends[n - 1 :]
        whole = np.flatnonzero(~torn)
        hashes.append(_mixed(rolled[whole]))
        texts_of.append(owner[whole])
        begins.append(whole)
        lengths.append(np.full(len(whole), n))
    return np.concatenate(texts_of), np.concatenate(hashes), np.concatenate(begins), np.concatenate(lengths)


def _mixed(rolled: Hashes) -> Hashes:
    mixed = (rolled ^ (rolled >> _SHIFT)) * _MIX
    found: Hashes = mixed ^ (mixed >> _HALF)
    return found


def powers(count: int) -> tuple[Hashes, Hashes]:
    """So many powers of `_STEP`, and what undoes each."""
    found = []
    for step in (_STEP, _BACK):
        steps = np.full(count, step, dtype=np.uint64)
        steps[0] = 1
        found.append(np.multiply.accumulate(steps))
    return found[0], found[1]


def _words(texts: Sequence[str]) -> tuple[Ints, Hashes, Ints, Ints]:
    """Every word, as `_runs` gives the runs; punctuation is no word."""
    import rjieba

    joined = _joined(texts).encode("utf-8", "replace").decode()  # lone surrogates
    points, owner = _points(joined)
    lengths = np.fromiter(map(len, rjieba.cut(joined, True)), dtype=np.int64)
    begins = np.cumsum(lengths) - lengths
    forth, back = powers(len(points))
    sums = np.concatenate((np.zeros(1, dtype=np.uint64), np.cumsum(points * back, dtype=np.uint64)))
    said = np.flatnonzero(spoken()[points[begins]])
    begins, lengths = begins[said], lengths[said]
    spans = (sums[begins + lengths] - sums[begins]) * forth[begins] + _SALT[WORDS]
    return owner[begins], _mixed(spans), begins, lengths


def blocks(texts: Sequence[str]) -> list[tuple[Ints, Hashes]]:
    """For each block: of each run or word its text and its hash."""
    return [_taken(texts, block)[:2] for block in (WHOLE, BEGINNING, WORDS)]


def _taken(texts: Sequence[str], block: int) -> tuple[Ints, Hashes, Ints, Ints]:
    if block == WORDS:
        return _words([text[:BODY] for text in texts])
    most = HEAD if block == BEGINNING else BODY
    return _runs([text[:most] for text in texts], block)


def runs_of(text: str, block: int) -> tuple[Hashes, Ints, Ints]:
    """The runs or words of one text: hash, first character, length."""
    _, hashes, begins, lengths = _taken([text], block)
    return hashes, begins - 1, lengths


def places(hashes: Hashes) -> Ints:
    """Where in the table each hash stands."""
    return (hashes & _PLACE).astype(np.int64)


def marks(hashes: Hashes) -> NDArray[np.uint32]:
    """What tells one hash from another in the same place; never 0."""
    found: NDArray[np.uint32] = (hashes >> _HALF).astype(np.uint32) | np.uint32(1)
    return found


def chunks(texts: Sequence[str]) -> Any:
    """The texts in portions of `AT_ONCE`, each with the number of its first."""
    for first in range(0, len(texts), AT_ONCE):
        yield first, texts[first : first + AT_ONCE]
