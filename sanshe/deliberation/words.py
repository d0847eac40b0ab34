"""Words of deliberation: states, scopes, forms, capacities, votes, audit events."""

from django.db import models


class DeliberationState(models.TextChoices):
    """States of a deliberation."""

    DRAFT = "draft", "筹备中"
    COLLECTING = "collecting", "征集意见"
    MEETING = "meeting", "已约会议"
    RESOLVED = "resolved", "已形成决议"
    PUBLISHED = "published", "协商意见已公布"
    CARRYING_OUT = "carrying_out", "落实中"
    CLOSED = "closed", "已结束"
    FAILED = "failed", "未达成一致"
    CANCELLED = "cancelled", "已取消"


#: States in which nothing more will come of a deliberation.
ENDED = (DeliberationState.CLOSED, DeliberationState.FAILED, DeliberationState.CANCELLED)


class TopicState(models.TextChoices):
    """States of a topic."""

    WAITING = "waiting", "待安排协商"
    TAKEN = "taken", "已纳入协商"
    DROPPED = "dropped", "不再协商"


class Scope(models.TextChoices):
    """Whom a question concerns; it decides who takes part and in which form (notice 二(四)1)."""

    COMMUNITY = "community", "全社区"
    GROUP = "group", "居民小组"
    SOME = "some", "部分居民"


class Form(models.TextChoices):
    """Forms of deliberation that the notice names (二(四)1)."""

    COUNCIL = "council", "居民议事会"
    GROUP_MEETING = "group_meeting", "居民小组会"
    OWNERS = "owners", "业主协商"
    REVIEW = "review", "民主评议"


class Capacity(models.TextChoices):
    """In which capacity somebody takes part."""

    RESIDENT = "resident", "居民"
    BUILDING = "building", "楼栋代表"
    DELEGATE = "delegate", "党代表、人大代表、政协委员"
    SOCIAL_WORKER = "social_worker", "社会工作者"
    ORGANISATION = "organisation", "社会组织"
    OWNERS_COMMITTEE = "owners_committee", "业委会"
    PROPERTY = "property", "物业服务企业"
    UNIT = "unit", "驻地单位"


class Seat(models.TextChoices):
    """What a participant counts for at the meeting."""

    MEMBER = "member", "应到（有表决权）"
    OBSERVER = "observer", "列席"
    ONLINE = "online", "线上参与"


class Answer(models.TextChoices):
    """Where an invitation or a request to take part stands."""

    INVITED = "invited", "待答复"
    ASKED = "asked", "申请参加，待确认"
    ACCEPTED = "accepted", "参加"
    DECLINED = "declined", "不能参加"
    REMOVED = "removed", "已移出"


class StatementState(models.TextChoices):
    """States of a statement."""

    PENDING = "pending", "待审核"
    SHOWN = "shown", "已展示"
    HIDDEN = "hidden", "未展示"


class Choice(models.TextChoices):
    """What one may say to a statement."""

    AGREE = "agree", "赞成"
    DISAGREE = "disagree", "不赞成"
    PASS = "pass", "说不好"


class MeetingState(models.TextChoices):
    """States of a meeting."""

    PLANNED = "planned", "已通知"
    HELD = "held", "已召开"
    NOT_HELD = "not_held", "未开成"


class How(models.TextChoices):
    """How somebody signed in."""

    QR = "qr", "扫码签到"
    PAPER = "paper", "工作人员登记"


class TaskState(models.TextChoices):
    """States of a task."""

    OPEN = "open", "办理中"
    DONE = "done", "已完成"
    DROPPED = "dropped", "不再办理"


class ServiceField(models.TextChoices):
    """Fields of service: the twelve for which the notice wants money spent (三(二))."""

    COMMUNITY = "community", "社区"
    RELIEF = "relief", "社会救助"
    CHILDREN = "children", "儿童青少年"
    ELDERLY = "elderly", "老年"
    FAMILY = "family", "婚姻家庭"
    VETERANS = "veterans", "优抚安置"
    FUNERAL = "funeral", "殡仪"
    MENTAL = "mental", "精神卫生"
    DISABILITY = "disability", "残障康复"
    MEDICAL = "medical", "医务"
    JUSTICE = "justice", "司法和禁毒"
    ENTERPRISE = "enterprise", "企业"


class DeliberationEvent(models.TextChoices):
    """Audit events outside the steps of the procedures."""

    INVITED = "deliberation_invited", "邀请参加"
    JOINED = "deliberation_joined", "参加协商"
    VOTED = "deliberation_voted", "对意见表态"
    SIGNED_IN = "deliberation_signed_in", "会议签到"
