"""Rows of a sheet → staged cells, many at once. No database here: this part may run in processes of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sanshe.kernel import crypto
from sanshe.kernel.errors import Invalid
from sanshe.kernel.fields import hash_of

from . import cells
from .plan import Plan

Line = tuple[int, Sequence[Any]]
Known = dict[str, dict[str, int]]
_SPECIAL = re.compile(r'["\\\r\n\t]')


@dataclass
class Read:
    """Cleaned columns of a chunk: `given[key]` one value a row (None for an empty cell), `wrong` by row and column."""

    nos: list[int]
    labels: list[str]
    given: dict[str, list[Any]]
    wrong: dict[int, dict[str, str]]


@dataclass
class Staged:
    """A chunk ready to be matched: literals of the layout, and of each row what deciding about it needs.

    `blank[i]` has a bit for every field that row i leaves alone; `fields` holds the columns asked for, as texts.
    """

    nos: list[int]
    labels: list[str]
    literals: list[str]
    blank: list[int]
    wrong: dict[int, dict[str, str]]
    absent: dict[int, list[str]] = field(default_factory=dict)
    fields: dict[str, list[str | None]] = field(default_factory=dict)


class Reader:
    """Reads chunks of one sheet by a plan. `known` holds keys of referred texts, by column, for the current chunk."""

    def __init__(self, plan: Plan, wanted: Sequence[str] = ()) -> None:
        self.plan, self.wanted = plan, tuple(wanted)
        self.known: Known = {c.name: {} for _, c in plan.columns if c.kind == "reference"}
        self._reads = [(at, c, cells.reader(c, self.known.get(c.name))) for at, c in plan.columns]
        self._cleaned = {c.name for _, c in plan.columns if c.clean is not None}
        first = plan.register.columns[0]
        self._label = next((at for at, c in plan.columns if c.name == first.name and not c.encrypted), None)

    def texts(self, lines: Sequence[Line]) -> dict[str, set[str]]:
        """The different texts of each reference in a chunk, to be found at once."""
        out: dict[str, set[str]] = {}
        for at, column, _ in self._reads:
            if column.kind != "reference":
                continue
            found = out[column.name] = set()
            for _, row in lines:
                if at < len(row) and (cell := row[at]) != "":
                    try:
                        found.add(cells.text_of(cell))
                    except Invalid:
                        continue
            found.discard("")
        return out

    def read(self, lines: Sequence[Line], known: Known) -> Read:
        """Clean every cell of a chunk, column by column."""
        for name, keys in self.known.items():
            keys.clear()
            keys.update(known.get(name, {}))
        wrong: dict[int, dict[str, str]] = {}
        given: dict[str, list[Any]] = {}
        for at, column, read in self._reads:
            column_values: list[Any] = []
            add = column_values.append
            for i, (_, row) in enumerate(lines):
                try:
                    add(read(row[at]) if at < len(row) else None)
                except Invalid as error:
                    wrong.setdefault(i, {})[column.name] = error.sentence
                    add(None)
            given[column.attname] = column_values
        labels = [""] * len(lines)
        if self._label is not None:
            for i in wrong:
                row = lines[i][1]
                if self._label < len(row):
                    labels[i] = cells.without_numbers(str(row[self._label]).strip())[:80]
        return Read([no for no, _ in lines], labels, given, wrong)

    def stage(self, lines: Sequence[Line], known: Known) -> Staged:
        """Clean, derive, encrypt and hash a chunk. Rows that are wrong get an empty literal."""
        read = self.read(lines, known)
        plan, n = self.plan, len(lines)
        columns = {key: list(column) for key, column in read.given.items()}
        empties = {f.name if f.attname not in columns else f.attname: f for f in plan.fields if f.of}
        for key, one in empties.items():
            if key in columns and one.empty is not None and not one.context:
                columns[key] = [one.empty if v is None and one.empty == "" else v for v in columns[key]]
        plan.register.derive(columns)
        for i, sentences in plan.register.clean_columns(columns).items():
            read.wrong.setdefault(i, {}).update(sentences)
        texts: list[list[str | None]] = []
        blanks = self._blanks(read.given, n)
        for one in plan.fields:
            key = one.attname if one.attname in columns else one.name
            if not one.sources or (key not in columns and not one.hash_kind):
                # of a register that is checked row by row, filled in later; or nothing followed in this chunk
                texts.append([one.empty] * n)
            elif one.hash_kind:
                plain, kind = columns.get(one.hash_of) or [None] * n, one.hash_kind
                if one.hash_of in self._cleaned:  # in its one spelling already
                    texts.append([crypto.lookup(kind, v) if v else "" for v in plain])
                else:
                    texts.append([hash_of(kind, v) if v else "" for v in plain])
            elif one.context:
                context = one.context
                texts.append([crypto.encrypt(v, context) if v else one.empty for v in columns[key]])
            else:
                as_text, empty = cells.stored_text, one.empty
                texts.append([v if v.__class__ is str else empty if v is None else as_text(v) for v in columns[key]])
        literals = [""] * n
        for i, row in enumerate(zip(*texts, strict=True)):
            if i not in read.wrong:
                literals[i] = literal(row)
        return Staged(
            nos=read.nos, labels=read.labels, literals=literals, blank=blanks, wrong=read.wrong,
            absent=self._absent(read.given, n),
            fields={name: texts[plan.at[name]] for name in self.wanted if name in plan.at},
        )  # fmt: skip

    def _blanks(self, given: Mapping[str, list[Any]], n: int) -> list[int]:
        """A bit for each field none of whose columns is filled in a row."""
        filled = {c.name: [v is not None for v in given[c.attname]] for _, c in self.plan.columns}
        masks = [0] * n
        alike: dict[frozenset[str], int] = {}
        for at, one in enumerate(self.plan.fields):
            alike[one.sources] = alike.get(one.sources, 0) | 1 << at
        for sources, bits in alike.items():
            for i, any_filled in enumerate(zip(*(filled[name] for name in sources), strict=True)):
                if not any(any_filled):
                    masks[i] |= bits
        return masks

    def _absent(self, given: Mapping[str, list[Any]], n: int) -> dict[int, list[str]]:
        out: dict[int, list[str]] = {}
        for _, column in self.plan.columns:
            if column.is_required:
                for i, value in enumerate(given[column.attname]):
                    if value is None:
                        out.setdefault(i, []).append(column.name)
        return out


def literal(texts: Sequence[str | None]) -> str:
    """An array of texts as the database writes it."""
    joined = "".join([text for text in texts if text is not None])
    if _SPECIAL.search(joined):
        texts = [None if t is None else t.replace("\\", "\\\\").replace('"', '\\"') for t in texts]
    return "{" + ",".join(["NULL" if text is None else f'"{text}"' for text in texts]) + "}"


_ELEMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|NULL', re.DOTALL)


def unliteral(text: str) -> list[str | None]:
    """The texts of an array that `literal` wrote."""
    return [
        None
        if found[1] is None
        else re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL)
        if "\\" in found[1]
        else found[1]
        for found in _ELEMENT.finditer(text)
    ]


_BREAKS = re.compile(r"[\\\r\n\t]")


def copied(text: str | None) -> str:
    """A text as a cell of COPY. (`replace` is many times quicker than `translate` on long texts.)"""
    if text is None:
        return "\\N"
    if not _BREAKS.search(text):
        return text
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
