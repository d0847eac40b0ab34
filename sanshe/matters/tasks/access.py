"""Who asks for a task, who admits it, who does it."""

from __future__ import annotations

from django.db.models import Q

from sanshe.accounts.public import Role
from sanshe.kernel.access import Access, Viewer, anywhere, holds, not_own, own, system, through, where, works_for

from ..access import ABOVE, LOCAL, UNIT
from ..models import TaskOrder, TaskPart
from .words import PartState

#: Who may ask a task of communities, for the unit or the area of the post.
ASKERS = (*UNIT, Role.STREET_OFFICER, Role.DISTRICT_OFFICER)
#: The name under which what follows by itself stands in the audit.
CLOCK = "下派任务"

_asker = works_for(*UNIT, body="unit") | own("asked_by", "提出人")
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
        | own("order__asked_by", "提出人")
    )
    work = holds(Role.COMMUNITY_LEAD, Role.COMMUNITY_WORKER) & not_own("order__asked_by", "提出人")
    send = system(CLOCK)


def may_ask(viewer: Viewer) -> bool:
    """Whether the viewer holds a post that may ask a task of communities."""
    return viewer.holds(*ASKERS)
