"""The clock of disputes: whose turn it is hears so once, when the time is over or a visit is due."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.notices import notify

from ..flow import FLOW
from ..models import Dispute, Term
from ..words import DisputeState, TermState
from .telling import KIND, heads


@transaction.atomic
def remind(*, by: Viewer, now: datetime) -> int:
    """Remind of what is overdue (head, mediator) and of visits that are due (mediator). Returns how many were told."""
    told = 0
    late = Q(state__in=[DisputeState.RECEIVED, DisputeState.READY, DisputeState.MEDIATING, DisputeState.SIGNING])
    for one in Dispute.objects.select_for_update(of=("self",)).filter(late, due_at__lt=now, reminded_at__isnull=True):
        one.reminded_at = now
        FLOW.move(one, "remind", by, now)
        whom = {u.pk for u in heads(one)} | ({one.mediator_id} if one.mediator_id else set())
        told += notify(whom, f"{one.number}：已到时限，请登录办理。", one.get_absolute_url(), now, KIND)
    told += _visits(now)
    return told


def _visits(now: datetime) -> int:
    """Mediators whose visits fall due today, told once a day at most (the to-do list shows them in any case)."""
    today = clock.local(now).date()
    rows = Term.objects.filter(
        state=TermState.OPEN, dispute__state=DisputeState.AGREED, due_at__date=today, dispute__mediator__isnull=False
    ).select_related("dispute")
    told = 0
    for term in rows:
        one = term.dispute
        if one.reminded_at is None or clock.local(one.reminded_at).date() < today:
            Dispute.objects.filter(pk=one.pk).update(reminded_at=now)
            text = f"{one.number}：今天有约定到期，请回访。"
            told += notify([one.mediator_id], text, one.get_absolute_url(), now, KIND)
    return told
