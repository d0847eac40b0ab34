"""Words of tasks to communities."""

from django.db import models


class OrderState(models.TextChoices):
    """Where a task that a department asks for stands."""

    REFUSED = "refused", "已拒收"
    OBJECTED = "objected", "待新区答复异议"
    WAITING = "waiting", "待准入审核"
    NOT_ADMITTED = "not_admitted", "未准入"
    OWN = "own", "属社区自治，未作任务"
    OUT = "out", "已下达"
    DONE = "done", "已完成"
    WITHDRAWN = "withdrawn", "已撤回"


#: What never became a task of a community: the hours it would have taken were spared.
SPARED = (OrderState.REFUSED, OrderState.OBJECTED, OrderState.NOT_ADMITTED)


class PartState(models.TextChoices):
    """Where a task stands in one community."""

    HELD = "held", "未下达"
    SENT = "sent", "待社区接收"
    ACCEPTED = "accepted", "社区办理中"
    DONE = "done", "社区已完成"
    ENDED = "ended", "已撤回"


class Verdict(models.TextChoices):
    """What the lists say about a task."""

    EXCLUDED = "excluded", "属负面清单"
    ASSIST = "assist", "属协助清单"
    OWN = "own", "属自治清单"
    NONE = "none", "清单里没有"
