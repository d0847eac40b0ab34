"""What modules above tell the index: their part of a person's file, why a file may not be erased yet, what they forget.

Each registers in its apps.py:

    file_section("反映的事项", fn)      # fn(viewer, person) → FileRow…; only what the viewer may see
    erasure_block(fn)                   # fn(person, on) → sentences
    on_erasure(fn)                      # fn(person, by, now), in the transaction of the erasure
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sanshe.kernel.access import Viewer

from .models import Person


@dataclass(frozen=True)
class FileRow:
    """One line of a section: what it is, where it is read, in which state, and short facts beside."""

    title: str
    url: str = ""
    state: str = ""
    meta: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A part of a person's file, filled."""

    label: str
    rows: list[FileRow]


SectionRows = Callable[[Viewer, Person], Iterable[FileRow]]
_sections: dict[str, SectionRows] = {}
_blocks: list[Callable[[Person, date], Iterable[str]]] = []
_erasers: list[Callable[[Person, Viewer, datetime], None]] = []

#: Lines of one section on the page; the rest is behind the module's own list.
SHOWN = 50


def file_section(label: str, rows: SectionRows) -> None:
    """Register a part of the file; the label is its heading. Registering a label again replaces it."""
    _sections[label] = rows


def erasure_block(why: Callable[[Person, date], Iterable[str]]) -> None:
    """Register a reason why a file may not be erased yet: sentences, none when nothing stands against it."""
    if why not in _blocks:
        _blocks.append(why)


def on_erasure(forget: Callable[[Person, Viewer, datetime], None]) -> None:
    """Register what else is to be forgotten when a file is erased."""
    if forget not in _erasers:
        _erasers.append(forget)


def sections(viewer: Viewer, person: Person) -> list[Section]:
    """The parts of a file that the viewer may see, those without a line left out."""
    found = []
    for label, rows in _sections.items():
        lines = []
        for line in rows(viewer, person):
            lines.append(line)
            if len(lines) == SHOWN:
                break
        if lines:
            found.append(Section(label, lines))
    return found


def blocks(person: Person, on: date) -> list[str]:
    """Why a file may not be erased on a day, as the modules above have it."""
    return [sentence for why in _blocks for sentence in why(person, on)]


def erase_beyond(person: Person, by: Viewer, now: datetime) -> None:
    """Let the modules above forget the person."""
    for forget in _erasers:
        forget(person, by, now)
