"""A text as the set of its pairs of neighbouring characters, each pair hashed into 32 bits.

Whatever contains a word contains all pairs of the word, so an index of pairs finds every true part of a text; what it
finds besides (the pairs apart from one another, two pairs with one hash) a comparison with the text itself removes.

One text is read in plain Python, which pages use; many at once with numpy, which only the worker loads.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from .folding import folded, joined

_FIRST, _SECOND, _SALT, _MIX = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5
_ALL, _LOW, _SIGN = (1 << 64) - 1, (1 << 32) - 1, 1 << 31
_BASIC = 65536  # characters of the basic plane
_HAN = (0x20000, 0x40000)  # the rarer Han characters beyond it, as some names have them


@cache
def _folded(sign: str) -> int:
    """A character as it is counted; 0 for what is no letter and no digit."""
    point = ord(sign)
    if (point >= _BASIC and not _HAN[0] <= point < _HAN[1]) or 0xD800 <= point < 0xE000:
        return 0
    low = folded(sign)
    return ord(low) if unicodedata.category(low)[0] in "LNM" else 0


def grams(text: str, salt: int = 0) -> list[int]:
    """The distinct pairs of a text as sorted numbers of 32 bits with sign; empty for a text with none.

    Letters and digits count, as they are folded; no pair reaches over a space or a sign. Another `salt` gives other
    numbers, so that things of several kinds can share one index.
    """
    salted = (salt & _LOW) * _SALT
    found = set()
    for first, second in pairwise(map(_folded, joined(text))):
        if first and second:
            mixed = (first * _FIRST + second * _SECOND + salted) & _ALL
            found.add((((mixed ^ (mixed >> 29)) * _MIX) & _ALL) >> 32)
    return sorted(one - ((one & _SIGN) << 1) for one in found)


@cache
def _table() -> Any:
    import numpy as np

    return np.fromiter((_folded(chr(point)) for point in range(_BASIC)), dtype=np.uint64, count=_BASIC)


def grams_of(texts: Sequence[str], salt: int = 0) -> list[Any]:
    """The same of each of many texts, as arrays of numpy: a few hundred at once are the quickest."""
    import numpy as np

    if not texts:
        return []
    texts = list(map(joined, texts))
    raw = np.frombuffer("\0".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    points = _table()[np.where(raw < _BASIC, raw, 0)]
    far = (raw >= _HAN[0]) & (raw < _HAN[1])
    if far.any():
        seen, place = np.unique(raw[far], return_inverse=True)
        points[far] = np.array([_folded(chr(point)) for point in seen], dtype=np.uint64)[place]
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    owner = np.repeat(np.arange(len(texts), dtype=np.uint64), lengths + 1)[: len(points)]
    whole = (points[:-1] != 0) & (points[1:] != 0)
    mixed = points[:-1][whole] * np.uint64(_FIRST) + points[1:][whole] * np.uint64(_SECOND)
    mixed += np.uint64(((salt & _LOW) * _SALT) & _ALL)
    half = np.uint64(32)
    mixed = ((mixed ^ (mixed >> np.uint64(29))) * np.uint64(_MIX)) >> half
    # Owner and pair in one number, so that one sort serves all texts.
    keyed = np.unique((owner[:-1][whole] << half) | (mixed ^ np.uint64(_SIGN)))
    pairs = ((keyed & np.uint64(_LOW)).astype(np.uint32) ^ np.uint32(_SIGN)).view(np.int32)
    return np.split(pairs, np.searchsorted(keyed >> half, np.arange(1, len(texts), dtype=np.uint64)))
