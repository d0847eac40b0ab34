"""All kinds asked for the same words; rows turned into lines with the words marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from time import monotonic
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils.safestring import SafeString
from psycopg.errors import QueryCanceled

from sanshe.areas.public import AreaLevel, area_reference
from sanshe.kernel import clock, search
from sanshe.kernel.access import Viewer
from sanshe.kernel.search import Asked, Found, Hit, Searchable

from ..parts import state_of
from .words import period

#: Suggestions while one types: in all, of a kind, and seconds after which no further kind is asked.
SUGGESTED, OF_A_KIND, PATIENCE = 8, 3, 0.4
_LIMIT = "SELECT set_config('statement_timeout', %s, true)"
#: Lines of a kind among all kinds, and on a page of its own.
FEW, SIZE = 5, 20
_ANY = (AreaLevel.DISTRICT, AreaLevel.STREET, AreaLevel.COMMUNITY, AreaLevel.GROUP)
#: Digits from which on a text is looked for as a whole number; what the number of a person is, its module says.
_NUMBER = 4


@dataclass(frozen=True)
class Line:
    """One result."""

    title: SafeString
    url: str
    line: SafeString
    passage: SafeString
    state: dict[str, Any] | None = None


@dataclass
class Group:
    """The results of one kind: how many, and those that are shown."""

    thing: Searchable
    found: Found
    lines: list[Line]
    page: int = 1

    @property
    def total(self) -> str:
        """How many, in words."""
        return self.found.total

    @property
    def more(self) -> bool:
        """Whether there are more than are shown."""
        return len(self.found.ids) > len(self.lines) or not self.found.whole

    @property
    def next(self) -> int:
        """The number of the next page, 0 for none."""
        last = min(len(self.found.ids), search.COUNT_TO)
        return self.page + 1 if last > self.page * SIZE else 0


@dataclass
class Looking:
    """One question of one viewer. `area`: its key; `since`: days back."""

    viewer: Viewer
    asked: Asked
    kind: str = ""
    area: int | None = None
    since: int | None = None
    page: int = 1
    deep: bool = False
    plain: bool = False
    groups: list[Group] = field(default_factory=list)

    @cached_property
    def named(self) -> tuple[str, int] | None:
        """The word that names an area, and that area: only beside other words, and unless the viewer refuses."""
        words = [word for word in self._plain if len(word) > 1]
        if self.plain or self.area is not None or len(self._plain) < 2 or not words:
            return None
        found = area_reference(*_ANY).find(words, self.viewer)
        return next(((word, found[word]) for word in words if word in found), None)

    @cached_property
    def when(self) -> tuple[str, date, date] | None:
        """The word that names a time, with its first and last day; on the same terms."""
        taken = {self.named[0]} if self.named else set()
        rest = [word for word in self._plain if word not in taken]
        if self.plain or self.since is not None or len(rest) < 2:
            return None
        return next(((word, *days) for word in rest if (days := period(word, clock.today()))), None)

    @property
    def _plain(self) -> list[str]:
        return [search.simplified(word.text) for word in self.asked.words]

    def _without(self, words: set[str]) -> Asked:
        rest = tuple(word for word in self.asked.words if search.simplified(word.text) not in words)
        return Asked(self.asked.typed, rest, self.asked.cut)

    def exactly(self) -> list[Hit]:
        """What the whole number finds."""
        if sum(c.isdigit() for c in self.asked.typed) < _NUMBER:
            return []
        hits: list[Hit] = []
        for thing in search.offered(self.viewer):
            if thing.exactly is not None:
                hits += thing.exactly(self.viewer, self.asked.typed)
        return hits

    def look(self) -> list[Group]:
        """The kinds that have something, in their order."""
        for thing in search.offered(self.viewer, [self.kind] if self.kind else []):
            group = self._group(thing)
            if group is not None and group.found.ids:
                self.groups.append(group)
        return self.groups

    def suggest(self) -> list[tuple[str, list[Line]]]:
        """A few lines by kind for who is still typing: the newest rows only, and no kind more once it takes long."""
        groups: list[tuple[str, list[Line]]] = []
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT current_setting('statement_timeout')")
                usual = cursor.fetchone()[0]
                cursor.execute(_LIMIT, [f"{int(PATIENCE * 1000)}ms"])
                self._suggest_into(groups)
                cursor.execute(_LIMIT, [usual])
        except OperationalError as error:
            if not isinstance(error.__cause__, QueryCanceled):
                raise  # what was found before the slow kind is shown; the full page searches all
        return groups

    def _suggest_into(self, groups: list[tuple[str, list[Line]]]) -> None:
        began, left = monotonic(), SUGGESTED
        for thing in search.offered(self.viewer):
            if not left or monotonic() - began > PATIENCE:
                break
            what = self._rows(thing) if thing.typing else None
            ids = search.peek(thing, *what, min(left, OF_A_KIND)) if what is not None else []
            if what is not None and ids:
                rows, asked = what
                found = lines(thing, rows, search.in_order(thing, self.viewer, ids, self.asked), asked)
                groups.append((thing.title, found))
                left -= len(found)

    def _rows(self, thing: Searchable) -> tuple[QuerySet[Any], Asked] | None:
        """The rows of a kind and the words that are looked for in them; None when a filter leaves the kind out."""
        rows, area, said = thing.rows_of(self.viewer), self.area, set()
        if area is not None and not thing.area:
            return None
        if self.named is not None and thing.area:
            area = self.named[1]
            said.add(self.named[0])
        if area is not None:
            within = area_reference(*_ANY).within
            assert within is not None
            rows = rows.filter(within(area, thing.area))
        if self.since is not None:
            if not thing.moment:
                return None
            rows = rows.filter(**{f"{thing.moment}__gte": clock.now() - timedelta(days=self.since)})
        if self.when is not None and thing.moment:
            word, first, last = self.when
            said.add(word)
            begin, end = clock.start_of(first), clock.start_of(last + timedelta(days=1))
            rows = rows.filter(**{f"{thing.moment}__gte": begin, f"{thing.moment}__lt": end})
        return rows, self._without(said) if said else self.asked

    def _group(self, thing: Searchable) -> Group | None:
        what = self._rows(thing)
        if what is None:
            return None
        rows, asked = what
        one = bool(self.kind)
        deep = one and (self.deep or self.page > 1)
        found = search.find(thing, rows, asked, deep=deep)
        ids = search.in_order(thing, self.viewer, found.ids[: search.COUNT_TO], self.asked)
        size = SIZE if one else FEW
        page = self.page if one else 1
        shown = ids[(page - 1) * size : page * size]
        return Group(thing, found, lines(thing, rows, shown, self.asked), page)


def lines(thing: Searchable, rows: QuerySet[Any], ids: Sequence[int], asked: Asked) -> list[Line]:
    """The rows of these keys, in this order, as lines. The rule is asked again with the keys."""
    if not ids:
        return []
    by_key = {row.pk: row for row in rows.filter(pk__in=ids).select_related(*thing.related)}
    return [_line(thing, by_key[pk], asked) for pk in ids if pk in by_key]


def _line(thing: Searchable, row: Any, asked: Asked) -> Line:
    title = thing.heading(row)
    # What only says the title again, or stands in the small print, is not said twice.
    small = thing.line(row)
    told = (value for path in thing.shown if title not in (value := _value(row, path)) and value not in small)
    passage = search.passage(told, asked)
    state = state_of(row) if hasattr(row, "get_state_display") else None
    return Line(search.marked(title, asked), thing.url(row), search.marked(small, asked), passage, state)


def _value(row: Any, path: str) -> str:
    for name in path.split("__"):
        row = getattr(row, name, "")
    return str(row or "")
