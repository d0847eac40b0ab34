"""How right and how fast the suggestion for triage is: five folds of each public file, each by itself.

Both files hold many of the same messages, so that one is never learned from to be asked about the other. The texts are
read where they lie and kept nowhere.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.place import show, tell
from sanshe.runtime.paths import PROJECT

FILES = ("labelled_segmented", "labelled_raw")
#: What others reach (the data's README and the engineering notes): by five folds of the same rows, and published on
#: other splits of the same task.
BESIDE: dict[str, dict[str, float]] = {
    "labelled_segmented": {
        "plain_macro_f1": 0.917, "plain_accuracy_at_90": 0.959, "plain_accuracy_at_80": 0.974,
        "plain_messages_per_second": 1952, "plain_seconds_to_learn": 10.8, "plain_peak_megabytes": 562,
        "published_bert_f1": 0.938, "published_fasttext_f1": 0.93,
    },
    "labelled_raw": {"plain_macro_f1": 0.85},
}  # fmt: skip
TOLD = ("macro_f1", "accuracy", "accuracy_at_90", "accuracy_at_80", "messages_per_second", "messages_per_cpu_second",
        "seconds_to_learn", "cpu_seconds_to_learn")  # fmt: skip


def measure() -> None:
    """Print the means over the folds of each file, beside the figures of others; leave out a file that is not there."""
    folder = Path(os.environ.get("SANSHE_BENCH_DATA", PROJECT.parent / "shared" / "data")) / "messages"
    for name in FILES:
        file = folder / f"{name}.csv"
        if not file.exists():
            tell(f"没有找到 messages/{file.name}（用 SANSHE_BENCH_DATA 指明所在的文件夹），略过分流建议的测量。")
            continue
        tell(f"正在测量：分流建议，{file.name}")
        found = [_fold(file, k) for k in range(5)]
        for key in TOLD:
            show(f"suggest_{name}_{key}", float(sum(one[key] for one in found) / len(found)))
        show(f"suggest_{name}_peak_megabytes", max(one["peak_megabytes"] for one in found))
        for key, value in BESIDE[name].items():
            show(f"suggest_{name}_{key}", value)


def _fold(file: Path, k: int) -> dict[str, Any]:
    """One fold, in a process of its own: its peak of memory is its own."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "bench.settings", "OMP_NUM_THREADS": "1",
                   "OPENBLAS_NUM_THREADS": "1"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "bench.suggesting", str(file), str(k)],
        cwd=PROJECT, env=environment, stdout=subprocess.PIPE, check=True, text=True,
    )  # fmt: skip
    return dict(json.loads(done.stdout))


def _one(file: Path, k: int) -> None:
    import django

    django.setup()
    from sanshe.matters.suggesting.measure import evaluate, folds, read_pairs

    texts, labels = read_pairs(file, "text", "department")
    parts = folds(labels)[k]
    train, test = (([texts[i] for i in rows], [labels[i] for i in rows]) for rows in parts)
    print(json.dumps(evaluate(train, test)))


if __name__ == "__main__":
    _one(Path(sys.argv[1]), int(sys.argv[2]))
