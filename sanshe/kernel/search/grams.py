"""A text as the set of its pairs of neighbouring characters, each pair hashed into 32 bits.

Whatever contains a word contains all pairs of the word, so an index of pairs finds every true part of a text; what it
finds besides (the pairs apart from one another, two pairs with one hash) a comparison with the text itself removes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.uint64]
_FIRST, _SECOND, _SALT = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))
_MIX, _SHIFT, _HALF = np.uint64(0x27D4EB2F165667C5), np.uint64(29), np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_BASIC = 65536  # characters of the basic plane
_HAN = (0x20000, 0x40000)  # the rarer Han characters beyond it, as some names have them


@cache
def _folding() -> Points:
    """Each character of the basic plane as it is counted: narrow, lower case; 0 for what is no letter and no digit."""
    table = np.zeros(_BASIC, dtype=np.uint64)
    for point in range(_BASIC):
        narrow = unicodedata.normalize("NFKC", chr(point)) if not 0xD800 <= point < 0xE000 else ""
        sign = narrow.lower() if len(narrow) == 1 else chr(point)
        if len(sign) == 1 and unicodedata.category(sign)[0] in "LNM":
            table[point] = ord(sign)
    return table


def _points(text: str) -> Points:
    raw = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    points: Points = _folding()[np.where(raw < _BASIC, raw, 0)]
    far = (raw >= _HAN[0]) & (raw < _HAN[1])
    if far.any():
        points[far] = raw[far]
    return points


def grams_of(texts: Sequence[str], salt: int = 0) -> list[NDArray[np.int32]]:
    """The distinct pairs of each text as sorted numbers of 32 bits; empty for a text with none.

    Letters and digits count, case and width do not; no pair reaches over a space or a sign. Another `salt` gives other
    numbers, so that things of several kinds can share one index. Many texts at once cost a third of one by one.
    """
    if not texts:
        return []
    points = _points("\0".join(texts))
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    owner = np.repeat(np.arange(len(texts)), lengths + 1)[: len(points)]
    whole = (points[:-1] != 0) & (points[1:] != 0)
    mixed = points[:-1][whole] * _FIRST + points[1:][whole] * _SECOND + np.uint64(salt & 0xFFFFFFFF) * _SALT
    mixed = ((mixed ^ (mixed >> _SHIFT)) * _MIX) >> _HALF
    # Owner and pair in one number, so that one sort serves all texts.
    keyed = np.unique((owner[:-1][whole].astype(np.uint64) << _HALF) | mixed)
    ends = np.searchsorted(keyed >> _HALF, np.arange(1, len(texts)))
    return np.split((keyed & _LOW).astype(np.uint32).view(np.int32), ends)


def grams(text: str, salt: int = 0) -> list[int]:
    """The distinct pairs of one text, as the database takes them."""
    found: list[int] = grams_of([text], salt)[0].tolist()
    return found
