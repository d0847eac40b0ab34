"""Who may see and change accounts and posts, and who reads the audit: three administrators, apart."""

from __future__ import annotations

from django.db.models import Q

from sanshe.kernel.access import Access, anywhere, not_own, own, system, where
from sanshe.kernel.audit import EntryAccess

from .models import Post, User
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


class PostAccess(Access[Post]):
    """Posts are given and ended by the security administrator."""

    model = Post
    see = own("user") | anywhere(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN) | system(SETUP)
    end = (anywhere(Role.SECURITY_ADMIN) & not_own("user")) | system(SETUP)


# The audit as a list is the auditor's alone; the kernel leaves this rule to be said here, where roles have names.
EntryAccess.see = anywhere(Role.AUDITOR)
