"""Paging by key: lists newest first are walked by (created, id), never by counting off rows (engineering note 5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet

#: Rows are counted up to here; beyond, the page says 「1000+」.
COUNT_TO = 1000


@dataclass
class Page:
    """One page of a list: rows, the total in words, the keys of the neighbours (None where there is none)."""

    rows: list[Any] = field(default_factory=list)
    total: str = ""
    next: str | None = None
    previous: str | None = None

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def key_of(row: Any) -> str:
    """The key of a row, as it stands in an address."""
    moment: datetime = row.created_at
    return f"{int(moment.timestamp() * 1_000_000)}-{row.pk}"


def _parse(key: str) -> tuple[datetime, int] | None:
    stamp, dash, pk = key.partition("-")
    if not (dash and stamp.isascii() and stamp.isdigit() and pk.isascii() and pk.isdigit()):
        return None
    if len(stamp) > 16 or len(pk) > 18:
        return None
    whole, part = divmod(int(stamp), 1_000_000)
    return datetime.fromtimestamp(whole, UTC).replace(microsecond=part), int(pk)


def page_by_key(rows: QuerySet[Any], after: str = "", before: str = "", size: int = 20) -> Page:
    """The page of `rows` that follows (or goes before) a key, newest first. A key that is none starts at the top."""
    total = rows.order_by()[: COUNT_TO + 1].count()
    words = f"{COUNT_TO}+" if total > COUNT_TO else str(total)
    below, above = _parse(after), _parse(before)
    if above is not None:
        moment, pk = above
        found = list(
            rows.filter(Q(created_at__gt=moment) | Q(created_at=moment, pk__gt=pk), created_at__gte=moment)
            .order_by("created_at", "pk")[: size + 1]
        )  # fmt: skip
        more, found = len(found) > size, found[:size][::-1]
        if found:
            return Page(found, words, key_of(found[-1]), key_of(found[0]) if more else None)
    elif below is not None:
        moment, pk = below
        rows = rows.filter(Q(created_at__lt=moment) | Q(created_at=moment, pk__lt=pk), created_at__lte=moment)
    found = list(rows.order_by("-created_at", "-pk")[: size + 1])
    more, found = len(found) > size, found[:size]
    return Page(
        found,
        words,
        key_of(found[-1]) if more and found else None,
        key_of(found[0]) if below is not None and found else None,
    )
