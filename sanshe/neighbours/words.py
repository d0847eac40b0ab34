"""Words of mutual help."""

from django.db import models


class Side(models.TextChoices):
    """Whether somebody offers or asks."""

    OFFER = "offer", "愿意帮忙"
    REQUEST = "request", "求助"


class PostState(models.TextChoices):
    """Where an offer or a request stands."""

    OPEN = "open", "等待邻居"
    TAKEN = "taken", "已有人帮忙"
    ENDED = "ended", "已结束"
    HIDDEN = "hidden", "已隐藏"


class PairState(models.TextChoices):
    """Where two neighbours stand with each other."""

    PROPOSED = "proposed", "待对方答复"
    AGREED = "agreed", "已约好"
    REPORTED = "reported", "待确认时间"
    DIFFER = "differ", "待社区核定时间"
    CONFIRMED = "confirmed", "已完成"
    DECLINED = "declined", "已婉谢"
    CANCELLED = "cancelled", "已取消"


class ReportState(models.TextChoices):
    """Where a report stands."""

    RAISED = "raised", "待社区处理"
    SETTLED = "settled", "已处理"
    DISMISSED = "dismissed", "不成立"


class Why(models.TextChoices):
    """What a report is about."""

    MONEY = "money", "要钱、推销或广告"
    RUDE = "rude", "辱骂、骚扰"
    UNSAFE = "unsafe", "危险或不适合的事"
    FALSE = "false", "内容不实"
    PRIVATE = "private", "泄露他人信息"
    OTHER = "other", "其他"


class Measure(models.TextChoices):
    """What was done about a report."""

    HIDE = "hide", "隐藏"
    WARN = "warn", "提醒"
    BAR = "bar", "停止参加互助"


class NeighboursEvent(models.TextChoices):
    """Audit events beside the steps of the procedures."""

    BLOCKED = "neighbour_blocked", "不再看到对方"
    UNBLOCKED = "neighbour_unblocked", "恢复看到对方"
    BARRED = "neighbour_barred", "停止参加互助"
    UNBARRED = "neighbour_unbarred", "恢复参加互助"
    CONTACT = "neighbour_contact", "约好后查看对方联系方式"
    CERTIFICATE = "hours_certificate", "出具志愿服务记录证明"
