"""The small procedures of what hangs on a matter: each has a state because somebody must act."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from sanshe.kernel import clock, params
from sanshe.kernel.flow import Flow, Need, Step

from . import deadlines
from .access import AssistAccess, CallBackAccess, ExtensionAccess, HelpAccess, ObjectionAccess, OversightAccess
from .models import Assist, CallBack, Extension, HelpOffer, Objection, OversightOrder
from .words import RIGHTED, AssistState, CallBackState, ExtensionState, HelpState, ObjectionState, OversightState


def _filled(field: str, sentence: str, at: str = "") -> Need:
    return Need(lambda obj, now: bool(getattr(obj, field)), sentence, field=at or field)


ASSIST: Flow[Assist] = Flow(
    AssistAccess,
    AssistState,
    start=AssistState.ASKED,
    title="协办",
    url="matters:assist_step",
    due="due_at",
    related=("matter", "area", "unit"),
    elsewhere={AssistState.LAPSED: "事项办结或退回时自动结束"},
    owners={AssistState.ANSWERED: "主办单位汇总", AssistState.LAPSED: "无需办理"},
    tones={AssistState.ASKED: "todo", AssistState.ANSWERED: "done", AssistState.LAPSED: "off"},
    steps=[
        Step("answer", "答复协办", AssistState.ASKED, AssistState.ANSWERED, verb="answer", primary=True,
             todo="答复协办", sentence="{actor}答复协办", needs=[_filled("answer", "请写明协办的答复。")]),
        Step("remind", "到期提醒", AssistState.ASKED, None, verb="watch", hidden=True, public=False,
             sentence="协办答复临近期限，系统提醒"),
        Step("escalate", "逾期上报", AssistState.ASKED, None, verb="watch", hidden=True, public=False,
             sentence="协办答复逾期，系统逐级上报"),
        Step("succeed", "转承接单位", AssistState.ASKED, None, verb="watch", hidden=True, public=False,
             sentence="协办单位撤销，转由承接单位答复"),
        Step("lapse", "随事项结束", AssistState.ASKED, AssistState.LAPSED, verb="watch", hidden=True, public=False,
             sentence="协办单位撤销，没有承接单位，此项协办结束"),
    ],
)  # fmt: skip

OBJECTION: Flow[Objection] = Flow(
    ObjectionAccess,
    ObjectionState,
    start=ObjectionState.RAISED,
    title="分流异议",
    url="matters:objection_step",
    due="due_at",
    related=("matter", "area"),
    owners={ObjectionState.UPHELD: "社区窗口重新分流", ObjectionState.DISMISSED: "无需办理"},
    tones={ObjectionState.RAISED: "todo", ObjectionState.UPHELD: "done", ObjectionState.DISMISSED: "off"},
    steps=[
        Step("uphold", "异议成立", ObjectionState.RAISED, ObjectionState.UPHELD, verb="decide", primary=True,
             todo="答复分流异议", sentence="{actor}认定异议成立", needs=[_filled("answer", "请写明理由。")]),
        Step("dismiss", "异议不成立", ObjectionState.RAISED, ObjectionState.DISMISSED, verb="decide",
             sentence="{actor}认定异议不成立，说明了理由", needs=[_filled("answer", "请写明理由。")]),
        Step("remind", "到期提醒", ObjectionState.RAISED, None, verb="watch", hidden=True, public=False,
             sentence="异议答复临近期限，系统提醒"),
        Step("escalate", "逾期上报", ObjectionState.RAISED, None, verb="watch", hidden=True, public=False,
             sentence="异议答复逾期，系统逐级上报"),
    ],
)  # fmt: skip

EXTENSION: Flow[Extension] = Flow(
    ExtensionAccess,
    ExtensionState,
    start=ExtensionState.ASKED,
    title="延期申请",
    url="matters:extension_step",
    due="due_at",
    related=("matter", "area", "unit"),
    elsewhere={ExtensionState.LAPSED: "事项办结或退回时自动结束"},
    owners={
        ExtensionState.GRANTED: "承办单位继续办理",
        ExtensionState.REFUSED: "承办单位按原期限办理",
        ExtensionState.LAPSED: "无需办理",
    },
    tones={
        ExtensionState.ASKED: "todo",
        ExtensionState.GRANTED: "done",
        ExtensionState.REFUSED: "off",
        ExtensionState.LAPSED: "off",
    },
    steps=[
        Step("grant", "同意延期", ExtensionState.ASKED, ExtensionState.GRANTED, verb="decide", primary=True,
             todo="答复延期申请", sentence="{actor}同意延期"),
        Step("refuse", "不同意延期", ExtensionState.ASKED, ExtensionState.REFUSED, verb="decide",
             sentence="{actor}不同意延期", needs=[_filled("answer", "请写明不同意的理由。")]),
        Step("remind", "到期提醒", ExtensionState.ASKED, None, verb="watch", hidden=True, public=False,
             sentence="延期答复临近期限，系统提醒"),
        Step("escalate", "逾期上报", ExtensionState.ASKED, None, verb="watch", hidden=True, public=False,
             sentence="延期答复逾期，系统逐级上报"),
    ],
)  # fmt: skip

OVERSIGHT: Flow[OversightOrder] = Flow(
    OversightAccess,
    OversightState,
    start=OversightState.ISSUED,
    title="督办",
    url="matters:oversight_step",
    due="due_at",
    related=("matter", "area", "unit"),
    owners={OversightState.CLOSED: "无需办理"},
    tones={OversightState.ISSUED: "todo", OversightState.ANSWERED: "todo", OversightState.CLOSED: "done"},
    steps=[
        Step("answer", "回复督办", OversightState.ISSUED, OversightState.ANSWERED, verb="answer", primary=True,
             todo="回复督办", sentence="{actor}回复督办", needs=[_filled("answer", "请写明督办要求的落实情况。")]),
        Step("close", "督办销号", OversightState.ANSWERED, OversightState.CLOSED, verb="close", primary=True,
             todo="督办销号", sentence="{actor}认可回复，督办销号"),
        Step("press", "要求再办", OversightState.ANSWERED, OversightState.ISSUED, verb="close",
             sentence="{actor}认为没有落实，要求再办", needs=[_filled("closing", "请写明还要做什么。")]),
        Step("remind", "到期提醒", OversightState.ISSUED, None, verb="watch", hidden=True, public=False,
             sentence="督办回复临近期限，系统提醒"),
        Step("escalate", "逾期上报", OversightState.ISSUED, None, verb="watch", hidden=True, public=False,
             sentence="督办回复逾期，系统逐级上报"),
        Step("succeed", "转承接单位", (OversightState.ISSUED, OversightState.ANSWERED), None, verb="watch",
             hidden=True, public=False, sentence="被督办单位撤销，转由承接单位回复"),
    ],
)  # fmt: skip

HELP: Flow[HelpOffer] = Flow(
    HelpAccess,
    HelpState,
    start=HelpState.OFFERED,
    title="邻里帮助",
    url="matters:help_step",
    related=("matter", "area", "helper"),
    owners={
        HelpState.ACCEPTED: "双方自行约定",
        HelpState.DECLINED: "无需办理",
        HelpState.WITHDRAWN: "无需办理",
    },
    tones={
        HelpState.OFFERED: "todo",
        HelpState.ACCEPTED: "done",
        HelpState.DECLINED: "off",
        HelpState.WITHDRAWN: "off",
    },
    steps=[
        Step("accept", "接受帮助", HelpState.OFFERED, HelpState.ACCEPTED, verb="accept", primary=True,
             todo="答复邻居的帮助", form=False, confirm="接受后，您和这位邻居可以互相看到对方的电话。",
             sentence="{actor}接受邻居的帮助"),
        Step("decline", "婉谢", HelpState.OFFERED, HelpState.DECLINED, verb="accept", form=False,
             sentence="{actor}婉谢了邻居的帮助"),
        Step("take_back", "收回", HelpState.OFFERED, HelpState.WITHDRAWN, verb="take_back", form=False,
             sentence="{actor}收回了帮助的提议"),
    ],
)  # fmt: skip


def _not_beyond(obj: CallBack, now: datetime) -> bool:
    limit = clock.add_working_days(obj.opened_at, deadlines.days("callback_most", now))
    return obj.due_at is None or obj.due_at <= limit


def _appeal_in_time(obj: CallBack, now: datetime) -> bool:
    limit = int(params.get("rating.appeal_window", on=clock.local(now).date()).value)
    return deadlines.within(obj.opened_at, limit, now)


_put_right = Need(
    lambda c, now: c.was_put_right, "这次回访以解释说明结束，没有需要整改的；仍不认可的，可以重新打开事项。", early=True
)
_not_said = Need(lambda c, now: c.satisfied_at is None, "您已经答复过是否满意，只需答复一次。", early=True)

CALLBACK: Flow[CallBack] = Flow(
    CallBackAccess,
    CallBackState,
    start=CallBackState.OPEN,
    title="差评回访",
    url="matters:callback_step",
    due="due_at",
    related=("matter", "area", "unit", "rating"),
    owners={CallBackState.CLOSED: "无需办理", CallBackState.VOID: "无需办理"},
    tones={
        CallBackState.OPEN: "todo",
        CallBackState.LISTED: "now",
        CallBackState.APPEALED: "todo",
        CallBackState.CLOSED: "done",
        CallBackState.VOID: "off",
    },
    steps=[
        Step("fix", "已立即改正", CallBackState.OPEN, CallBackState.CLOSED, verb="check", primary=True,
             todo="回访核实", sentence="{actor}回访后立即改正", needs=[_filled("found", "请写明回访核实的情况。"),
                                                      _filled("answer", "请写明怎样改正的。")]),
        Step("list", "列入限期整改", CallBackState.OPEN, CallBackState.LISTED, verb="check",
             sentence="{actor}回访后列入限期整改",
             needs=[_filled("found", "请写明回访核实的情况。"), _filled("plan", "请写明整改措施。"),
                    Need(_not_beyond, "整改期限超过了规定的最长期限，请提前。", field="until")]),
        Step("explain", "解释说明", CallBackState.OPEN, CallBackState.CLOSED, verb="check",
             sentence="{actor}回访后作了解释说明", needs=[_filled("found", "请写明回访核实的情况。"),
                                               _filled("answer", "请写明怎样解释的。")]),
        Step("appeal", "申诉为误评", CallBackState.OPEN, CallBackState.APPEALED, verb="check",
             sentence="{actor}申诉，认为是误评",
             needs=[Need(_appeal_in_time, "已超过对评价申诉的期限。", early=True),
                    _filled("appeal", "请写明申诉的理由。")]),
        Step("complete", "整改完成", CallBackState.LISTED, CallBackState.CLOSED, verb="check", primary=True,
             todo="限期整改", sentence="{actor}整改完成并答复", needs=[_filled("answer", "请写明整改的结果。")]),
        Step("uphold", "认定为误评", CallBackState.APPEALED, CallBackState.VOID, verb="review", primary=True,
             todo="复核误评申诉", sentence="{actor}认定为误评，这次评价不计入统计",
             needs=[_filled("review", "请写明复核的依据。")]),
        Step("reject", "申诉不成立", CallBackState.APPEALED, CallBackState.OPEN, verb="review",
             sentence="{actor}认定申诉不成立，继续回访", needs=[_filled("review", "请写明复核的依据。")]),
        Step("remind", "到期提醒", (CallBackState.OPEN, CallBackState.LISTED), None, verb="watch",
             hidden=True, public=False, sentence="差评回访整改临近期限，系统提醒"),
        Step("escalate", "逾期上报", (CallBackState.OPEN, CallBackState.LISTED), None, verb="watch",
             hidden=True, public=False, sentence="差评回访整改逾期，系统逐级上报"),
        Step("succeed", "转承接单位", (CallBackState.OPEN, CallBackState.LISTED, CallBackState.APPEALED), None,
             verb="watch", hidden=True, public=False, sentence="承办单位撤销，转由承接单位或社区继续回访"),
        Step("say", "说说整改是否满意", CallBackState.CLOSED, None, verb="say", primary=True, public=False,
             todo="说说整改是否满意", todo_when=Q(satisfied__isnull=True, outcome__in=[o.value for o in RIGHTED]),
             sentence="{actor}说了对整改是否满意", needs=[_put_right, _not_said]),
    ],
)  # fmt: skip
