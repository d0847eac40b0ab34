"""Who may connect systems, see their calls, upload and fetch sheets; whose a token is."""

from sanshe.accounts.public import Role
from sanshe.kernel.access import Access, anywhere, holds, own, system

from .models import Answer, Call, Source, Token

#: The worker that sends answers, and what came in by a system, under their names in the audit.
SENDER, DOOR = "结果送回", "渠道接入"

STAFF = (Role.FRONT_DESK, Role.STREET_OFFICER, Role.DISTRICT_OFFICER)


class SourceAccess(Access[Source]):
    """The system administrator connects systems and sees no matter; the staff take and fetch sheets for their area."""

    model = Source
    see = anywhere(Role.SYSTEM_ADMIN) | holds(*STAFF)
    keep = anywhere(Role.SYSTEM_ADMIN)
    take = holds(*STAFF)


class AnswerAccess(Access[Answer]):
    """Where answers stand; the administrator sees numbers, the staff those of their area."""

    model = Answer
    see = anywhere(Role.SYSTEM_ADMIN) | holds(*STAFF) | system(SENDER)
    retry = anywhere(Role.SYSTEM_ADMIN)
    export = holds(*STAFF)


class CallAccess(Access[Call]):
    """Calls are for who keeps the connections, and each owner's own."""

    model = Call
    see = anywhere(Role.SYSTEM_ADMIN) | own("token__user", "令牌所有人")


class TokenAccess(Access[Token]):
    """A token is its owner's alone."""

    model = Token
    see = own("user")
    revoke = own("user")
