"""What was typed, as the words that are looked for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from .folding import folded, forms, loose
from .grams import grams

#: Longer questions are cut: no title is longer, and each character costs a comparison in each row.
LONGEST = 80
#: Words that must all be found.
MOST = 6
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_APART = re.compile(r"[\s，、；。！？,;!?]+")
#: Signs that mean something in a pattern of PostgreSQL.
_SIGNS = re.compile(r"([!-/:-@\[-^`{-~])")
#: A number above nine before what houses are counted in, as folded signs: 12栋, 十2栋, 3十楼.
_HOUSE = re.compile(r"(?:(?<!\d)([1-9]\d)|([1-9]?)十([1-9]?))(?=栋|号|单元|楼|层|室|座|门|组|期)")
#: Ways of one word, at most.
WAYS = 4


@dataclass(frozen=True)
class Word:
    """One word as typed. It is found in every form that folds to the same: 电梯 and 電梯, 3栋 and 三幢."""

    text: str

    @cached_property
    def ways(self) -> tuple[str, ...]:
        """The folded spellings: its own, and the other one of a house number above nine (12栋, 十二栋)."""
        own = folded(self.text)
        return tuple(dict.fromkeys((own, _HOUSE.sub(_other_number, own))))[:WAYS]

    @cached_property
    def _signs(self) -> list[list[str]]:
        """Of each way, the forms in which each sign may stand; as typed among them, if that is a rarer one (①)."""
        own = [
            one if sign in (one := forms(low)) else one + sign
            for low, sign in zip(self.ways[0], self.text, strict=True)
        ]
        return [own, *(list(map(forms, way)) for way in self.ways[1:])]

    @cached_property
    def pattern(self) -> str:
        """For `~`: each sign in all its forms."""
        each = zip(self._signs, self.ways, strict=True)
        return "|".join(loose(list(map(_class, signs)), way) for signs, way in each)

    @cached_property
    def sieve(self) -> tuple[str, ...]:
        """Pieces one of which a text must have: LIKE tells that several times as quickly as a pattern."""
        return tuple(piece for signs in self._signs for piece in _pieces(signs))

    @cached_property
    def plain(self) -> bool:
        """Whether the sieve says it all."""
        return self.sieve == self.ways

    def test(self, column: str) -> tuple[str, list[str]]:
        """The condition in SQL that a column contains it, and what is given to it."""
        likes = " OR ".join(f"{column} LIKE %s" for _ in self.sieve)
        given = ["%" + re.sub(r"([\\%_])", r"\\\1", piece) + "%" for piece in self.sieve]
        return (f"({likes})", given) if self.plain else (f"(({likes}) AND {column} ~ %s)", [*given, self.pattern])

    def within(self, fields: Iterable[str]) -> Q:
        """The condition that any of the columns contains it (columns of text)."""
        found = Q(pk__in=[])
        for name in fields:
            some = Q()
            for piece in self.sieve:
                some |= Q(**{f"{name}__contains": piece})
            found |= some if self.plain else some & Q(**{f"{name}__regex": self.pattern})
        return found

    def grams(self, salt: int = 0) -> list[list[int]]:
        """The pairs of each way; empty where one of them has none, so that the index can not help."""
        each = [grams(way, salt) for way in self.ways]
        return each if all(each) else []


def _class(every: str) -> str:
    escaped = [_SIGNS.sub(r"\\\1", one) for one in every]
    return escaped[0] if len(escaped) == 1 else f"[{''.join(escaped)}]"


def _pieces(signs: list[str]) -> list[str]:
    """The longest run of signs that have one form only, else all forms of the sign that has the fewest."""
    runs = "".join(every if len(every) == 1 else "\0" for every in signs).split("\0")
    longest = max(runs, key=len)
    return [longest] if longest else list(sorted(signs, key=len)[0])


def _other_number(found: re.Match[str]) -> str:
    if found[1]:
        tens, ones = found[1][0], found[1][1]
        return f"{'' if tens == '1' else tens}十{'' if ones == '0' else ones}"
    return f"{found[2] or 1}{found[3] or 0}"


@dataclass(frozen=True)
class Asked:
    """What was typed: the whole of it, its words, and whether it was cut."""

    typed: str
    words: tuple[Word, ...]
    cut: bool = False

    def pairs(self, salt: int) -> list[list[list[int]]]:
        """For each word that has any: the pairs of each of its ways, all of one of which a text must have."""
        return [ways for word in self.words if (ways := word.grams(salt))]

    @property
    def short(self) -> bool:
        """Whether no word has two letters or digits together, so that the index can not help."""
        return not self.pairs(0)

    def within(self, fields: Iterable[str]) -> Q:
        """The condition that each word stands in some column."""
        names = tuple(fields)
        found = Q()
        for word in self.words:
            found &= word.within(names)
        return found


def read(text: str) -> Asked:
    """The words of what was typed, at most `MOST` of them and `LONGEST` characters."""
    plain = " ".join(_UNSEEN.sub("", unicodedata.normalize("NFC", text.replace("\t", " ").replace("\n", " "))).split())
    parts = [part for part in _APART.split(plain[:LONGEST]) if part]
    words = tuple(Word(part) for part in dict.fromkeys(parts))
    return Asked(plain, words[:MOST], cut=len(plain) > LONGEST or len(words) > MOST)
