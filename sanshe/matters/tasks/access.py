"""Who asks for a task, who admits it, who does it."""

from __future__ import annotations

from django.db.models import Q

from sanshe.accounts.public import Role
from sanshe.kernel.access import (
    Access,
    Viewer,
    anywhere,
    given_to,
    holds,
    not_own,
    system,
    through,
    where,
    works_for,
)

from ..access import ABOVE, LOCAL, UNIT
from ..access import CLOCK as WATCH
from ..models import TaskOrder, TaskPart
from .words import PartState

#: Who may ask a task of communities, for the unit or the area of the post.
ASKERS = (*UNIT, Role.STREET_OFFICER, Role.DISTRICT_OFFICER)
#: The name under which what follows by itself stands in the audit.
CLOCK = "下派任务"

#: A street or the New Area that asks itself: whoever holds the post goes on with it.
OFFICES = (Role.STREET_OFFICER, Role.DISTRICT_OFFICER)
_asker = (
    works_for(*UNIT, body="unit")
    | given_to("asked_by", "提出人")
    | (holds(*OFFICES) & where(Q(unit__isnull=True), "由街道、新区自己提出的"))
)
_reached = through(
    "matters.TaskPart",
    "order_id",
    holds(*LOCAL, *ABOVE) & where(~Q(state=PartState.HELD), "已下达到社区"),
    label="任务已下达到的社区及其街道、新区的岗位",
)


class TaskOrderAccess(Access[TaskOrder]):
    """A task is seen by who asked, by who admits, and by a community once it has reached it."""

    model = TaskOrder
    see = _asker | holds(*ABOVE, area="gate") | _reached | system(CLOCK)
    object = _asker
    withdraw = _asker
    admit = holds(Role.SERVICE_CENTRE, Role.DISTRICT_OFFICER, area="gate") & not_own("asked_by", "提出人")
    judge = anywhere(Role.DISTRICT_OFFICER) & not_own("asked_by", "提出人")
    complete = system(CLOCK)


class TaskPartAccess(Access[TaskPart]):
    """The part of one community: the community sees it once it was sent."""

    model = TaskPart
    see = (
        (holds(*LOCAL) & where(~Q(state=PartState.HELD), "已下达到社区"))
        | holds(*ABOVE)
        | works_for(*UNIT, body="order__unit")
        | given_to("order__asked_by", "提出人")
        | system(WATCH)
    )
    work = holds(Role.COMMUNITY_LEAD, Role.COMMUNITY_WORKER) & not_own("order__asked_by", "提出人")
    send = system(CLOCK)
    watch = system(WATCH)


def may_ask(viewer: Viewer) -> bool:
    """Whether the viewer holds a post that may ask a task of communities."""
    return viewer.holds(*ASKERS)
