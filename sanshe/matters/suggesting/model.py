"""A learned model: weights of runs of characters for each class, and how sure a lead of so much makes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import grams

Floats = NDArray[np.float32]

#: How much the beginning counts beside the whole.
SHARES = (1.0, 0.7)


@dataclass(frozen=True)
class Answer:
    """The likely class, the next one, how sure (0 to 1), and the words that decided."""

    label: str
    second: str
    sure: float
    words: tuple[str, ...] = ()


@dataclass
class Vocabulary:
    """Which places of the table hold something learned, with its mark and its rarity, a block after the other.

    `columns[block][place]` is the number of the run among the weights, -1 where nothing was learned.
    """

    columns: list[NDArray[np.int32]]
    marks: NDArray[np.uint32]
    rarity: Floats

    def known(self, block: int, hashes: grams.Hashes) -> tuple[grams.Ints, NDArray[np.bool_]]:
        """The columns of hashes, and which of them are known."""
        columns = self.columns[block][grams.places(hashes)]
        known = (columns >= 0) & (self.marks[columns] == grams.marks(hashes))
        return columns.astype(np.int64), known

    def values(self, texts: Sequence[str]) -> tuple[grams.Ints, grams.Ints, Floats]:
        """Texts as numbers: text, column, value. Each block of a text has the length of its share."""
        width = len(self.marks) + 1
        rows, cols, numbers = [], [], []
        for block, (owner, hashes) in enumerate(grams.blocks(texts)):
            columns, known = self.known(block, hashes)
            keys = owner[known] * width + columns[known]
            keys.sort()
            first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))) if len(keys) else keys
            counts = np.diff(np.append(first, len(keys)))
            row, column = np.divmod(keys[first], width)
            value = ((1 + np.log(counts)) * self.rarity[column]).astype(np.float32)
            norm = np.sqrt(np.bincount(row, value * value, len(texts))).astype(np.float32)
            rows.append(row)
            cols.append(column)
            numbers.append(value * (np.float32(SHARES[block]) / norm[row]))
        return np.concatenate(rows), np.concatenate(cols), np.concatenate(numbers)


@dataclass
class Model:
    """What was learned. `steps` turns the lead of the first class over the second into how sure it is."""

    labels: list[str]
    vocabulary: Vocabulary
    weights: Floats
    offsets: Floats
    steps: tuple[float, float]
    about: dict[str, Any]

    def scores(self, texts: Sequence[str]) -> Floats:
        """How much speaks for each class, a row a text."""
        found: Floats = np.empty((len(texts), len(self.labels)), dtype=np.float32)
        for first, some in grams.chunks(texts):
            rows, columns, values = self.vocabulary.values(some)
            products = self.weights[columns]
            products *= values[:, None]
            found[first : first + len(some)] = self.offsets
            if len(rows):
                starts = np.flatnonzero(np.concatenate(([True], rows[1:] != rows[:-1])))
                np.add.at(found, rows[starts] + first, np.add.reduceat(products, starts, axis=0))
        return found

    def _sure(self, lead: Any) -> Any:
        return 1 / (1 + np.exp(-(self.steps[0] * lead + self.steps[1])))

    def judge(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
        """For each text the first class, the second, and how sure the first is."""
        scores = self.scores(texts)
        order = np.argsort(-scores, axis=1)
        ahead = np.arange(len(scores))
        lead = scores[ahead, order[:, 0]] - scores[ahead, order[:, min(1, len(self.labels) - 1)]]
        return order[:, 0], order[:, min(1, len(self.labels) - 1)], self._sure(lead).astype(np.float32)

    def answer(self, texts: Sequence[str], most: int = 4) -> list[Answer]:
        """The likely class of each text with the words that decided."""
        firsts, seconds, sures = self.judge(texts)
        return [
            Answer(self.labels[a], self.labels[b], float(sure), self._why(text, int(a), int(b), most))
            for text, a, b, sure in zip(texts, firsts, seconds, sures, strict=True)
        ]

    def familiar(self, text: str) -> float:
        """The share of pairs of characters that were learned: low for nonsense and for texts in another script."""
        hashes, _, lengths = grams.runs_of(text, 0)
        pairs = hashes[lengths == 2]
        return float(self.vocabulary.known(0, pairs)[1].mean()) if len(pairs) else 0.0

    def _why(self, text: str, first: int, second: int, most: int) -> tuple[str, ...]:
        """The words whose characters spoke most for the first class against the second."""
        import rjieba

        text = text[: grams.BODY].encode("utf-8", "replace").decode()  # lone surrogates
        speaks = np.zeros(len(text))
        for block in range(len(SHARES)):
            hashes, begins, lengths = grams.runs_of(text, block)
            columns, known = self.vocabulary.known(block, hashes)
            if not known.any():
                continue
            columns, begins, lengths = columns[known], begins[known], lengths[known]
            gain = (self.weights[columns, first] - self.weights[columns, second]) * self.vocabulary.rarity[columns]
            gain = gain * SHARES[block] / np.sqrt(np.square(self.vocabulary.rarity[columns]).sum())
            # Each sign gets its part of what the runs over it say.
            reach = np.repeat(begins - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
            speaks += np.bincount(reach, np.repeat(gain / lengths, lengths), len(text))
        found: dict[str, float] = {}
        at = 0
        for word in rjieba.cut(text, True):
            size = len(word)
            if size >= 2 and any("一" <= sign <= "鿿" for sign in word):
                found[word] = found.get(word, 0.0) + float(speaks[at : at + size].sum())
            at += size
        ranked = sorted(found, key=lambda word: -found[word])
        floor = 0.25 * found[ranked[0]] if ranked else 0.0
        return tuple(word for word in ranked[:most] if found[word] > max(floor, 0.0))

    def save(self, path: Path) -> None:
        """Write the model as one file; a reader sees the old one or the new one, never half of it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        words = {"labels": self.labels, "steps": self.steps, "about": self.about}
        held = {
            "weights": self.weights.astype(np.float16),
            "offsets": self.offsets,
            "marks": self.vocabulary.marks,
            "rarity": self.vocabulary.rarity.astype(np.float16),
            "words": np.frombuffer(json.dumps(words, ensure_ascii=False).encode(), dtype=np.uint8),
        }
        for block, columns in enumerate(self.vocabulary.columns):
            held[f"places{block}"] = np.flatnonzero(columns >= 0).astype(np.int32)
            held[f"columns{block}"] = columns[columns >= 0]
        half = path.with_suffix(".part.npz")
        np.savez(half, **held)  # type: ignore[arg-type]
        half.replace(path)

    @classmethod
    def load(cls, path: Path) -> Model:
        """Read a model that `save` wrote. Raises what `stored.DAMAGED` lists when the file is not whole."""
        with np.load(path, allow_pickle=False) as held:
            words = json.loads(bytes(held["words"]))
            columns = []
            for block in range(len(SHARES)):
                table = np.full(1 << grams.BITS, -1, dtype=np.int32)
                table[held[f"places{block}"]] = held[f"columns{block}"]
                columns.append(table)
            vocabulary = Vocabulary(columns, held["marks"], held["rarity"].astype(np.float32))
            weights, offsets = held["weights"].astype(np.float32), held["offsets"]
        if weights.shape != (len(vocabulary.marks), len(words["labels"])) or offsets.shape != weights.shape[1:]:
            raise ValueError("the parts of the model do not fit together")
        return cls(words["labels"], vocabulary, weights, offsets, tuple(words["steps"]), words["about"])
