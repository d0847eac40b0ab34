"""Who may see, prepare, lead, speak, moderate and carry out. Verb → rule.

The lead is the community's (notice 二(四)1): a street's officer sees and guides, and votes only where invited.
"""

from __future__ import annotations

from django.db.models import Q

from sanshe.accounts.public import Role
from sanshe.areas.public import BodyKind
from sanshe.kernel.access import (
    Access,
    Rule,
    given_to,
    holds,
    inherits,
    not_own,
    own,
    signed_in,
    system,
    through,
    where,
    works_for,
)
from sanshe.people.public import lives_in

from .models import Deliberation, Meeting, Outcome, OutcomeNeed, Participant, Statement, Task, Topic
from .words import Answer, Scope, StatementState

#: The name under which scheduled work acts.
REMINDER = "协商提醒"

COMMUNITY = (Role.COMMUNITY_WORKER, Role.COMMUNITY_LEAD)
DESK = (
    *COMMUNITY,
    Role.FRONT_DESK,
    Role.STREET_OFFICER,
    Role.STREET_PURCHASE,
    Role.SERVICE_CENTRE,
    Role.DISTRICT_OFFICER,
)
CARRIERS = (Role.UNIT_HANDLER, Role.UNIT_LEAD, Role.ORG_MANAGER, Role.SOCIAL_WORKER)
#: Bodies of the community itself: their work is done by the community's own posts.
OWN_BODIES = (BodyKind.PARTY_ORGANISATION, BodyKind.RESIDENTS_COMMITTEE, BodyKind.SUPERVISION_COMMITTEE)

OPENED = where(Q(opened_at__isnull=False), "已开始的")


def _taking_part(*answers: Answer, label: str) -> Rule:
    linked = own("user") & where(Q(answer__in=answers), label)
    return through("deliberation.Participant", "deliberation_id", linked, label=label)


class DeliberationAccess(Access[Deliberation]):
    """Public ones are everybody's to read once they are opened; others those concerned and the posts above."""

    model = Deliberation
    see = (
        where(Q(public=True, opened_at__isnull=False), "公开且已开始的，任何人")
        | (
            OPENED
            & (
                _taking_part(Answer.INVITED, Answer.ACCEPTED, Answer.ASKED, Answer.DECLINED, label="参加人")
                | through("deliberation.Topic", "deliberation_id", own("matter__reporter"), label="所涉事项的反映人")
                | through(
                    "deliberation.Task",
                    "deliberation_id",
                    given_to("owner", "责任人") | works_for(*CARRIERS, body="owner_body"),
                    label="任务的责任人或责任单位",
                )
            )
        )
        | holds(*DESK)
        | system(REMINDER)
    )
    desk = holds(*DESK)
    prepare = holds(*COMMUNITY)
    lead = holds(Role.COMMUNITY_LEAD)
    guide = holds(Role.STREET_OFFICER, Role.SERVICE_CENTRE)
    take_part = OPENED & (
        _taking_part(Answer.INVITED, Answer.ACCEPTED, label="受邀或已参加的人")
        | (where(Q(scope=Scope.COMMUNITY, public=True), "面向全社区且公开的") & lives_in())
    )
    ask = OPENED & signed_in()
    rate = OPENED & through(
        "deliberation.Participant",
        "deliberation_id",
        own("user") & where(Q(answer__in=[Answer.INVITED, Answer.ACCEPTED], rating__isnull=True), "未评价的参加人"),
        label="还没有评价过的参加人",
    )


class TopicAccess(Access[Topic]):
    """What waits to be deliberated: the community arranges it."""

    model = Topic
    see = holds(*DESK)
    arrange = holds(*COMMUNITY)


class ParticipantAccess(Access[Participant]):
    """Names of those who take part: their own, and for the posts that see the deliberation at the desk."""

    model = Participant
    see = own("user") | holds(*DESK, area="deliberation__area")
    reply = own("user") & where(Q(deliberation__opened_at__isnull=False), "协商已开始")
    manage = holds(*COMMUNITY, area="deliberation__area")


class StatementAccess(Access[Statement]):
    """A statement is public once it is shown; nobody moderates their own."""

    model = Statement
    see = inherits("deliberation", DeliberationAccess) & (
        where(Q(state=StatementState.SHOWN), "已展示的")
        | own("author__user", "提出人本人")
        | holds(*DESK, area="deliberation__area")
    )
    moderate = holds(*COMMUNITY, area="deliberation__area") & not_own("author__user", "提出人本人")


class MeetingAccess(Access[Meeting]):
    """A meeting is seen by those who see its deliberation; names and minutes by the desk."""

    model = Meeting
    see = inherits("deliberation", DeliberationAccess)
    desk = holds(*DESK, area="deliberation__area")
    register = holds(*COMMUNITY, area="deliberation__area")


class OutcomeAccess(Access[Outcome]):
    """An outcome is everybody's who sees the deliberation, once published."""

    model = Outcome
    see = inherits("deliberation", DeliberationAccess) & (
        where(Q(published_at__isnull=False), "已公布的") | holds(*DESK, area="deliberation__area")
    )


class NeedAccess(Access[OutcomeNeed]):
    """A need is seen with its outcome."""

    model = OutcomeNeed
    see = inherits("outcome", OutcomeAccess)


class TaskAccess(Access[Task]):
    """A task is carried out by its owner, watched over by the community, ended by its lead."""

    model = Task
    see = inherits("deliberation", DeliberationAccess) & (
        where(Q(deliberation__published_at__isnull=False), "协商意见已公布的") | holds(*DESK, area="deliberation__area")
    )
    carry = (
        given_to("owner", "责任人")
        | works_for(*CARRIERS, body="owner_body")
        | (
            where(Q(owner_body__kind__in=OWN_BODIES), "责任单位是社区自己的")
            & holds(*COMMUNITY, area="deliberation__area")
        )
    )
    work = carry | holds(*COMMUNITY, area="deliberation__area")
    steward = (
        holds(*COMMUNITY, area="deliberation__area")
        & not_own("owner", "责任人")
        & where(~Q(owner_body__kind__in=OWN_BODIES), "责任单位不是社区自己的")
    )
    lead = holds(Role.COMMUNITY_LEAD, area="deliberation__area")
