"""How right a model is: two columns of a CSV file, accuracy, macro-F1, and both among those it is surest of."""

from __future__ import annotations

import csv
import resource
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sanshe.kernel.errors import Invalid

from ..text import plain
from .learning import learn
from .model import Model

#: The share of texts that are answered, the surest first, for which the accuracy is told.
COVERAGES = (0.9, 0.8)


def read_pairs(path: Path, text: str, label: str) -> tuple[list[str], list[str]]:
    """The texts and their classes, by the names of the columns; rows without one of them are left out.

    Raises Invalid with a sentence when the file is no such sheet.
    """
    csv.field_size_limit(10_000_000)
    texts, labels = [], []
    data = path.read_bytes()
    try:
        lines = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        lines = data.decode("gb18030", "replace")
    try:
        reader = csv.DictReader(lines.splitlines(keepends=True))
        head = list(reader.fieldnames or [])
        for wanted in (text, label):
            if wanted not in head:
                raise Invalid(f"文件里没有“{wanted}”这一列，现有的列：{'、'.join(head) or '（空文件）'}。")
        for row in reader:
            said, kind = plain(row[text] or ""), (row[label] or "").strip()
            if said and kind:
                texts.append(said)
                labels.append(kind)
    except csv.Error:
        raise Invalid("文件不是逗号分隔的表格，读不出来。") from None
    return texts, labels


def macro_f1(right: NDArray[Any], told: NDArray[Any], classes: int) -> float:
    """The mean of the F1 of each class that occurs."""
    found = []
    for k in range(classes):
        hit = int(((right == k) & (told == k)).sum())
        of = int((right == k).sum()) + int((told == k).sum())
        if of:
            found.append(2 * hit / of)
    return float(np.mean(found)) if found else 0.0


def peak_megabytes() -> int:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def figures(model: Model, texts: Sequence[str], labels: Sequence[str]) -> dict[str, Any]:
    """How right the model is on texts that it has not learned from."""
    begin, used = time.perf_counter(), time.process_time()
    told, _, sures = model.judge(list(texts))
    took, used = time.perf_counter() - begin, time.process_time() - used
    names = sorted({*model.labels, *labels})
    number = {name: k for k, name in enumerate(names)}
    right = np.array([number[name] for name in labels])
    given = np.array([number[model.labels[k]] for k in told])
    return {
        "n": len(texts),
        **rightness(right, given, np.asarray(sures), len(names)),
        "messages_per_second": round(len(texts) / took),
        "messages_per_cpu_second": round(len(texts) / used),
    }


def rightness(right: NDArray[Any], told: NDArray[Any], sures: NDArray[Any], classes: int) -> dict[str, Any]:
    """Accuracy and macro-F1 of all, and of the surest 90 and 80 %, with how sure one must be to be among them."""
    found: dict[str, Any] = {
        "accuracy": round(float((right == told).mean()), 4),
        "macro_f1": round(macro_f1(right, told, classes), 4),
    }
    order = np.argsort(-sures, kind="stable")
    for share in COVERAGES:
        kept = order[: max(1, round(share * len(order)))]
        name = f"{share * 100:.0f}"
        found[f"coverage_{name}"] = round(len(kept) / len(order), 4)
        found[f"accuracy_at_{name}"] = round(float((right[kept] == told[kept]).mean()), 4)
        found[f"sure_at_{name}"] = round(float(sures[kept[-1]]), 3)
    return found


def evaluate(train: tuple[list[str], list[str]], test: tuple[list[str], list[str]]) -> dict[str, Any]:
    """Learn from one set, tell how right that is on the other, and how many of its texts stand in both."""
    begin, used = time.perf_counter(), time.process_time()
    model = learn(*train)
    took, used = time.perf_counter() - begin, time.process_time() - used
    found = figures(model, *test)
    known = set(train[0])
    found["also_in_train"] = sum(text in known for text in test[0])
    found |= {"seconds_to_learn": round(took, 2), "cpu_seconds_to_learn": round(used, 2)}
    return {**found, "peak_megabytes": peak_megabytes()}


def folds(labels: Sequence[str], count: int = 5, seed: int = 0) -> list[tuple[list[int], list[int]]]:
    """`count` pairs of rows to learn from and to be asked, every class spread evenly over them."""
    rng = np.random.default_rng(seed)
    fold = np.empty(len(labels), dtype=int)
    kinds = np.array(labels)
    start = 0
    for kind in sorted(set(labels)):
        rows = rng.permutation(np.flatnonzero(kinds == kind))
        fold[rows] = (np.arange(len(rows)) + start) % count
        start += len(rows)
    return [(np.flatnonzero(fold != k).tolist(), np.flatnonzero(fold == k).tolist()) for k in range(count)]
