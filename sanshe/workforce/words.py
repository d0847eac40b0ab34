"""Words of the workforce."""

from django.db import models


class WorkerKind(models.TextChoices):
    """Three different counts (glossary): community workers, social workers of agencies, volunteers."""

    COMMUNITY_WORKER = "community_worker", "社区工作者"
    AGENCY_SOCIAL_WORKER = "agency_social_worker", "社工机构的社会工作者"
    VOLUNTEER = "volunteer", "志愿者"


class Level(models.TextChoices):
    """Levels of the national professional certificate of social work, from the lowest."""

    ASSISTANT = "assistant", "助理社会工作师"
    SOCIAL_WORKER = "social_worker", "社会工作师"
    SENIOR = "senior", "高级社会工作师"


#: The higher wins when somebody holds two.
RANK = {Level.ASSISTANT: 1, Level.SOCIAL_WORKER: 2, Level.SENIOR: 3}


class Education(models.TextChoices):
    """Highest education."""

    MIDDLE = "middle", "初中及以下"
    HIGH = "high", "高中、中专"
    COLLEGE = "college", "大专"
    BACHELOR = "bachelor", "本科"
    MASTER = "master", "研究生"


class Team(models.TextChoices):
    """The three teams of notice 二(三)1."""

    TALENT = "talent", "社会工作专业人才队伍"
    BACKBONE = "backbone", "社区骨干社工队伍"
    FRONT_LINE = "front_line", "社区服务社工队伍"


class LogKind(models.TextChoices):
    """What a social work room did."""

    CASE = "case", "个案"
    GROUP = "group", "小组"
    COMMUNITY = "community", "社区活动"
    VISIT = "visit", "走访"
    CONSULTATION = "consultation", "接待咨询"
    TRAINING = "training", "培训志愿者"


class SheetState(models.TextChoices):
    """States of a month's allowance sheet."""

    DRAFT = "draft", "待街道核对"
    SUBMITTED = "submitted", "待新区核准"
    APPROVED = "approved", "已核准"
