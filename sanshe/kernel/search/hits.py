"""One line of results."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hit:
    """Something that a whole number found, as it may be shown to this viewer; without `url` it can not be opened."""

    title: str
    line: str
    url: str
    note: str = ""
