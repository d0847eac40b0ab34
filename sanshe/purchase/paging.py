"""Paging by key: lists newest first are walked by (a date, id), never by counting off rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import DateTimeField, Q, QuerySet

#: Rows are counted up to here; beyond, the page says 「1000+」.
COUNT_TO = 1000


@dataclass
class Page:
    """One page of a list: rows, the total in words, the keys of the neighbours (None where there is none)."""

    rows: list[Any] = field(default_factory=list)
    total: str = ""
    next: str | None = None
    previous: str | None = None


def _key(row: Any, by: str) -> str:
    return f"{getattr(row, by).isoformat()}~{row.pk}"


def _parse(key: str) -> tuple[date, int] | None:
    moment, mark, pk = key.partition("~")
    if not mark or not (pk.isascii() and pk.isdigit()) or len(pk) > 18:
        return None
    try:
        # A plus sign in an address arrives as a blank.
        plain = moment.replace(" ", "+")
        return (datetime.fromisoformat(plain) if "T" in plain else date.fromisoformat(plain)), int(pk)
    except ValueError:
        return None


def _fits(rows: QuerySet[Any], by: str, moment: date) -> bool:
    """Whether a key is of the kind of its column: a day, or a moment with its zone."""
    if not isinstance(rows.model._meta.get_field(by), DateTimeField):
        return not isinstance(moment, datetime)
    return isinstance(moment, datetime) and moment.tzinfo is not None and 1 < moment.year < 9999


def page_by(rows: QuerySet[Any], by: str, asked: Any, size: int = 20) -> Page:
    """The page of `rows` that the address asks for (`?after=`, `?before=`), newest `by` first.

    A key that is none starts at the top.
    """
    counted = rows.order_by()[: COUNT_TO + 1].count()
    total = f"{COUNT_TO}+" if counted > COUNT_TO else str(counted)
    below, above = _parse(asked.get("after", "")), _parse(asked.get("before", ""))
    if not all(key is None or _fits(rows, by, key[0]) for key in (below, above)):
        below = above = None
    if above is not None:
        rows_up = rows.filter(Q(**{f"{by}__gt": above[0]}) | Q(**{by: above[0], "pk__gt": above[1]}))
        found = list(rows_up.order_by(by, "pk")[: size + 1])
        more, found = len(found) > size, found[:size][::-1]
        if found:
            return Page(found, total, _key(found[-1], by), _key(found[0], by) if more else None)
    elif below is not None:
        rows = rows.filter(Q(**{f"{by}__lt": below[0]}) | Q(**{by: below[0], "pk__lt": below[1]}))
    found = list(rows.order_by(f"-{by}", "-pk")[: size + 1])
    more, found = len(found) > size, found[:size]
    return Page(
        found,
        total,
        _key(found[-1], by) if more else None,
        _key(found[0], by) if below is not None and found else None,
    )
