"""Words of disputes: states, who brought one in, answers, outcomes, audit events."""

from django.db import models


class DisputeState(models.TextChoices):
    """Where a dispute stands."""

    RECEIVED = "received", "待征求双方意愿"
    READY = "ready", "待指定调解员"
    MEDIATING = "mediating", "调解中"
    SIGNING = "signing", "待签署协议"
    AGREED = "agreed", "履行回访中"
    CLOSED = "closed", "已结案"
    FAILED = "failed", "未达成协议"
    NOT_BEGUN = "not_begun", "未进入调解"
    STOPPED = "stopped", "当事人终止"


#: Before an agreement: somebody still has to do something.
OPEN = (DisputeState.RECEIVED, DisputeState.READY, DisputeState.MEDIATING, DisputeState.SIGNING)
ENDED = (DisputeState.CLOSED, DisputeState.FAILED, DisputeState.NOT_BEGUN, DisputeState.STOPPED)


class Source(models.TextChoices):
    """How a dispute came in."""

    PARTY = "party", "当事人申请"
    DESK = "desk", "窗口登记"
    MATTER = "matter", "由反映的事项转来"


class Side(models.TextChoices):
    """On which side a party stands."""

    FIRST = "first", "申请一方"
    SECOND = "second", "另一方"


class Answer(models.TextChoices):
    """Whether a party wants mediation."""

    ASKED = "asked", "待答复"
    AGREED = "agreed", "同意调解"
    REFUSED = "refused", "不愿调解"


class How(models.TextChoices):
    """How a party without an account answered."""

    IN_PERSON = "in_person", "当面"
    PHONE = "phone", "电话"
    PAPER = "paper", "书面"
    ONLINE = "online", "网上"


class Form(models.TextChoices):
    """The form of an agreement (人民调解法 art. 28)."""

    WRITTEN = "written", "书面协议"
    ORAL = "oral", "口头协议，由调解员记录"


class Confirmation(models.TextChoices):
    """How far the judicial confirmation has come."""

    APPLIED = "applied", "已共同申请"
    CONFIRMED = "confirmed", "人民法院已确认有效"
    REFUSED = "refused", "人民法院未予确认"


class TermState(models.TextChoices):
    """Whether what was agreed is done."""

    OPEN = "open", "待履行"
    KEPT = "kept", "已履行"
    BROKEN = "broken", "未履行"


class DisputesEvent(models.TextChoices):
    """Audit events of this module beside the steps of its procedures."""

    READ = "dispute_read", "查阅调解卷宗"
    PRINTED = "dispute_printed", "下载调解协议书"
    TIE = "mediator_tie", "声明与他人的关系"
    TURNED_OVER = "turned_over", "转人民调解"
