"""Words of people: papers, sexes, kinds of reading, audit events."""

from django.db import models


class PaperKind(models.TextChoices):
    """Papers by which a person is known when there is no citizen number."""

    HK_MO_TW_PERMIT = "hk_mo_tw", "港澳台居民居住证"
    FOREIGN_PERMIT = "foreign", "外国人永久居留身份证"
    PASSPORT = "passport", "护照"
    OTHER = "other", "其他证件"


class Sex(models.TextChoices):
    """Sex as the citizen number says it."""

    FEMALE = "f", "女"
    MALE = "m", "男"


class ReadKind(models.TextChoices):
    """What was read of a person's file."""

    FOUND = "found", "检索到本人"
    OPENED = "opened", "查看档案（掩码）"
    UNMASKED = "unmasked", "查看完整信息"
    SHOWN = "shown", "办理事项时查看"


class PeopleEvent(models.TextChoices):
    """Audit events of this module."""

    MADE = "person_made", "建立人员档案"
    CHANGED = "person_changed", "修改人员档案"
    LINKED = "person_linked", "关联本人账号"
    READ = "person_read", "查阅人员档案"
    UNMASKED = "person_unmasked", "查看完整信息"
    OVERRIDDEN = "person_overridden", "疑似重复仍建档"
