"""What modules above show beside a matter: where it led to, or the way there.

Each registers in its apps.py: `beside_matter(fn)`, fn(viewer, matter) → Beside…; only what that viewer may see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sanshe.kernel.access import Viewer

from .models import Matter


@dataclass(frozen=True)
class Beside:
    """One line: a sentence, and perhaps where it leads and how the link is called."""

    text: str
    url: str = ""
    label: str = ""


_shown: list[Callable[[Viewer, Matter], Iterable[Beside]]] = []


def beside_matter(show: Callable[[Viewer, Matter], Iterable[Beside]]) -> None:
    """Register what a module shows beside a matter."""
    if show not in _shown:
        _shown.append(show)


def beside(viewer: Viewer, matter: Matter) -> list[Beside]:
    """All lines beside a matter, for its pages."""
    return [line for show in _shown for line in show(viewer, matter)]
