"""The one file of an organisation (B3): every module says what it holds about it, as far as the viewer may see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sanshe.kernel.access import Viewer

from .models import Organisation


@dataclass(frozen=True)
class FileItem:
    """One line of a section: what, when or how much, and where it is read."""

    title: str
    note: str = ""
    url: str = ""


Reader = Callable[[Viewer, Organisation], Iterable[FileItem]]
_sections: dict[str, Reader] = {}


def file_section(label: str, reader: Reader) -> None:
    """Add a section to the file of every organisation; a second one of the same label replaces the first.

    `reader(viewer, organisation)` gives the lines that this viewer may see, through its module's access rules; a
    section without lines is not shown.
    """
    _sections[label] = reader


def sections(viewer: Viewer, organisation: Organisation) -> list[tuple[str, list[FileItem]]]:
    """The sections with something to show, in the order in which the modules were loaded."""
    read = [(label, list(reader(viewer, organisation))) for label, reader in _sections.items()]
    return [(label, items) for label, items in read if items]
