"""Who may connect systems, see their calls, upload and fetch sheets; whose a token is."""

from django.db.models import Q

from sanshe.accounts.public import Role
from sanshe.kernel.access import Access, anywhere, holds, own, system, where, works_for

from .models import Answer, Call, Forward, ForwardRule, Heard, Source, Token
from .words import TheirState

#: The worker that sends answers, and what came in by a system, under their names in the audit.
SENDER, DOOR = "结果送回", "渠道接入"

STAFF = (Role.FRONT_DESK, Role.STREET_OFFICER, Role.DISTRICT_OFFICER)
OFFICERS = (Role.STREET_OFFICER, Role.DISTRICT_OFFICER)
UNIT = (Role.UNIT_HANDLER, Role.UNIT_LEAD)


class SourceAccess(Access[Source]):
    """The system administrator connects systems and sees no matter; the staff take and fetch sheets for their area.

    A system may serve several streets: their officers see it, and set up which of their matters go there.
    """

    model = Source
    see = anywhere(Role.SYSTEM_ADMIN, *OFFICERS) | holds(*STAFF)
    keep = anywhere(Role.SYSTEM_ADMIN)
    take = holds(*STAFF)


class AnswerAccess(Access[Answer]):
    """Where answers stand; the administrator sees numbers, the staff those of their area."""

    model = Answer
    see = anywhere(Role.SYSTEM_ADMIN) | holds(*STAFF) | system(SENDER)
    retry = anywhere(Role.SYSTEM_ADMIN)
    export = holds(*STAFF)


class RuleAccess(Access[ForwardRule]):
    """Rules of handing over: kept by the officers of the area; the administrator sees which there are."""

    KEEPERS = OFFICERS

    model = ForwardRule
    see = anywhere(Role.SYSTEM_ADMIN, *OFFICERS) | holds(*STAFF)
    keep = holds(*OFFICERS)


class ForwardAccess(Access[Forward]):
    """What was handed over: the posts of the area and the unit in whose name the other system speaks.

    The unit's people or the street decide that it comes back.
    """

    model = Forward
    see = holds(*STAFF) | works_for(*UNIT, body="unit")
    recall = holds(Role.STREET_OFFICER) | works_for(*UNIT, body="unit")


class HeardAccess(Access[Heard]):
    """Messages of other systems; what did not fit is settled by the unit it is about, or by the desk."""

    model = Heard
    see = holds(*STAFF) | works_for(*UNIT, body="unit")
    settle = holds(Role.FRONT_DESK) | works_for(*UNIT, body="unit")
    # The reporter spoke there: the desk acts on it here.
    open_again = holds(Role.FRONT_DESK) & where(Q(their_state=TheirState.MORE.value), "反映人的补充")


class CallAccess(Access[Call]):
    """Calls are for who keeps the connections, and each owner's own."""

    model = Call
    see = anywhere(Role.SYSTEM_ADMIN) | own("token__user", "令牌所有人")


class TokenAccess(Access[Token]):
    """A token is its owner's alone."""

    model = Token
    see = own("user")
    revoke = own("user")
