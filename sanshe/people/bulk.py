"""Columns of many people at once, from texts as sheets hold them; for the mass import. No database, no row by row.

The answers are those of `identity.citizen_facts`, `identity.clean_paper` and `kernel.identifiers.clean_phone`; a test
compares them. A well-written number takes a short way here, anything else is handed to the careful functions, so that
its sentence is theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sanshe.kernel import clock
from sanshe.kernel.errors import Invalid
from sanshe.kernel.fields import hash_of
from sanshe.kernel.identifiers import clean_phone, region_known
from sanshe.kernel.mask import mask_phone

from .identity import citizen_facts, clean_paper, house_key
from .words import Sex

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_DIGITS = {str(digit): digit for digit in range(10)}


def check_digit(body: str) -> str:
    """Check character of the first 17 digits of a citizen number (GB 11643, ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(weight * _DIGITS[char] for weight, char in zip(_WEIGHTS, body, strict=True)) % 11]


@dataclass
class Columns:
    """Prepared columns, one list a field in the order of the texts; `wrong` maps a row's place to its sentence.

    A row that is wrong or empty holds None in every list ("" in `masked`, `hash` and `sex`).
    """

    value: list[str | None] = field(default_factory=list)
    masked: list[str] = field(default_factory=list)
    hash: list[str] = field(default_factory=list)
    born_on: list[date | None] = field(default_factory=list)
    sex: list[str] = field(default_factory=list)
    wrong: dict[int, str] = field(default_factory=dict)

    def _add(self, value: str | None, masked: str = "", born: date | None = None, sex: str = "") -> None:
        self.value.append(value)
        self.masked.append(masked)
        self.born_on.append(born)
        self.sex.append(sex)


def citizens(texts: Iterable[Any], *, hashes: bool = True) -> Columns:
    """Check citizen numbers and read birth date and sex from them. `hashes` False leaves the keyed hashes empty."""
    out = Columns()
    births: dict[str, date | None] = {}
    today = clock.today()
    for place, given in enumerate(texts):
        text = "" if given is None else str(given).strip()
        if not text:
            out._add(None)
            continue
        body, last = text[:17], text[17:]
        plain = len(text) == 18 and body.isascii() and body.isdigit() and last in "0123456789Xx"
        if plain and region_known(body[:6]) and check_digit(body) == last.upper():
            day = body[6:14]
            if day not in births:
                births[day] = _birth(day, today)
            born = births[day]
            if born is not None:
                number = body + last.upper()
                sex = Sex.MALE if _DIGITS[body[16]] % 2 else Sex.FEMALE
                out._add(number, f"{number[:6]}********{number[14:]}", born, sex.value)
                continue
        try:
            facts = citizen_facts(text)
        except Invalid as wrong:
            out.wrong[place] = wrong.sentence
            out._add(None)
        else:
            out._add(facts.number, facts.masked, facts.born_on, facts.sex.value)
    out.hash = _hashes("citizen", out.value, hashes)
    return out


def _birth(day: str, today: date) -> date | None:
    try:
        born = date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError:
        return None
    return born if born.year >= 1880 and born <= today else None


def _hashes(kind: str, values: list[str | None], wanted: bool) -> list[str]:
    return [hash_of(kind, value) if wanted and value else "" for value in values]


def _each(texts: Iterable[Any], read: Callable[[str], tuple[str, str]], kind: str, hashes: bool) -> Columns:
    out = Columns()
    for place, given in enumerate(texts):
        text = "" if given is None else str(given).strip()
        if not text:
            out._add(None)
            continue
        try:
            value, masked = read(text)
        except Invalid as wrong:
            out.wrong[place] = wrong.sentence
            out._add(None)
        else:
            out._add(value, masked)
    out.hash = _hashes(kind, out.value, hashes)
    return out


def phones(texts: Iterable[Any], *, hashes: bool = True) -> Columns:
    """Check phone numbers; birth dates and sexes stay empty."""

    def read(text: str) -> tuple[str, str]:
        mobile = len(text) == 11 and text.isascii() and text.isdigit() and text[0] == "1" and text[1] >= "3"
        number = text if mobile else clean_phone(text)
        return number, mask_phone(number)

    return _each(texts, read, "phone", hashes)


def papers(kinds: Iterable[str], texts: Iterable[Any], *, hashes: bool = True) -> Columns:
    """Check other papers; `kinds` are values of `PaperKind`, one a text."""
    texts = list(texts)
    queue = [kind for kind, text in zip(kinds, texts, strict=True) if text is not None and str(text).strip()]
    queue.reverse()
    return _each(texts, lambda text: clean_paper(queue.pop(), text), "citizen", hashes)


def houses(addresses: Iterable[Any], *, hashes: bool = True) -> Columns:
    """The house of each address (building, unit, room); empty where an address names no room. Never wrong."""
    return _each(addresses, lambda text: (house_key(text), ""), "text", hashes)
