"""Who may see and change accounts and posts, and who reads the audit: three administrators, apart."""

from __future__ import annotations

from django.db.models import Q

from sanshe.kernel.access import Access, anywhere, holds, not_own, own, system, where, works_for
from sanshe.kernel.audit import EntryAccess

from .models import Handover, Post, StandIn, User
from .words import Role

#: Commands that set an installation up: `sanshe accounts …`, the demo.
SETUP = "账号初始化"

_never_appointed = where(~Q(pk__in=Post.objects.values("user")), "从未担任岗位的居民账号")


class UserAccess(Access[User]):
    """The system administrator makes accounts, the security administrator gives posts, nobody serves himself."""

    model = User
    see = (
        own("id")
        | anywhere(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
        | (anywhere(Role.FRONT_DESK) & _never_appointed)
        | system(SETUP)
    )
    manage = (anywhere(Role.SYSTEM_ADMIN) & not_own("id")) | system(SETUP)
    reset = ((anywhere(Role.SYSTEM_ADMIN) | (anywhere(Role.FRONT_DESK) & _never_appointed)) & not_own("id")) | system(
        SETUP
    )
    appoint = (anywhere(Role.SECURITY_ADMIN) & not_own("id")) | system(SETUP)
    mine = own("id")


_leads = works_for(Role.UNIT_LEAD) | holds(Role.COMMUNITY_LEAD, Role.STREET_OFFICER)


class PostAccess(Access[Post]):
    """Posts are given and ended by the security administrator; the lead of the same place may set a stand-in."""

    model = Post
    see = own("user") | anywhere(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN) | _leads | system(SETUP)
    lend = own("user") | anywhere(Role.SECURITY_ADMIN) | _leads
    end = (anywhere(Role.SECURITY_ADMIN) & not_own("user")) | system(SETUP)


class StandInAccess(Access[StandIn]):
    """Known to both, to who set it, and to the administrators of accounts. Both and they may end it early."""

    model = StandIn
    see = (
        own("absent", "被代理人")
        | own("substitute", "代理人")
        | own("set_by", "安排人")
        | anywhere(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
    )
    end = (
        own("absent", "被代理人")
        | own("substitute", "代理人")
        | own("set_by", "安排人")
        | anywhere(Role.SECURITY_ADMIN)
    )


class HandoverAccess(Access[Handover]):
    """What was handed over is known to both and to the administrators."""

    model = Handover
    see = (
        own("leaver", "离岗人")
        | own("successor", "接手人")
        | anywhere(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
    )


# The audit as a list is the auditor's alone; the kernel leaves this rule to be said here, where roles have names.
EntryAccess.see = anywhere(Role.AUDITOR)
