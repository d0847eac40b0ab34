"""Verbs of the pool of experts."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from sanshe.areas.public import Area
from sanshe.kernel import audit
from sanshe.kernel.access import Viewer

from ..models import Expert, ExpertTie


@transaction.atomic
def enter_expert(*, user_id: int, area: Area, fields: list[str], since: date, by: Viewer, now: datetime) -> Expert:
    """Enter somebody into the pool of experts of an area; once is enough."""
    expert, made = Expert.objects.get_or_create(
        user_id=user_id, defaults={"area": area, "fields": fields, "valid_from": since}
    )
    if made:
        audit.record(by=by, event="workforce.expert", obj=expert, sentence="{actor}把一位专家列入专家库", now=now)
    return expert


@transaction.atomic
def tell_tie(
    *, expert_id: int, body_id: int, kind: str, since: date, until: date | None, by: Viewer, now: datetime
) -> ExpertTie:
    """Keep what ties an expert to a body."""
    tie = ExpertTie.objects.create(expert_id=expert_id, body_id=body_id, kind=kind, valid_from=since, valid_to=until)
    audit.record(by=by, event="workforce.tie", obj=tie, sentence="{actor}登记了一项利害关系", now=now)
    return tie
