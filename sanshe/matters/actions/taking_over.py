"""Taking matters over from another system: set-based, in chunks, each its own transaction; twice adds nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from sanshe.accounts.public import SETUP, Role
from sanshe.areas.public import Area, communities_of
from sanshe.kernel import crypto
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.fields import hash_of

from .. import deadlines
from ..imports import Row, spread, without_numbers
from ..models import Matter
from ..numbers import new_token, number
from ..words import Channel, MattersEvent, MatterState
from .suggesting import ask_for_suggestions

CHUNK = 1000
#: Who may take over what other systems hold; for which area is asked where the sheet is uploaded.
TAKERS = (Role.FRONT_DESK, Role.STREET_OFFICER, Role.DISTRICT_OFFICER)
COLUMNS = (
    "number", "token", "title", "text", "subject", "channel", "area_id", "place_text", "contact_name", "contact_phone",
    "contact_phone_hash", "wants_reply", "public", "public_title", "public_text", "public_result", "state", "route",
    "criterion_version", "triage_reason", "guidance", "help_wanted", "other_way", "designated", "urgent", "due_at",
    "promised_at", "calendar_version", "created_at", "done_at", "result", "question", "returned", "retriaged",
    "reopened", "source", "source_key",
)  # fmt: skip


def take_over(
    *,
    rows: Iterable[Row],
    area: Area,
    source: str,
    by: Viewer,
    now: datetime,
    publish: bool = False,
    step: Callable[[int], None] = lambda n: None,
    channel: str = Channel.IMPORT,
) -> int:
    """Take in rows of another system and return how many were new.

    Each goes to a community of `area`, the same one whenever it is run. Rows with a reply are done, with it as their
    result; the others wait for triage, their deadline counted from now, for only now they are ours. `publish` shows
    the titles on the board, numbers masked. `step` is called with the rows read.
    """
    if by.system != SETUP and not by.holds(*TAKERS):
        raise NotAllowed("事项由社区窗口、街道或新区的工作人员转入。")
    places = [a.pk for a in communities_of(area.pk)]
    if not places:
        raise Invalid("所选区域里没有社区，请换一个区域。")
    if not source or len(source) > 40:
        raise Invalid("来源系统的名称应为 1 至 40 个字。")
    added, chunk = 0, []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            added += _take(chunk, places, source, by, now, publish, channel)
            step(len(chunk))
            chunk = []
    if chunk:
        added += _take(chunk, places, source, by, now, publish, channel)
        step(len(chunk))
    ask_for_suggestions()
    return added


@transaction.atomic
def _take(
    chunk: list[Row], places: list[int], source: str, by: Viewer, now: datetime, publish: bool, channel: str
) -> int:
    held = set(
        Matter.objects.filter(source=source, source_key__in=[row.key for row in chunk]).values_list(
            "source_key", flat=True
        )
    )
    fresh = [row for row in chunk if row.key not in held]
    if not fresh:
        return 0
    due, promised, version = deadlines.first_promise(now)
    names = ", ".join(COLUMNS)
    numbers = _numbers(fresh)  # before the COPY begins: a connection in COPY answers no query
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE taken ON COMMIT DROP AS SELECT {names} FROM matters_matter WITH NO DATA")
        with cursor.copy(f"COPY taken ({names}) FROM STDIN") as copy:
            for row, number in zip(fresh, numbers, strict=True):
                copy.write_row(
                    _values(row, number, row.area_id or places[spread(source, row.key, len(places))], source,
                            due, promised, version, publish, channel)
                )  # fmt: skip
        # One statement for the matters and their audit: neither is there without the other.
        cursor.execute(
            f"""WITH new AS (
                    INSERT INTO matters_matter ({names}) SELECT {names} FROM taken
                    ON CONFLICT DO NOTHING RETURNING id, number)
                INSERT INTO kernel_audit_entry
                    (at, actor, system, post, event, kind, object_id, sentence, data, public, commitment)
                SELECT %s, %s, %s, %s, %s, %s, id, %s, jsonb_build_object('number', number), TRUE, '' FROM new""",
            [now, by.user_id, by.system, "、".join(by.grants.posts)[:200], MattersEvent.IMPORTED, Matter._meta.label,
             f"从「{source}」转入此事项".replace("{", "（").replace("}", "）")],
        )  # fmt: skip
        count = cursor.rowcount
        cursor.execute("DROP TABLE taken")
    return int(count)


def _numbers(rows: list[Row]) -> list[str]:
    """A number each, of the day on which the matter was reported; one round trip a day would be too many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('matters_number') FROM generate_series(1, %s)", [len(rows)])
        values = [value for (value,) in cursor.fetchall()]
    return [number(f"{row.created:%Y%m%d}", value) for row, value in zip(rows, values, strict=True)]


def _values(
    row: Row, number: str, area_id: int, source: str, due: datetime, promised: datetime, version: str, publish: bool,
    channel: str,
) -> tuple[Any, ...]:  # fmt: skip
    done = row.replied is not None
    name, phone = _sealed("contact_name", row.name), _sealed("contact_phone", row.phone)
    return (
        number, new_token(), row.title, row.text, "", str(channel), area_id, row.place, name, phone,
        hash_of("phone", row.phone) if row.phone else "", True, publish,
        without_numbers(row.title)[:80] if publish else "", "", "",
        str(MatterState.DONE if done else MatterState.RECEIVED), "",
        "", "", "", False, "", False, False, None if done else due,
        None if done else promised, "" if done else version, row.created, row.replied, row.reply, "", 0, 0,
        0, source, row.key,
    )  # fmt: skip


def _sealed(field: str, text: str) -> str:
    """As the field keeps it: encrypted, for COPY goes past the field."""
    return crypto.encrypt(text, Matter._meta.get_field(field).context)  # type: ignore[union-attr]
