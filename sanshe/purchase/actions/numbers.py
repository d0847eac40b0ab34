"""Numbers of projects, selections and contracts: letters, the day, a running number of the day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Model

from sanshe.kernel import clock


def new_number(model: type[Model], letters: str, now: datetime) -> str:
    """The next number of the day, as in XM202611230001. Must run inside a transaction.

    Two at once: the second waits here until the first has stored its row.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"purchase.number.{letters}"])
    prefix = f"{letters}{clock.local(now):%Y%m%d}"
    rows: Any = model._default_manager.filter(number__startswith=prefix)
    last = rows.order_by("-number").values_list("number", flat=True).first()
    return f"{prefix}{(int(last[len(prefix) :]) + 1) if last else 1:04d}"
