"""What was typed, as the words that are looked for."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from django.db.models import Q

from .grams import grams

#: Longer questions are cut: no title is longer, and each character costs a comparison in each row.
LONGEST = 80
#: Words that must all be found.
MOST = 6
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_APART = re.compile(r"[\s，、；。！？,;!?]+")
_LETTER = re.compile(r"[A-Za-z]")


@dataclass(frozen=True)
class Word:
    """One word: as typed, and narrow when it was typed in wide letters."""

    text: str

    @property
    def spellings(self) -> tuple[str, ...]:
        """The ways in which it may stand in a text."""
        return tuple(dict.fromkeys((self.text, unicodedata.normalize("NFKC", self.text))))

    @property
    def blind(self) -> bool:
        """Whether case counts for nothing: only where there are letters that have one."""
        return bool(_LETTER.search(self.spellings[-1]))

    def patterns(self) -> list[str]:
        """For LIKE, with its signs taken literally."""
        return ["%" + re.sub(r"([\\%_])", r"\\\1", one) + "%" for one in self.spellings]

    def within(self, fields: tuple[str, ...]) -> Q:
        """The condition that any of the columns contains it."""
        lookup = "icontains" if self.blind else "contains"
        found = Q(pk__in=[])
        for name in fields:
            for one in self.spellings:
                found |= Q(**{f"{name}__{lookup}": one})
        return found


@dataclass(frozen=True)
class Asked:
    """What was typed: the whole of it, its words, and whether it was cut."""

    typed: str
    words: tuple[Word, ...]
    cut: bool = False

    def pairs(self, salt: int) -> list[int]:
        """The pairs that a text must have; empty where a word has none and the index can not help."""
        each = [grams(word.text, salt) for word in self.words]
        return sorted({pair for pairs in each for pair in pairs}) if all(each) else []

    @property
    def short(self) -> bool:
        """Whether one of the words is a single character, or has no two letters or digits together."""
        return any(not grams(word.text) for word in self.words)

    def within(self, fields: tuple[str, ...]) -> Q:
        """The condition that each word stands in some column."""
        found = Q()
        for word in self.words:
            found &= word.within(fields)
        return found


def read(text: str) -> Asked:
    """The words of what was typed, at most `MOST` of them and `LONGEST` characters."""
    plain = " ".join(_UNSEEN.sub("", unicodedata.normalize("NFC", text.replace("\t", " ").replace("\n", " "))).split())
    parts = [part for part in _APART.split(plain[:LONGEST]) if part]
    words = tuple(Word(part) for part in dict.fromkeys(parts))
    return Asked(plain, words[:MOST], cut=len(plain) > LONGEST or len(words) > MOST)
