"""Learning: from texts and their decided classes to a `Model`.

Linear support vector machines on weighted runs of characters, each class weighing the same however rare it is: one on
top of naive Bayes, which holds back what speaks for no class, and one without, averaged. How sure a lead makes it is
learned on texts that the weights had not seen. Numpy and scipy only; the runs of 8,000 texts fit into little memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import grams
from .model import SHARES, Model, Vocabulary

#: A run that stands in fewer texts than this says nothing about others.
LEAST_TEXTS = 3
#: Every so manieth text is kept aside to learn how sure a lead makes it.
ASIDE = 5
#: How much a mistake costs beside the length of the weights, on top of naive Bayes and without it.
STRICTNESS, STRICTNESS_PLAIN = 0.5, 1.0
#: When the solver stops: remaining error of a linear system (squared, beside its start), its steps, and the share of
#: texts that still change sides.
PRECISION, INNER, STABLE = 5e-3, 12, 0.001
#: Rounds of the solver, and of the one that only tells how sure a lead makes it.
ROUNDS, ROUNDS_ASIDE = 10, 4
#: Runs times classes: with many classes fewer runs are known, so that memory stays small.
WEIGHTS_MOST = 12_000_000
#: A fixed seed: the same texts give the same model.
SEED = 20260701


class TooFew(ValueError):
    """There is not enough to learn from."""


def vocabulary_of(texts: Sequence[str], most: int = 1 << 30) -> Vocabulary:
    """What is worth knowing in these texts, at most so many runs, the commoner first. The first in a place keeps it."""
    size = 1 << grams.BITS
    marks = [np.zeros(size, dtype=np.uint32) for _ in SHARES]
    seen = [np.zeros(size, dtype=np.int32) for _ in SHARES]
    for _, some in grams.chunks(texts):
        for block, (owner, hashes) in enumerate(grams.blocks(some)):
            place, mark = grams.places(hashes), grams.marks(hashes)
            held = marks[block][place]
            free = held == 0
            marks[block][place[free]] = mark[free]
            own = np.flatnonzero(~free & (held == mark) | free & (marks[block][place] == mark))
            keys = owner[own] * size + place[own]
            keys.sort()
            once = keys[np.concatenate(([True], keys[1:] != keys[:-1]))] & (size - 1)
            np.add.at(seen[block], once, 1)
    columns, kept_marks, counts = [], [], []
    first = 0
    least = LEAST_TEXTS
    while sum(int((s >= least).sum()) for s in seen) > most:
        least += 1
    for block in range(len(SHARES)):
        keep = np.flatnonzero(seen[block] >= least)
        table = np.full(size, -1, dtype=np.int32)
        table[keep] = np.arange(first, first + len(keep), dtype=np.int32)
        first += len(keep)
        columns.append(table)
        kept_marks.append(marks[block][keep])
        counts.append(seen[block][keep])
    rarity = np.log((1 + len(texts)) / (1 + np.concatenate(counts))) + 1
    return Vocabulary(columns, np.concatenate(kept_marks), rarity.astype(np.float32))


def _matrix(vocabulary: Vocabulary, texts: Sequence[str]) -> Any:
    """The texts as a sparse matrix."""
    from scipy.sparse import csr_matrix

    columns, numbers, lengths = [], [], []
    for _, some in grams.chunks(texts):
        rows, cols, values = vocabulary.values(some)
        order = np.argsort(rows, kind="stable")
        columns.append(cols[order].astype(np.int32))
        numbers.append(values[order])
        lengths.append(np.bincount(rows, minlength=len(some)))
    ends = np.concatenate(([0], np.cumsum(np.concatenate(lengths)))).astype(np.int32)
    return csr_matrix((np.concatenate(numbers), np.concatenate(columns), ends), (len(texts), len(vocabulary.marks)))


def _weights(matrix: Any, kinds: NDArray[np.int64], classes: int, rounds: int = ROUNDS) -> tuple[Any, Any]:
    """Weights and offsets, a column a class: the mean of a machine on top of naive Bayes and of one without.

    Both are brought to the same spread first; the mean of linear models is one linear model, so it costs nothing later.
    """
    own = kinds[:, None] == np.arange(classes)
    turned = matrix.T
    weights = np.zeros((matrix.shape[1], classes), dtype=np.float32)
    offsets = np.zeros(classes, dtype=np.float32)
    for strictness, speaks in ((STRICTNESS, np.square(_speaking(turned, own))), (STRICTNESS_PLAIN, np.float32(1))):
        found, told = _machine(matrix, own, speaks, strictness, rounds)
        spread = max(float((told - told.mean(1, keepdims=True)).std()), 1e-6)
        part = turned @ found
        part *= speaks / np.float32(spread)
        weights += part
        offsets += found.sum(0) / spread
    return weights, offsets


def _machine(matrix: Any, own: NDArray[np.bool_], speaks: Any, strictness: float, rounds: int) -> tuple[Any, Any]:
    """Each class against the rest, with a squared hinge: the texts' own coefficients, and what they then are told.

    Newton's method on the coefficients (Chapelle, Training a support vector machine in the primal, 2007): as many
    unknowns as texts, not as runs, so that it needs little memory. All classes are solved side by side.
    """
    sign = np.where(own, 1.0, -1.0).astype(np.float32)
    weight = len(own) / (own.shape[1] * np.maximum(own.sum(0), 1))
    costs = (strictness * np.where(own, weight[None, :], 1.0)).astype(np.float32)
    ridge = 1 / (2 * costs)
    turned = matrix.T
    # What each text says of itself, beside the ridge: the steps of the solver are measured by it, which halves them.
    scale = _squared(matrix) @ np.broadcast_to(speaks, (matrix.shape[1], own.shape[1])) + 1 + ridge

    def kernel(of: Any) -> Any:
        weights = turned @ of
        weights *= speaks
        return matrix @ weights + of.sum(0)

    found, told = np.zeros_like(sign), np.zeros_like(sign)
    for _ in range(rounds):
        active = sign * told < 1
        better = _towards(kernel, sign, ridge, scale, found * active, active)
        reach = kernel(better)
        length = _best_length(found, told, better - found, reach - told, sign, costs)
        found += length * (better - found)
        told += length * (reach - told)
        if int(((sign * told < 1) != active).sum()) <= STABLE * sign.size:
            break
    return found, told


def _squared(matrix: Any) -> Any:
    from scipy.sparse import csr_matrix

    return csr_matrix((np.square(matrix.data), matrix.indices, matrix.indptr), matrix.shape)


def _towards(kernel: Any, sign: Any, ridge: Any, scale: Any, start: Any, active: Any) -> Any:
    """Solve (ridge + kernel) x = sign among the active texts, by scaled conjugate gradients, a column a class."""
    found = start.copy()
    rest = (sign - ridge * found - (kernel(found) if found.any() else 0)) * active
    way = rest / scale
    size = (rest * way).sum(0)
    enough = size * PRECISION
    for _ in range(INNER):
        along = (ridge * way + kernel(way)) * active
        step = size / np.maximum((way * along).sum(0), 1e-30)
        found += step * way
        rest -= step * along
        ahead = rest / scale
        new = (rest * ahead).sum(0)
        if (new < enough).all():
            break
        way = ahead + (new / np.maximum(size, 1e-30)) * way
        size = new
    return found


def _best_length(found: Any, told: Any, way: Any, reach: Any, sign: Any, costs: Any) -> Any:
    """How far to go along a way, for each class by itself: where the whole cost is least, among some lengths."""
    best, least = np.zeros(sign.shape[1], dtype=np.float32), np.full(sign.shape[1], np.inf)
    for length in (0.0, 0.03, 0.06, 0.12, 0.25, 0.4, 0.6, 0.8, 1.0, 1.3):
        there, say = found + length * way, told + length * reach
        cost = (there * say).sum(0) / 2 + (costs * np.square(np.maximum(0, 1 - sign * say))).sum(0)
        best, least = np.where(cost < least, np.float32(length), best), np.minimum(cost, least)
    return best


def _speaking(turned: Any, own: NDArray[np.bool_]) -> Any:
    """How much each run speaks for or against each class: the log of how much more often it stands in its texts.

    Runs that stand everywhere are thus held back before the weights are sought (Wang and Manning, Baselines and
    bigrams, 2012).
    """
    there = type(turned)((np.ones_like(turned.data), turned.indices, turned.indptr), turned.shape)
    with_it = there @ own.astype(np.float32) + 1
    without = there @ (~own).astype(np.float32) + 1
    return np.log(with_it / with_it.sum(0)) - np.log(without / without.sum(0))


def learn(texts: Sequence[str], labels: Sequence[str]) -> Model:
    """Learn which class a text has. Raises TooFew when there are not two classes with two texts each."""
    names = sorted(set(labels))
    number = {name: k for k, name in enumerate(names)}
    kinds = np.array([number[label] for label in labels], dtype=np.int64)
    if len(names) < 2 or np.bincount(kinds).min() < 2:
        raise TooFew("每一类至少要有两条，并且至少有两类，才能学习。")
    vocabulary = vocabulary_of(texts, WEIGHTS_MOST // len(names))
    matrix = _matrix(vocabulary, texts)
    steps, accuracy = _how_sure(matrix, kinds, len(names))
    weights, offsets = _weights(matrix, kinds, len(names))
    told = {"texts": len(texts), "classes": len(names), "accuracy": accuracy}
    return Model(names, vocabulary, weights, offsets, steps, told)


def _how_sure(matrix: Any, kinds: NDArray[np.int64], classes: int) -> tuple[tuple[float, float], float | None]:
    """What turns a lead into a probability of being right, learned on a part kept aside, and how right it was there.

    Slope and offset of a logistic curve. Of too little a careful guess, and no accuracy.
    """
    rng = np.random.default_rng(SEED)
    aside = rng.permutation(len(kinds)) % ASIDE == 0
    if len(np.unique(kinds[~aside])) < classes or aside.sum() < 2 * classes:
        return (2.0, -0.5), None
    weights, offsets = _weights(matrix[~aside], kinds[~aside], classes, ROUNDS_ASIDE)
    scores = matrix[aside] @ weights + offsets
    ranked, right = np.sort(scores, axis=1), scores.argmax(1) == kinds[aside]
    return _logistic(ranked[:, -1] - ranked[:, -2], right), round(float(right.mean()), 4)


def _logistic(lead: NDArray[Any], right: NDArray[np.bool_]) -> tuple[float, float]:
    """Fit of a logistic curve by Newton's method, towards the even chance a little, as Platt does it."""
    target = np.where(right, (right.sum() + 1) / (right.sum() + 2), 1 / ((~right).sum() + 2))
    a, b = 1.0, 0.0
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(a * lead + b, -30, 30)))
        w, gap = p * (1 - p) + 1e-9, target - p
        ga, gb = float(gap @ lead), float(gap.sum())
        haa, hab, hbb = float(w @ (lead * lead)) + 1e-6, float(w @ lead), float(w.sum()) + 1e-6
        det = haa * hbb - hab * hab
        da, db = (hbb * ga - hab * gb) / det, (haa * gb - hab * ga) / det
        a, b = a + da, b + db
        if abs(da) + abs(db) < 1e-6:
            break
    return float(a), float(b)
