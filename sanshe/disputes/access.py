"""Who may read a dispute: its parties, its mediator, the head of the community's mediation committee. Nobody else.

The desk that entered one keeps its number (FiledDispute); street and district see counts (queries.figures).
"""

from __future__ import annotations

from django.db.models import Q

from sanshe.accounts.public import Role
from sanshe.kernel.access import Access, Rule, Viewer, anywhere, holds, inherits, own, system, through, where

from .models import Dispute, FiledDispute, MediatorTie, Party, Sitting, Term
from .words import Answer

#: The name under which scheduled work acts.
CLOCK = "调解期限提醒"

#: Who may enter a dispute for others.
DESK = (Role.FRONT_DESK, Role.COMMUNITY_WORKER, Role.COMMUNITY_LEAD, Role.MEDIATOR)
#: Who sees counts of communities.
COUNTS = (Role.COMMUNITY_LEAD, Role.STREET_OFFICER, Role.DISTRICT_OFFICER, Role.SERVICE_CENTRE)

_mine = own("user", "当事人本人") | own("person__user", "当事人本人")
_party = through("disputes.Party", "dispute_id", _mine, label="当事人本人")
_asked = through(
    "disputes.Party", "dispute_id", _mine & where(Q(answer=Answer.ASKED), "还没有答复的"), label="还没有答复的当事人"
)


# One whose post has ended reads and acts no more; the head names another.
_mediator = anywhere(Role.MEDIATOR) & own("mediator", "指定的调解员")


def _head(area: str = "area") -> Rule:
    """The community's lead, who heads the mediation committee."""
    return holds(Role.COMMUNITY_LEAD, area=area)


class DisputeAccess(Access[Dispute]):
    """One who is a party is that and nothing else: neither mediator nor head in the same dispute."""

    model = Dispute
    see = _party | ((_head() | _mediator) & ~_party) | system(CLOCK)
    party = _party
    answer = _asked
    head = _head() & ~_party
    mediate = _mediator & ~_party
    work = (_head() | _mediator) & ~_party
    watch = system(CLOCK)


class FiledDisputeAccess(Access[FiledDispute]):
    """Number and state of what one entered for others."""

    model = FiledDispute
    see = own("filed_by", "登记人")


class PartyAccess(Access[Party]):
    """Parties are known to those who read the dispute."""

    model = Party
    see = inherits("dispute", DisputeAccess)


class SittingAccess(Access[Sitting]):
    """Records are read by the parties and by those who mediate."""

    model = Sitting
    see = inherits("dispute", DisputeAccess)


class TermAccess(Access[Term]):
    """What was agreed is read with the dispute; visited by its mediator or the head of the committee."""

    model = Term
    see = inherits("dispute", DisputeAccess)
    visit = inherits("dispute", DisputeAccess, "work")
    mediate = inherits("dispute", DisputeAccess, "mediate")


class TieAccess(Access[MediatorTie]):
    """A mediator's own declarations. The head asks only whether one stands in the way (actions.in_the_way)."""

    model = MediatorTie
    see = own("mediator", "声明人本人")


#: Who may enter one for others, and who may read counts.
MAY_ENTER = anywhere(*DESK)
MAY_COUNT = anywhere(*COUNTS)


def may_enter(viewer: Viewer) -> bool:
    """Whether the viewer may enter a dispute for others."""
    return MAY_ENTER.q(viewer) is True


def may_count(viewer: Viewer) -> bool:
    """Whether the viewer may read the counts."""
    return MAY_COUNT.q(viewer) is True
