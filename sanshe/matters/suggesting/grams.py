"""Texts as hashed runs of one to three characters, for many texts at once.

A text gives two blocks: all of it (its first `BODY` characters) and its beginning (`HEAD` characters, where residents
say what it is about). Each run of characters is hashed into a table of fixed size, so no vocabulary is kept: a model is
its weights and little else. A second hash tells strangers that fall into the same place from those that were learned.
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
#: Longest run.
LONGEST = 3
#: Places of the table: 2 to this power.
BITS = 22
#: Texts that are worked on at once.
AT_ONCE = 512

_STEP, _MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_SALT = (np.uint64(0x27D4EB2F165667C5), np.uint64(0x165667B19E3779F9))
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


def _points(texts: Sequence[str]) -> tuple[Hashes, Ints]:
    """The characters of texts laid end to end, 0 between them, and the text that each belongs to."""
    joined = "\0" + "\0".join(text.replace("\0", " ") for text in texts) + "\0"
    raw = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    points = folding()[np.where(raw < 65536, raw, 1)]
    return points, np.cumsum(points == 0) - 1


def _runs(texts: Sequence[str], block: int) -> tuple[Ints, Hashes, Ints, Ints]:
    """Every run of characters: its text, its hash, where it begins (counted over all texts), how long it is."""
    points, owner = _points(texts)
    ends = points == 0
    rolled: Hashes = np.full(len(points), _SALT[block], dtype=np.uint64)
    torn = np.zeros(len(points), dtype=bool)
    texts_of, hashes, begins, lengths = [], [], [], []
    for n in range(1, LONGEST + 1):
        size = len(points) - n + 1
        rolled = rolled[:size] * _STEP + points[n - 1 :]
        torn = torn[:size] | ends[n - 1 :]
        whole = np.flatnonzero(~torn)
        mixed = rolled[whole]
        mixed = (mixed ^ (mixed >> _SHIFT)) * _MIX
        hashes.append(mixed ^ (mixed >> _HALF))
        texts_of.append(owner[whole])
        begins.append(whole)
        lengths.append(np.full(len(whole), n))
    return np.concatenate(texts_of), np.concatenate(hashes), np.concatenate(begins), np.concatenate(lengths)


def blocks(texts: Sequence[str]) -> list[tuple[Ints, Hashes]]:
    """For the whole and for the beginning: of each run its text and its hash."""
    found = []
    for block, most in enumerate((BODY, HEAD)):
        owner, hashes, _, _ = _runs([text[:most] for text in texts], block)
        found.append((owner, hashes))
    return found


def runs_of(text: str, block: int) -> tuple[Hashes, Ints, Ints]:
    """The runs of one text: hash, first character, length."""
    _, hashes, begins, lengths = _runs([text[: (BODY, HEAD)[block]]], block)
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
