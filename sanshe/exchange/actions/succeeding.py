"""A unit is dissolved: its rules of handing over go on for the heir, or end with it."""

from __future__ import annotations

from datetime import datetime

from sanshe.areas.public import Body, note_succession
from sanshe.kernel.access import Viewer

from ..models import ForwardRule


def rule_goes_on(rule: ForwardRule, gone: Body, heir: Body | None, by: Viewer, now: datetime) -> None:
    """The rule names the heir; it ends where there is none, or where the heir has the same rule already."""
    same = ForwardRule.objects.filter(
        source=rule.source_id, area=rule.area_id, criterion=rule.criterion, unit=heir, ended_at__isnull=True
    )  # fmt: skip
    if heir is None or same.exists():
        rule.ended_at = now
    else:
        rule.unit = heir
    rule.save(update_fields=["unit", "ended_at"])
    note_succession(rule, gone, heir, by, now)
