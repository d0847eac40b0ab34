"""That somebody read what is personal stays written down, also when the page that showed it changed nothing.

`http.once` takes back whatever a page wrote when it shows its form again. A reading is no effect of the form: the
reader has seen it. What writes one is marked by `@reading`; under `once` it is noted, and written again after the
roll-back, exactly once. No page has to know of it.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from django.db import IntegrityError, transaction

from sanshe.kernel.errors import SansheError

log = logging.getLogger("sanshe")
P = ParamSpec("P")
R = TypeVar("R")

_noted: ContextVar[list[Callable[[], Any]] | None] = ContextVar("sanshe_readings", default=None)


def reading(write: Callable[P, R]) -> Callable[P, R]:
    """Mark a function whose writing is a record of somebody's reading, and nothing else.

    It may be called again with the same arguments after a roll-back. One inside another is part of the outer one.
    """

    @functools.wraps(write)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        notes = _noted.get()
        if notes is None:
            return write(*args, **kwargs)
        token = _noted.set(None)
        try:
            result = write(*args, **kwargs)
        finally:
            _noted.reset(token)
        notes.append(_again(wrapper, args, kwargs))
        return result

    return wrapper


def _again(write: Callable[..., Any], args: Any, kwargs: Any) -> Callable[[], Any]:
    """The same call later, for whom the reader acted then: a page may do more than one thing."""
    by = kwargs.get("by")
    acting_for = getattr(by, "acting_for", None)

    def call() -> None:
        if by is not None:
            by.acting_for = acting_for
        with transaction.atomic():
            write(*args, **kwargs)

    return call


@contextmanager
def noting() -> Iterator[list[Callable[[], Any]]]:
    """Note the readings of a transaction that may be rolled back; `write_again` takes what was noted."""
    notes: list[Callable[[], Any]] = []
    token = _noted.set(notes)
    try:
        yield notes
    finally:
        _noted.reset(token)


def write_again(notes: list[Callable[[], Any]]) -> None:
    """Write what was rolled back. Of a thing that the same transaction had made nothing is left to have been read."""
    for call in notes:
        try:
            call()
        except (IntegrityError, SansheError) as error:
            log.warning("a reading was not written again: %s", error)
