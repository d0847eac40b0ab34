"""Words of buying services: states, kinds."""

from django.db import models


class NeedState(models.TextChoices):
    """Of a need (治理需求) that a deliberation or a survey stated."""

    STATED = "stated", "待立项"
    TAKEN = "taken", "已立项"
    SET_ASIDE = "set_aside", "暂不立项"


class ProjectState(models.TextChoices):
    """Of a service project (服务项目)."""

    DRAFT = "draft", "编制中"
    SUBMITTED = "submitted", "待街道审核"
    APPROVED = "approved", "已批准，待比选"
    BUYING = "buying", "比选中"
    DELIVERING = "delivering", "服务中"
    ENDED = "ended", "已结束"
    CANCELLED = "cancelled", "已取消"


class CallState(models.TextChoices):
    """Of a comparison selection (比选)."""

    DRAFT = "draft", "编制中"
    OPEN = "open", "征集中"
    OPENING = "opening", "收集密钥中"
    SCORING = "scoring", "评审中"
    PUBLICITY = "publicity", "公示中"
    AWARDED = "awarded", "已确定承接单位"
    FAILED = "failed", "比选未成"


class JudgingStage(models.TextChoices):
    """What a call in judging waits for: kept beside its state so that the to-do list reads one column."""

    DRAW = "draw", "待抽取专家"
    JUDGE = "judge", "专家评审中"
    SUM = "sum", "待汇总"


class BidState(models.TextChoices):
    """Of a bid (投标文件)."""

    SEALED = "sealed", "已密封"
    REPLACED = "replaced", "已被新文件替换"
    KEY_GIVEN = "key_given", "已交密钥"
    OPENED = "opened", "已开封"
    WITHDRAWN = "withdrawn", "未交密钥，视为撤回"
    REJECTED = "rejected", "不能开封"


class ObjectionState(models.TextChoices):
    """Of an objection to a result in its publicity period."""

    RAISED = "raised", "待答复"
    ANSWERED = "answered", "已答复"


class ContractState(models.TextChoices):
    """Of a contract, which is signed for one year at the most."""

    DRAFT = "draft", "待签订"
    RUNNING = "running", "履行中"
    ACCEPTANCE = "acceptance", "验收中"
    ACCEPTED = "accepted", "已验收，待考评"
    PASSED = "passed", "考评合格"
    FAILED = "failed", "考评不合格"
    RENEWED = "renewed", "已续签"
    ENDED = "ended", "已终止"


class SealWay(models.TextChoices):
    """How a bid was handed in."""

    BROWSER = "browser", "网上密封"
    ENVELOPE = "envelope", "窗口交信封"
