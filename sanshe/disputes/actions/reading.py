"""Every reading is written down: in the audit, where the parties see it, and in each party's own list."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sanshe.kernel import audit
from sanshe.kernel.access import Viewer
from sanshe.kernel.readings import reading
from sanshe.people.public import ReadKind, log_read

from ..access import DisputeAccess
from ..models import Dispute, Party
from ..words import DisputesEvent


@reading
def _log(*, one: Dispute, event: DisputesEvent, by: Viewer, now: datetime) -> None:
    audit.record(by=by, event=event, obj=one, sentence="{actor}" + str(event.label), now=now, public=False)
    for party in Party.objects.filter(dispute=one, person__isnull=False).select_related("person"):
        if party.person is not None:
            log_read(person=party.person, kind=ReadKind.SHOWN, by=by, now=now, reason="办理保密事项")


@transaction.atomic
def open_dispute(*, dispute_id: int, by: Viewer, now: datetime) -> Dispute:
    """The dispute for its page; the reading is written down. Raises NotVisible."""
    rows = Dispute.objects.select_related("area__parent", "mediator")
    one = DisputeAccess.get(by, dispute_id, rows=rows)
    _log(one=one, event=DisputesEvent.READ, by=by, now=now)
    return one


@transaction.atomic
def note_print(*, dispute_id: int, by: Viewer, now: datetime) -> Dispute:
    """The same, for the agreement as a document."""
    one = DisputeAccess.get(by, dispute_id, rows=Dispute.objects.select_related("area__parent", "mediator"))
    _log(one=one, event=DisputesEvent.PRINTED, by=by, now=now)
    return one
