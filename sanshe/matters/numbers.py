"""Numbers and receipts: a number to say on the phone, a token that can not be guessed."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import connection
from stdnum.iso7064 import mod_11_10

from sanshe.kernel import clock


def new_numbers(now: datetime, count: int = 1) -> list[str]:
    """Fresh numbers: date, sequence, check digit (ISO 7064 MOD 11-10), as in 20261123-000123-7.

    The sequence is the database's, so that filing at many desks at once waits for nobody; a number may stay unused.
    """
    day = f"{clock.local(now):%Y%m%d}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('matters_number') FROM generate_series(1, %s)", [count])
        values = [row[0] for row in cursor.fetchall()]
    return [number(day, value) for value in values]


def number(day: str, value: int) -> str:
    """The number of one day and sequence value."""
    digits = f"{day}{value:06d}"
    return f"{day}-{value:06d}-{mod_11_10.calc_check_digit(digits)}"


def is_number(text: str) -> bool:
    """Whether a text is a well-formed number with its right check digit, with or without dashes."""
    digits = "".join(c for c in text if c.isdigit())
    return len(digits) == 15 and bool(mod_11_10.is_valid(digits))


def spelled(text: str) -> str:
    """The stored spelling of a typed number."""
    digits = "".join(c for c in text if c.isdigit())
    return f"{digits[:8]}-{digits[8:14]}-{digits[14:]}"


def new_token() -> str:
    """22 characters, 128 random bits: the address of a page of progress can not be guessed."""
    return secrets.token_urlsafe(16)
