"""Chunks of a sheet read on all cores: cleaning and encrypting is most of the work of an import.

The processes are forked with the plan already in memory and never touch the database. Small sheets are read here.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sanshe.kernel import crypto

from .checking import Known, Line, Reader, Staged

#: Rows a chunk.
CHUNK = 4000
#: Chunks that wait, so that a long sheet is not held in memory twice.
AHEAD = 4

_reader: Reader | None = None


def _stage(work: tuple[list[Line], Known]) -> Staged:
    assert _reader is not None
    return _reader.stage(*work)


def chunks(rows: Iterable[Line], size: int = CHUNK) -> Iterator[list[Line]]:
    """Rows by chunks."""
    held: list[Line] = []
    for row in rows:
        held.append(row)
        if len(held) == size:
            yield held
            held = []
    if held:
        yield held


def staged(
    reader: Reader, parts: Iterator[list[Line]], find: Callable[[list[Line]], Known], parallel: bool = True
) -> Iterator[Staged]:
    """Every chunk staged, in order. `find` looks the texts of references up, here, where the database is."""
    first = next(parts, None)
    if first is None:
        return
    second = next(parts, None)
    if second is None or not parallel or (os.cpu_count() or 1) < 2:
        yield reader.stage(first, find(first))
        if second is not None:
            yield reader.stage(second, find(second))
        for part in parts:
            yield reader.stage(part, find(part))
        return
    yield from _on_all_cores(reader, [first, second], parts, find)


def _on_all_cores(
    reader: Reader, begun: list[list[Line]], parts: Iterator[list[Line]], find: Callable[[list[Line]], Known]
) -> Iterator[Staged]:
    global _reader
    crypto.ring()  # read before the fork, once
    _reader = reader
    pool: Any = multiprocessing.get_context("fork").Pool(min(os.cpu_count() or 2, 4))
    waiting: deque[Any] = deque()

    def put(part: list[Line]) -> None:
        waiting.append(pool.apply_async(_stage, ((part, find(part)),)))

    try:
        for part in begun:
            put(part)
        for part in parts:
            put(part)
            if len(waiting) > AHEAD:
                yield waiting.popleft().get()
        while waiting:
            yield waiting.popleft().get()
    finally:
        pool.terminate()
        pool.join()
        _reader = None
