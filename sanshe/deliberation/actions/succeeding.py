"""A body that carries out a task is dissolved without a successor: the community goes on with it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from sanshe.accounts.public import Role, on_duty
from sanshe.areas.public import Body, note_succession
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.notices import notify

from ..access import OWN_BODIES
from ..models import Task
from .telling import KIND


def task_left(task: Task, gone: Body, heir: Body | None, by: Viewer, now: datetime) -> None:
    """The task goes to a body of the community itself, else to its lead; with neither it stays on the lead's page."""
    area, today = task.deliberation.area, clock.local(now).date()
    leads = on_duty(Role.COMMUNITY_LEAD, area=area)
    own = Body.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today), area=area, kind__in=OWN_BODIES)
    takes = own.exclude(pk=gone.pk).order_by("pk").first()
    lead = leads.first()
    if takes is None and lead is None:
        return
    task.owner_body, task.owner = takes, None if takes is not None else lead
    task.save(update_fields=["owner_body", "owner"])
    note_succession(task, gone, takes, by, now)
    text = f"{gone}撤销，没有承接单位，请由社区安排：{task}"
    notify(leads.values_list("pk", flat=True), text, task.get_absolute_url(), now, KIND)
