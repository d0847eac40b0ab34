"""Words of matters: states, routes, channels, grades, audit events."""

from django.db import models


class MatterState(models.TextChoices):
    """Where a matter stands."""

    RECEIVED = "received", "待分流"
    ASSIGNED = "assigned", "待接收"
    HANDLING = "handling", "办理中"
    WAITING = "waiting", "待居民补充"
    TOGETHER = "together", "协商中"
    GUIDED = "guided", "自办指引中"
    DONE = "done", "已办结"
    DECLINED = "declined", "不予受理"
    WITHDRAWN = "withdrawn", "已撤回"
    MERGED = "merged", "已并案"
    ENDED = "ended", "已终止办理"


#: Nothing runs any more: no deadline, no reminder, no escalation.
CLOSED = (
    MatterState.DONE, MatterState.DECLINED, MatterState.WITHDRAWN, MatterState.MERGED, MatterState.ENDED,
)  # fmt: skip
#: A deadline runs. (WAITING is paused.)
RUNNING = (
    MatterState.RECEIVED,
    MatterState.ASSIGNED,
    MatterState.HANDLING,
    MatterState.TOGETHER,
    MatterState.GUIDED,
)
OPEN = (*RUNNING, MatterState.WAITING)


class Route(models.TextChoices):
    """The three ways of triage (三事分流): who does it, not how big it is."""

    GOVERNMENT = "government", "大事"
    JOINT = "joint", "小事"
    SELF = "self", "私事"


#: Who does it, said in half a sentence.
ROUTE_SAYS = {
    Route.GOVERNMENT: "由政府部门限时办理",
    Route.JOINT: "由社区牵头，大家商量着一起办",
    Route.SELF: "由居民自己办，社区指路，邻里搭把手",
}


class Channel(models.TextChoices):
    """How a matter came in."""

    WEB = "web", "网上"
    DESK = "desk", "窗口"
    PHONE = "phone", "电话"
    PATROL = "patrol", "网格巡查"
    MEETING = "meeting", "会议"
    CHAT = "chat", "聊天消息"
    MASS = "mass", "群工系统"
    IMPORT = "import", "其他系统转入"


class MatterKind(models.TextChoices):
    """What a resident came for: all three start in the one window."""

    MATTER = "matter", "反映事项"
    QUESTION = "question", "咨询"
    APPLICATION = "application", "申请服务"


class Decision(models.TextChoices):
    """How an application ended."""

    GRANTED = "granted", "准予"
    REFUSED = "refused", "不予"


class MaterialState(models.TextChoices):
    """Where a material of an application stands."""

    KNOWN = "known", "已有，无需提供"
    SEEN = "seen", "已核原件"
    COPY = "copy", "已留复印件"
    LATER = "later", "容缺后补"
    MISSING = "missing", "还没有交"
    SENT = "sent", "已上传，待核对"
    CHECKED = "checked", "上传件已核对"


#: Not there yet, or not looked at yet: an application that lacks one can not be granted.
UNSETTLED = (MaterialState.LATER, MaterialState.MISSING, MaterialState.SENT)


class OnlineWay(models.TextChoices):
    """How an item of the catalogue may be applied for from home. Blank: not said yet, so at a window only."""

    OPEN = "open", "网上能办，不用登录"
    SIGNED = "signed", "登录后网上能办"
    WINDOW = "window", "只在窗口办"


class DeadlineKind(models.TextChoices):
    """Which working-day deadline a criterion gives; the figures are parameters."""

    QUESTION = "question", "咨询"
    DEFAULT = "default", "一般"
    COMPLEX = "complex", "复杂"


class Grade(models.IntegerChoices):
    """The five grades of service rating (国办发〔2019〕51号)."""

    VERY_GOOD = 5, "非常满意"
    GOOD = 4, "满意"
    FAIR = 3, "基本满意"
    POOR = 2, "不满意"
    VERY_POOR = 1, "非常不满意"


class AssistState(models.TextChoices):
    """An assisting unit's part."""

    ASKED = "asked", "待协办单位答复"
    ANSWERED = "answered", "协办已答复"
    LAPSED = "lapsed", "随事项结束"


class ObjectionState(models.TextChoices):
    """The reporter's objection to the triage."""

    RAISED = "raised", "待街道答复"
    UPHELD = "upheld", "异议成立"
    DISMISSED = "dismissed", "异议不成立"


class ExtensionState(models.TextChoices):
    """A unit's request for more time."""

    ASKED = "asked", "待答复"
    GRANTED = "granted", "已同意延期"
    REFUSED = "refused", "未同意延期"
    LAPSED = "lapsed", "随事项结束"


class OversightState(models.TextChoices):
    """An oversight order (督办)."""

    ISSUED = "issued", "待承办单位回复"
    ANSWERED = "answered", "待督办人销号"
    CLOSED = "closed", "已销号"


class OversightRule(models.TextChoices):
    """By which rule an oversight order opened by itself; one by hand has none."""

    REFUSED = "refused", "拒不接收"
    OVERDUE = "overdue", "逾期未办"
    UNDONE = "undone", "应办未办好"


class EndedHow(models.TextChoices):
    """How a matter ended without being done."""

    REVIEWED = "reviewed", "经书面复核终止"
    UNANSWERED = "unanswered", "反映人未补充而终止"
    OWED = "owed", "材料逾期未补而终止"


class ObjectionAbout(models.TextChoices):
    """What an objection is about; each may be objected to once."""

    TRIAGE = "triage", "对分流的异议"
    ENDING = "ending", "对终止办理的异议"


class HelpState(models.TextChoices):
    """A neighbour's offer of help."""

    OFFERED = "offered", "待反映人答复"
    ACCEPTED = "accepted", "已接受"
    DECLINED = "declined", "已婉谢"
    WITHDRAWN = "withdrawn", "已收回"


class CallBackState(models.TextChoices):
    """The loop that a poor rating opens (差评回访整改)."""

    OPEN = "open", "待回访核实"
    LISTED = "listed", "限期整改中"
    APPEALED = "appealed", "待街道复核"
    CLOSED = "closed", "已答复"
    VOID = "void", "认定为误评"


class CallBackOutcome(models.TextChoices):
    """How a call-back ended."""

    FIXED = "fixed", "立行立改"
    PUT_RIGHT = "put_right", "限期整改到位"
    EXPLAINED = "explained", "解释说明"


#: What was found wanting and is right now: the resident is asked whether it satisfies.
RIGHTED = (CallBackOutcome.FIXED, CallBackOutcome.PUT_RIGHT)


class MattersEvent(models.TextChoices):
    """Audit events of this module beside the steps of its procedures."""

    CONTACT_SHOWN = "contact_shown", "查看联系电话"
    CRITERIA_LOADED = "criteria_loaded", "载入分流标准"
    IMPORTED = "imported", "转入事项"
    RECEIPT_PRINTED = "receipt_printed", "打印回执"
    SUPPORTED = "supported", "也遇到了"
    SUPPORT_TAKEN_BACK = "support_taken_back", "收回也遇到了"
    SERVICES_LOADED = "services_loaded", "载入服务事项"
    MATERIAL_BROUGHT = "material_brought", "补齐材料"
    MATERIAL_SENT_BACK = "material_sent_back", "退回材料"
