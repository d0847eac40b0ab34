"""Where somebody lives by the person index, as a rule of access."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from sanshe.areas.public import Area, ancestors
from sanshe.kernel.access import Compiled, Rule, Viewer

from .queries import person_of


def home_of(viewer: Viewer) -> Area | None:
    """The area that the viewer's own file names; None without an account, a file, or an area in it."""

    def find() -> Area | None:
        person = person_of(viewer.user_id)
        return person.area if person is not None else None

    found: Area | None = viewer.memo("people.home", find)
    return found


def home_areas(viewer: Viewer) -> list[int]:
    """Ids of the areas in which the viewer lives: the registered one and those above it."""

    def find() -> list[int]:
        home = home_of(viewer)
        return [a.pk for a in ancestors(home)] if home is not None else []

    found: list[int] = viewer.memo("people.home_areas", find)
    return found


@dataclass(frozen=True)
class lives_in(Rule):
    """The viewer lives in the row's area, as the person index has it."""

    area: str = "area"

    def q(self, viewer: Viewer, prefix: str = "") -> Compiled:
        """The row's area is one of the viewer's."""
        ids = home_areas(viewer)
        return Q(**{f"{prefix}{self.area}__in": ids}) if ids else False

    def says(self) -> str:
        """For the reference."""
        return "登记住在本区域的居民"
