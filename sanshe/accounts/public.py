"""What other modules may use of accounts."""

from .access import SETUP
from .actions import appoint, end_post, forget_account, hand_over, make_account, stand_in
from .holdings import hangs_on_account
from .models import Post, User
from .queries import demo_accounts, holders, holds_staff_post, on_duty, posts_held, user_by_phone, user_by_sign_in
from .words import ADMINISTRATORS, BODY_ROLES, OUTSIDE_ROLES, STAFF_ROLES, Role

__all__ = [
    "ADMINISTRATORS",
    "BODY_ROLES",
    "OUTSIDE_ROLES",
    "SETUP",
    "STAFF_ROLES",
    "Post",
    "Role",
    "User",
    "appoint",
    "demo_accounts",
    "end_post",
    "forget_account",
    "hand_over",
    "hangs_on_account",
    "holders",
    "holds_staff_post",
    "make_account",
    "on_duty",
    "posts_held",
    "stand_in",
    "user_by_phone",
    "user_by_sign_in",
]
