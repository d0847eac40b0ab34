"""Words of accounts: roles, what a role is held in, audit events."""

from django.db import models


class Role(models.TextChoices):
    """Roles of posts. A resident is no post: any signed-in person is one."""

    FRONT_DESK = "front_desk", "社区综合窗口"
    COMMUNITY_WORKER = "community_worker", "社区工作者"
    COMMUNITY_LEAD = "community_lead", "社区党组织书记、居委会主任"
    STREET_OFFICER = "street_officer", "街道三社联动专干"
    STREET_PURCHASE = "street_purchase", "街道采购经办"
    DISTRICT_OFFICER = "district_officer", "新区社会保障（社区治理）工作人员"
    SERVICE_CENTRE = "service_centre", "社区事务服务中心工作人员"
    UNIT_HANDLER = "unit_handler", "承办单位经办人"
    UNIT_LEAD = "unit_lead", "承办单位负责人"
    ORG_MANAGER = "org_manager", "社会组织负责人"
    SOCIAL_WORKER = "social_worker", "社会工作者"
    EXPERT = "expert", "评审专家"
    MEDIATOR = "mediator", "调解员"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDITOR = "auditor", "安全审计员"


# The three separate administrators (三员分立, GB/T 22239-2019 8.1.5: system, security and audit management apart).
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})

# Held in a body; every other role is held in an area with all below it.
BODY_ROLES = frozenset({Role.UNIT_HANDLER, Role.UNIT_LEAD, Role.ORG_MANAGER, Role.SOCIAL_WORKER})

# Posts of outsiders: they act for their own organisation or give an opinion, and are not staff of the
# administration, so the staff's session limits and the second factor do not bind them.
OUTSIDE_ROLES = frozenset({Role.ORG_MANAGER, Role.SOCIAL_WORKER, Role.EXPERT, Role.MEDIATOR})

STAFF_ROLES = frozenset(Role) - OUTSIDE_ROLES

# Posts that nobody may hold for another: the three administrators are apart, an expert's opinion is the expert's, and
# the parties of a mediation have agreed to this mediator, who alone reads what they said; the head names another.
NEVER_FOR_ANOTHER = ADMINISTRATORS | {Role.EXPERT, Role.MEDIATOR}


class AccountsEvent(models.TextChoices):
    """Audit events of this module."""

    MADE = "account_made", "开设账号"
    SIGNED_UP = "account_signed_up", "自行注册"
    LOCKED = "account_locked", "停用账号"
    UNLOCKED = "account_unlocked", "恢复账号"
    PASSWORD_RESET = "password_reset", "重置密码"
    SECOND_FACTOR_CLEARED = "second_factor_cleared", "清除动态口令"
    SESSIONS_ENDED = "sessions_ended", "退出其他设备"
    PROFILE_CHANGED = "profile_changed", "修改个人资料"
    APPOINTED = "appointed", "授予岗位"
    POST_ENDED = "post_ended", "结束岗位"
    STAND_IN = "stand_in", "安排代理"
    STAND_IN_ENDED = "stand_in_ended", "结束代理"
    HANDED_OVER = "handed_over", "离岗移交"
    TAKEN_OVER = "taken_over", "接手移交"
    AUDIT_VERIFIED = "audit_verified", "核对审计链"
