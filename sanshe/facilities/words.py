"""Words of facilities. Kinds of facilities and uses of rooms are dated lists in `policy/<pack>/facilities.yaml`."""

from django.db import models


class FacilityState(models.TextChoices):
    """How a facility stands today."""

    IN_USE = "in_use", "在用"
    IDLE = "idle", "闲置"
    BUILDING = "building", "在建"
    HANDED_OVER = "handed_over", "已移交、待启用"


class FacilitySource(models.TextChoices):
    """How a facility came about: what there was, and the five means of notice 二(一)2."""

    ORIGINAL = "original", "原有"
    NEW = "new", "新建"
    CONVERTED = "converted", "改造"
    BOUGHT = "bought", "购买"
    PROJECT = "project", "项目配套"
    SHARED = "shared", "整合共享"


class Means(models.TextChoices):
    """The five means by which a gap is closed (notice 二(一)2). Each is the source of the facility that comes of it."""

    NEW = "new", "新建"
    CONVERTED = "converted", "改造"
    BOUGHT = "bought", "购买"
    PROJECT = "project", "项目配套"
    SHARED = "shared", "整合共享"


class PlanState(models.TextChoices):
    """States of a plan."""

    PLANNED = "planned", "已列入计划"
    UNDER_WAY = "under_way", "实施中"
    DONE = "done", "已建成"
    DROPPED = "dropped", "已取消"


class DutyState(models.TextChoices):
    """States of a developer's duty to build and hand over."""

    DUTY = "duty", "已约定配建"
    BUILDING = "building", "建设中"
    CHECKED = "checked", "验收合格"
    HANDED_OVER = "handed_over", "已移交"
    CANCELLED = "cancelled", "已撤销"


class SiteState(models.TextChoices):
    """Whether a place may still be proposed."""

    OPEN = "open", "可选"
    TAKEN = "taken", "已采用"
    WITHDRAWN = "withdrawn", "不再考虑"


class StudyState(models.TextChoices):
    """States of a computation of proposed sites."""

    WAITING = "waiting", "等待计算"
    RUNNING = "running", "正在计算"
    DONE = "done", "已算出"
    FAILED = "failed", "没有算出"
