"""Writing by COPY. For many rows indexes and foreign keys are taken down first and put up again at the end: half the
time, and the keys are checked all at once. Everything happens in the caller's transaction, so a load that is stopped
leaves nothing behind.
"""

from __future__ import annotations

from typing import Any

from sanshe.kernel import mass
from sanshe.kernel.audit import Entry

from ..models import CallBack, Handling, Matter, Rating, Triage

#: Table → columns in the order of `draw`. Tables stand in the order in which they refer to one another.
COLUMNS = {
    "matters_matter": (
        "id, number, token, title, text, subject, channel, area_id, place_id, place_text, reporter_id, person_id, "
        "contact_name, contact_phone, contact_phone_hash, filed_by_id, wants_reply, public, public_title, public_text, "
        "public_result, state, route, criterion_id, criterion_version, triage_reason, triaged_at, guidance, "
        "help_wanted, other_way, host_unit_id, handler_id, designated, urgent, hours, due_at, promised_at, "
        "calendar_version, created_at, done_at, result, question, paused_at, reminded_at, escalated_at, returned, "
        "retriaged, reopened, objected_at, rated_at, origin_id, source, source_key"
    ),
    "matters_triage": "matter_id, area_id, by_id, at, route, criterion_id, criterion_version, reason, unit_id, "
    "proposal, followed",
    "matters_handling": "id, matter_id, round, area_id, unit_id, by_id, route, done_at, due_at",
    "matters_rating": "id, handling_id, area_id, grade, speed, skill, manner, comment, by_id, at, void_at",
    "matters_callback": "rating_id, matter_id, area_id, unit_id, state, outcome, found, plan, answer, appeal, review, "
    "opened_at, due_at, closed_at",
    "kernel_audit_entry": "at, actor, system, post, event, kind, object_id, sentence, data, public, commitment",
}
#: Tables whose ids are given by us.
NUMBERED = ("matters_matter", "matters_handling", "matters_rating")
assert set(COLUMNS) == {m._meta.db_table for m in (Matter, Triage, Handling, Rating, CallBack, Entry)}


def lock(cursor: Any) -> None:
    """Keep others from writing: the ids are ours until the end of the transaction."""
    mass.lock(cursor, COLUMNS)


def write(cursor: Any, texts: dict[str, str]) -> None:
    """Append the rows of each table, given in the text form of COPY."""
    for table, columns in COLUMNS.items():
        if table in texts:
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                copy.write(texts[table])


def take_down(cursor: Any) -> list[str]:
    """Drop foreign keys and plain indexes of the tables; return the statements that put them up again."""
    return mass.take_down(cursor, list(COLUMNS))
