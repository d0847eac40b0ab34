"""Making a file nobody's: the columns emptied, and the personal part of the audit; the chain still proves the rest."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from sanshe.accounts.public import forget_account
from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from ..beyond import blocks, erase_beyond
from ..models import FormerNumber, Household, HouseholdMember, Merge, Person, ReadLog, RightsRequest
from ..words import PeopleEvent, RightsState
from .merging import _pointing

NOBODY = "（已匿名）"


def why_not_erased(person: Person, now: datetime) -> list[str]:
    """Why a file may not be erased now: what is open, and what must be kept a while longer."""
    why = blocks(person, clock.local(now).date())
    if person.anonymised_at is not None:
        why.append("这份档案已经匿名化。")
    return why


@transaction.atomic
def anonymise(*, person: Person, by: Viewer, now: datetime, why: str) -> Person:
    """Empty a file, what was merged into it, and its part of the audit. For requests that were granted, and the rules.

    `why` is written down and must name nobody. Raises Invalid with every reason that stands against it.
    """
    stands = why_not_erased(person, now)
    if stands:
        raise Invalid({"": "；".join(stands)})
    erase_beyond(person, by, now)
    files = [person, *_merged_into(person)]
    sides = _sides(files)
    accounts = [file.user_id for file in files if file.user_id]
    for file in files:
        _empty(file, now)
    for account in accounts:
        forget_account(user_id=account, by=by, now=now)
    with connection.cursor() as cursor:
        for entry in sides:
            cursor.execute("SELECT kernel_audit_forget(%s)", [entry])
    audit.record(
        by=by,
        event=PeopleEvent.ANONYMISED,
        obj=person,
        sentence=f"这份档案已匿名化（{why}）",
        data={"files": len(files), "entries": len(sides)},
        now=now,
        public=False,
    )
    return person


def _merged_into(person: Person) -> list[Person]:
    found: list[Person] = []
    waiting = [person.pk]
    while waiting:
        below = list(Person.every.filter(merged_into__in=waiting))
        found += below
        waiting = [p.pk for p in below]
    return found


def _empty(file: Person, now: datetime) -> None:
    today = clock.local(now).date()
    file.name = NOBODY
    file.citizen_number = file.paper_number = file.phone = file.address = file.house = None
    file.citizen_masked = file.paper_masked = file.phone_masked = file.paper_kind = file.sex = ""
    file.born_on = file.user = None
    file.anonymised_at = now
    file.save()
    FormerNumber.objects.filter(person=file).delete()
    ReadLog.objects.filter(person=file).delete()
    Merge.objects.filter(gone=file).update(reason="")
    HouseholdMember.objects.filter(person=file, valid_to__isnull=True, valid_from__lte=today).update(valid_to=today)
    for household in Household.objects.filter(head=file):
        household.head = None
        if not household.members.filter(valid_to__isnull=True).exists():
            household.address = household.house = None
        household.save()
    for request in RightsRequest.objects.filter(person=file):
        request.new_value = request.words = None
        if request.state != RightsState.RECEIVED:
            request.answer = None
        request.save()


def _sides(files: list[Person]) -> list[int]:
    """Audit entries whose personal part names these people.

    All about the files themselves; those about what points to the files, and those written by their accounts, where
    the name stands in it.
    """
    pks = [file.pk for file in files]
    about: list[tuple[str, list[int]]] = [
        (model._meta.label, list(model._base_manager.filter(**{f"{field}__in": pks}).values_list("pk", flat=True)))
        for model, field in _pointing()
    ]
    names = sorted({file.name for file in files})
    users = [file.user_id for file in files if file.user_id]
    found: set[int] = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.id FROM kernel_audit_entry e JOIN kernel_audit_personal p ON p.entry_id = e.id "
            "WHERE e.kind = %s AND e.object_id = ANY(%s)",
            [Person._meta.label, pks],
        )
        found.update(row[0] for row in cursor.fetchall())
        for label, ids in about:
            if ids:
                cursor.execute(
                    "SELECT e.id FROM kernel_audit_entry e JOIN kernel_audit_personal p ON p.entry_id = e.id "
                    "WHERE e.kind = %s AND e.object_id = ANY(%s) "
                    "AND EXISTS (SELECT 1 FROM unnest(%s::text[]) n WHERE position(n in p.data::text) > 0)",
                    [label, ids, names],
                )
                found.update(row[0] for row in cursor.fetchall())
        if users:
            cursor.execute(
                "SELECT e.id FROM kernel_audit_entry e JOIN kernel_audit_personal p ON p.entry_id = e.id "
                "WHERE e.actor = ANY(%s)",
                [users],
            )
            found.update(row[0] for row in cursor.fetchall())
    return sorted(found)
