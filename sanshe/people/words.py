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
    HOUSEHOLD = "household_members", "住户成员变动"
    MERGED = "person_merged", "合并档案"
    SPLIT = "person_split", "拆分档案"
    DISTINCT = "person_distinct", "认定为两人"
    CORRECTED = "person_corrected", "更正人员档案"
    COPIED = "person_copied", "提供个人信息副本"
    ANONYMISED = "person_anonymised", "匿名化"
    RETAINED = "retention_run", "执行留存规则"
    SCANNED = "text_scanned", "扫描文字中的号码"
    TEXT_MASKED = "text_masked", "掩去文字中的号码"


class HouseholdKind(models.TextChoices):
    """Whether a household is registered where it lives."""

    REGISTERED = "registered", "户籍"
    NON_REGISTERED = "non_registered", "非户籍"


class Relation(models.TextChoices):
    """What a member is to the head of the household (GB/T 4761 in its first level)."""

    HEAD = "head", "户主"
    SPOUSE = "spouse", "配偶"
    CHILD = "child", "子女"
    GRANDCHILD = "grandchild", "孙子女、外孙子女"
    PARENT = "parent", "父母"
    GRANDPARENT = "grandparent", "祖父母、外祖父母"
    SIBLING = "sibling", "兄弟姐妹"
    OTHER = "other", "其他"


class NumberKind(models.TextChoices):
    """Which number a former number was."""

    CITIZEN = "citizen", "公民身份号码"
    PAPER = "paper", "其他证件号码"


class RightsKind(models.TextChoices):
    """What a person may ask for: 个人信息保护法 art. 45, 46, 47, 48 in this order."""

    COPY = "copy", "查阅、复制"
    CORRECT = "correct", "更正、补充"
    ERASE = "erase", "删除或匿名化"
    EXPLAIN = "explain", "解释说明"


class RightsChannel(models.TextChoices):
    """How the request came in."""

    ONLINE = "online", "本人网上提出"
    DESK = "desk", "窗口代为登记"


class RightsState(models.TextChoices):
    """Where a request stands."""

    RECEIVED = "received", "待答复"
    GRANTED = "granted", "已照办"
    REFUSED = "refused", "不予办理"
    WITHDRAWN = "withdrawn", "已撤回"


class CorrectedField(models.TextChoices):
    """What a person may have corrected."""

    NAME = "name", "姓名"
    CITIZEN = "citizen_number", "公民身份号码"
    PAPER = "paper_number", "其他证件号码"
    PHONE = "phone", "手机号码"
    ADDRESS = "address", "住址"


class FindingKind(models.TextChoices):
    """Which numbers the scan looks for."""

    CITIZEN = "citizen", "公民身份号码"
    PHONE = "phone", "手机号码"


class FindingState(models.TextChoices):
    """What became of a number in a free text."""

    OPEN = "open", "待处理"
    MASKED = "masked", "已掩码"
    KEPT = "kept", "按原样保留"
    GONE = "gone", "文字已改"
