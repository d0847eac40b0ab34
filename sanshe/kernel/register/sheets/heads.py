"""The head of a sheet: where it stands, how its cells read, and which column of the register each of them means."""

from __future__ import annotations

import difflib
import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..declare import Column, Register

#: The last column of a sheet that came back; it is left aside when the sheet comes again.
REASON = "不能导入的原因"
#: Below this a head is not like a column.
LIKE = 0.72
#: The head is looked for among so many rows.
LOOK = 30
_ASIDE = re.compile(r"[（(\[【<〈].*?[)）\]】>〉]")
_SIGNS = re.compile(r"[\s*＊:：、，,。.\-_/\\|·#\"'“”‘’?？!！]+")
Merged = Sequence[tuple[tuple[int, int], tuple[int, int]]]


@dataclass(frozen=True)
class Head:
    """The head of a sheet: line of its first row (from 1), number of rows, a text a column."""

    at: int
    rows: int
    texts: list[str]


@dataclass(frozen=True)
class Match:
    """Which column of the register a column of the sheet is, "" for none; `how`: name, synonym, like, kept, hand."""

    column: str
    how: str


def normal(text: Any) -> str:
    """A head without what varies: width, case, blanks, signs, and what stands in brackets."""
    whole = unicodedata.normalize("NFKC", str(text)).lower()
    return _SIGNS.sub("", _ASIDE.sub("", whole)) or _SIGNS.sub("", whole)


def signature(texts: Sequence[str]) -> str:
    """The fingerprint of a head, by which a kept mapping is found again."""
    return hashlib.sha256("\x1f".join(normal(text) for text in texts).encode()).hexdigest()


def vocabulary(register: Register) -> dict[str, tuple[str, str]]:
    """Every spelling that stands for a column: normal text → (column, name or synonym). Names win over synonyms."""
    found: dict[str, tuple[str, str]] = {}
    for column in register.editable:
        for text in (column.title, column.head, column.name):
            found.setdefault(normal(text), (column.name, "name"))
    for column in register.editable:
        for text in column.synonyms:
            found.setdefault(normal(text), (column.name, "synonym"))
    return found


def _text(cell: Any) -> str:
    return " ".join(str(cell).split()) if isinstance(cell, str) else "" if cell is None else str(cell)


def _score(texts: Sequence[str], words: Mapping[str, Any]) -> int:
    known = {words[normal(text)][0] for text in texts if text and normal(text) in words}
    return len(known)


def _joined(top: Sequence[str], below: Sequence[str], merged: Merged, at: int) -> list[str]:
    """Two rows of a head as one: a wide cell above speaks for all columns it spans."""
    width = max(len(top), len(below))
    upper = [top[i] if i < len(top) else "" for i in range(width)]
    lower = [below[i] if i < len(below) else "" for i in range(width)]
    spans = [(left, right) for (r1, left), (r2, right) in merged if r1 <= at - 1 <= r2 and right > left]
    if spans:
        for left, right in spans:
            for i in range(left, min(right + 1, width)):
                upper[i] = upper[left]
    else:
        for i in range(1, width):
            if not upper[i] and lower[i]:
                upper[i] = upper[i - 1]
    return [f"{u}\n{d}" if u and d and u != d else u or d for u, d in zip(upper, lower, strict=True)]


def _readings(text: str) -> list[str]:
    """A two-row head can mean its lower part, both together, or its upper part."""
    upper, line, lower = text.partition("\n")
    return [lower, upper + lower, upper] if line else [text]


def find_head(rows: Sequence[tuple[int, Sequence[Any]]], register: Register, merged: Merged = ()) -> Head | None:
    """Find the head among the first rows (line number, cells); None when nothing looks like one.

    The row with the most known names wins; two rows together win when they know more than either alone. A sheet whose
    heads are all unknown is taken at its first row with at least two texts.
    """
    words = vocabulary(register)
    best: tuple[float, Head] | None = None
    plain: Head | None = None
    looked = [(at, [_text(cell) for cell in cells]) for at, cells in rows[:LOOK]]
    for i, (at, texts) in enumerate(looked):
        filled = [text for text in texts if text]
        if plain is None and len(filled) >= 2 and len(set(filled)) >= 2:
            plain = Head(at, 1, texts)
        candidates: list[tuple[float, Head]] = [(_score(texts, words), Head(at, 1, texts))]
        if i + 1 < len(looked) and looked[i + 1][0] == at + 1 and len(filled) >= 2:
            both = _joined(texts, looked[i + 1][1], merged, at)
            alone = _score(looked[i + 1][1], words)
            deep = any(r1 == at - 1 and r2 == at for (r1, _), (r2, _) in merged)
            score = len({words[n][0] for text in both for r in _readings(text) if (n := normal(r)) in words})
            if score > max(candidates[0][0], alone) or (deep and score >= max(candidates[0][0], alone)):
                candidates.append((score + 0.5, Head(at, 2, both)))
        for worth, head in candidates:
            if worth >= 1 and (best is None or worth > best[0]):
                best = (worth, head)
    if best is not None and (best[0] >= 2 or plain is None or best[1].at <= plain.at):
        return best[1]
    return plain or (best[1] if best else None)


def match(texts: Sequence[str], register: Register, kept: Mapping[str, str] | None = None) -> list[Match]:
    """Match each head to a column: as kept, by name, by synonym, by likeness. No column is used twice."""
    words = vocabulary(register)
    out = [Match("", "")] * len(texts)
    used: set[str] = set()
    names = {column.name for column in register.editable}

    def take(i: int, column: str, how: str) -> None:
        if not out[i].how and column not in used:
            out[i] = Match(column, how)
            used.add(column)

    for i, text in enumerate(texts):
        if not text or normal(text) == normal(REASON):
            out[i] = Match("", "none")
        elif kept is not None and (chosen := kept.get(normal(text))) is not None:
            if chosen in names:
                take(i, chosen, "kept")
            elif chosen == "":
                out[i] = Match("", "kept")
    for how in ("name", "synonym"):
        for i, text in enumerate(texts):
            for reading in _readings(text):
                found = words.get(normal(reading))
                if found is not None and found[1] == how:
                    take(i, found[0], how)
    for _, i, column in sorted(_alike(texts, words, out, used), key=lambda item: -item[0]):
        take(i, column, "like")
    return out


def _alike(
    texts: Sequence[str], words: Mapping[str, tuple[str, str]], out: Sequence[Match], used: set[str]
) -> list[tuple[float, int, str]]:
    found = []
    for i, text in enumerate(texts):
        if out[i].how:
            continue
        for reading in [normal(_readings(text)[0])]:
            for word, (column, _) in words.items():
                if column in used or len(word) < 2 or len(reading) < 2:
                    continue
                ratio = difflib.SequenceMatcher(None, reading, word).ratio()
                if word in reading or reading in word:
                    ratio = max(ratio, 0.75)
                if ratio >= LIKE:
                    found.append((ratio, i, column))
    return found


def columns_of(mapping: Sequence[str], register: Register) -> list[tuple[int, Column]]:
    """(position in the sheet, column) of a mapping, in the order of the sheet."""
    known = {column.name: column for column in register.editable}
    return [(i, known[name]) for i, name in enumerate(mapping) if name in known]
