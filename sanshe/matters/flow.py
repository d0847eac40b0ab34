"""The procedure of a matter. Its parts have theirs in flow_parts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from sanshe.kernel.flow import Flow, Need, Step

from . import deadlines
from .access import MatterAccess
from .models import Matter, OversightOrder
from .words import OPEN, UNSETTLED, Decision, MaterialState, MatterKind, ObjectionAbout, OversightState, Route
from .words import MatterState as S

_reason = Need(lambda m, now: bool(m.triage_reason), "请写明分流的理由。", field="reason")
_result = Need(lambda m, now: bool(m.result), "请写明办理结果。", field="result")
_not_designated = Need(
    lambda m, now: not m.designated, "街道已经指定由本单位承办，不能再退回；确有困难，请与街道联系。", early=True
)
_orders_answered = Need(
    lambda m, now: not OversightOrder.objects.filter(matter_id=m.pk, state=OversightState.ISSUED).exists(),
    "还有督办要求没有回复，请先回复督办，再办结。",
    early=True,
)
_returned_once = Need(
    lambda m, now: m.state == S.ASSIGNED or m.returned > 0 or m.host_unit_id is not None,
    "承办单位没有退回过，由社区窗口分流即可；退回后仍有争议的，再由街道指定。",
    early=True,
)
_was_triaged = Need(
    lambda m, now: m.kind != MatterKind.APPLICATION or bool(m.route),
    "申请不经分流；对办理结果有异议的，按告知的途径提出。",
    early=True,
)
_decided = Need(
    lambda m, now: m.kind != MatterKind.APPLICATION or bool(m.decision), "请选择准予还是不予。", field="decision"
)
_materials_there = Need(
    lambda m, now: m.decision != Decision.GRANTED or not m.materials.filter(state__in=UNSETTLED).exists(),
    "还有材料没有补齐或没有核对，补齐、核对后才能准予。",
    field="decision",
)
_nothing_missing = Need(
    lambda m, now: m.kind != MatterKind.APPLICATION or not m.materials.filter(state=MaterialState.MISSING).exists(),
    "还有没交的材料：可以先容缺受理，或一次告知要补的全部材料。",
    early=True,
)
_something_lacks = Need(
    lambda m, now: m.materials.filter(state__in=UNSETTLED).exists(), "材料已经齐全，直接受理即可。", early=True
)
_told_once = Need(
    lambda m, now: not m.materials.filter(asked_at__isnull=False).exists(),
    "已经一次性告知过，不能再要求补别的材料；补来的不合格的，可以逐份退回。",
    early=True,
)
_not_for_materials = Need(
    lambda m, now: bool(m.question) or m.paused_at is None,
    "等的是材料：请在“申请材料”里逐份上传或记下，补齐后自动恢复办理。",
    early=True,
)
_not_objected = Need(lambda m, now: m.objected_at is None, "一件事项只能对分流提出一次异议，您已经提出过。", early=True)
_not_objected_to_ending = Need(
    lambda m, now: not m.objections.filter(about=ObjectionAbout.ENDING).exists(),
    "一件事项只能对终止办理提出一次异议，您已经提出过。",
    early=True,
)


def _objection_open(m: Matter, now: datetime) -> bool:
    return deadlines.within(m.triaged_at, deadlines.days("objection_days", now), now, m.calendar_version)


def _reopen_open(m: Matter, now: datetime) -> bool:
    return deadlines.within(m.done_at, deadlines.days("reopen_days", now), now, m.calendar_version)


def _rating_open(m: Matter, now: datetime) -> bool:
    return deadlines.within_days(m.done_at, deadlines.days("rating_days", now), now)


def _extension_left(m: Matter, now: datetime) -> bool:
    return m.extensions.exclude(state="refused").count() < deadlines.days("extension_times", now)


def _ending_open(m: Matter, now: datetime) -> bool:
    last = m.endings.order_by("-pk").values_list("at", flat=True).first()
    return deadlines.within(last, deadlines.days("objection_days", now), now, m.calendar_version)


def _return_open(m: Matter, now: datetime) -> bool:
    since = m.given_at or m.triaged_at
    return deadlines.within(since, deadlines.days("return_days", now, "watch"), now, m.calendar_version)


def _waited_long(m: Matter, now: datetime) -> bool:
    count = deadlines.days("waiting_days", now, "watch")
    return m.paused_at is not None and not deadlines.within(m.paused_at, count, now, m.calendar_version)


def _too_late(what: str, name: str, prefix: str = "matter", then: str = "") -> Any:
    def sentence(m: Matter) -> str:
        from sanshe.kernel import clock, params

        limit = params.get(f"{prefix}.{name}", on=clock.today()).shown
        return f"{what}（{limit}）{then}"

    return sentence


_objection_in_time = Need(_objection_open, _too_late("已超过对分流提出异议的期限", "objection_days"), early=True)
_telling_in_time = Need(
    lambda m, now: deadlines.within(m.given_at or m.created_at, deadlines.days("tell_days", now, "apply"), now,
                                    m.calendar_version),
    _too_late("已超过一次性告知的期限", "tell_days", "apply", "，依法视为已经受理：请受理或容缺受理。"),
    early=True,
)  # fmt: skip
_reopen_in_time = Need(
    _reopen_open,
    _too_late("已超过重新打开的期限", "reopen_days"),
    early=True,
)
_return_in_time = Need(
    _return_open,
    _too_late("已超过退回的期限", "return_days", "watch", "，请接收办理；确有困难，请与街道联系。"),
    early=True,
)
_ending_in_time = Need(_ending_open, _too_late("已超过对终止办理提出异议的期限", "objection_days"), early=True)
_waiting_over = Need(
    _waited_long,
    _too_late("还在等反映人补充的时间之内", "waiting_days", "watch", "，期满仍没有补充的才能终止。"),
    early=True,
)
_not_rated = Need(lambda m, now: m.rated_at is None, "这一次办理已经评价过，每次办理只评价一次。", early=True)
_rating_in_time = Need(_rating_open, _too_late("已超过评价的期限", "rating_days"), early=True)
_not_inquired = Need(
    lambda m, now: not m.inquiries.filter(reached=True, handling__round=m.reopened).exists(),
    "这一次办理已经回访过，每次办理只回访一次。",
    early=True,
)
_rating_still_missing = Need(
    lambda m, now: m.rated_at is None, "居民已经评价，不用再回访；差评另有回访整改。", early=True
)
_not_deliberated = Need(
    lambda m, now: m.state != S.TOGETHER or m.due_at is not None, "这件事已经在协商，协商结束后再并案。", early=True
)
_something_owed = Need(lambda m, now: m.owed_on is not None, "没有限期要补的材料。", early=True)
_more_time_left = Need(_extension_left, "延期的次数已经用完，或有申请还没有答复。", early=True)

FLOW: Flow[Matter] = Flow(
    MatterAccess,
    S,
    start=S.RECEIVED,
    title="事项",
    url="matters:step",
    due="due_at",
    urgent=("urgent",),
    related=("area", "host_unit"),
    heavy=("text", "result", "public_text", "public_result", "contact_name", "contact_phone"),
    owners={
        S.TOGETHER: "社区党组织、居委会（在协商中推进）",
        S.DONE: "反映人可以评价或重新打开",
        S.DECLINED: "反映人可以提出异议",
        S.WITHDRAWN: "无需办理",
        S.MERGED: "随并入的事项一起办理",
        S.ENDED: "反映人可以提出异议",
    },
    tones={
        S.RECEIVED: "todo",
        S.ASSIGNED: "todo",
        S.HANDLING: "now",
        S.WAITING: "todo",
        S.TOGETHER: "now",
        S.GUIDED: "now",
        S.DONE: "done",
        S.DECLINED: "off",
        S.WITHDRAWN: "off",
        S.MERGED: "off",
        S.ENDED: "off",
    },
    steps=[
        # -- triage (三事分流) --
        Step("triage_government", "分流为大事", S.RECEIVED, S.ASSIGNED, verb="triage", primary=True, todo="分流",
             sentence="{actor}把此事项分流为大事，交承办单位限时办理", needs=[_reason]),
        Step("triage_joint", "分流为小事", S.RECEIVED, S.TOGETHER, verb="triage",
             sentence="{actor}把此事项分流为小事，由社区组织协商", needs=[_reason]),
        Step("triage_self", "分流为私事", S.RECEIVED, S.GUIDED, verb="triage",
             sentence="{actor}把此事项分流为私事，给出自办指引", needs=[_reason]),
        Step("decline", "不予受理", S.RECEIVED, S.DECLINED, verb="triage", danger=True,
             sentence="{actor}说明理由和其他途径后，不予受理",
             needs=[Need(lambda m, now: bool(m.other_way), "请告诉反映人可以走的其他途径。", field="other_way")]),
        Step("designate", "指定承办单位", (S.RECEIVED, S.ASSIGNED), S.ASSIGNED, verb="designate",
             todo="指定承办单位", todo_when=Q(state=S.RECEIVED) & (Q(returned__gte=2) | Q(host_unit__isnull=False)),
             sentence="{actor}指定承办单位，该单位不得再退回", needs=[_returned_once]),
        # -- the window --
        Step("answer_now", "当场答复", S.RECEIVED, S.DONE, verb="relay", hidden=True,
             sentence="{actor}当场答复", needs=[_result]),
        # -- the host unit --
        Step("accept", "接收此事项", S.ASSIGNED, S.HANDLING, verb="handle", primary=True, todo="接收", form=False,
             sentence="{actor}接收，开始办理", needs=[_nothing_missing]),
        Step("accept_owed", "容缺受理", S.ASSIGNED, S.HANDLING, verb="review", primary=True,
             sentence="{actor}容缺受理，先办起来，缺的材料限期补齐", needs=[_something_lacks]),
        Step("tell_missing", "一次性告知补材料", S.ASSIGNED, S.WAITING, verb="review",
             sentence="{actor}一次性告知要补的全部材料，办理期限暂停计算",
             needs=[_something_lacks, _told_once, _telling_in_time]),
        Step("refuse", "不予受理此申请", S.ASSIGNED, S.DECLINED, verb="review", danger=True,
             sentence="{actor}说明理由和依据后，不予受理",
             needs=[_reason, Need(lambda m, now: bool(m.other_way), "请告诉申请人不服可以走的途径。",
                                  field="other_way")]),
        Step("send_materials", "补交材料", (S.ASSIGNED, S.HANDLING, S.WAITING), None, verb="bring", hidden=True,
             todo="补交材料", todo_when=Q(owed_on__isnull=False), sentence="{actor}补交了材料"),
        Step("owed_longer", "放宽补材料的日期", (S.HANDLING, S.WAITING), None, verb="review",
             sentence="{actor}放宽了补齐材料的日期", needs=[_something_owed]),
        Step("materials_there", "材料补齐", S.WAITING, S.HANDLING, verb="bring", hidden=True,
             sentence="要补的材料都交来了，恢复计算办理期限"),
        Step("return", "退回此事项", S.ASSIGNED, S.RECEIVED, verb="handle", danger=True, public=False,
             sentence="{actor}认为明显不属本单位职责，退回重新分流", needs=[_not_designated, _return_in_time]),
        Step("ask_resident", "请反映人补充", S.HANDLING, S.WAITING, verb="handle",
             sentence="{actor}请反映人补充情况，办理期限暂停计算",
             needs=[Need(lambda m, now: bool(m.question), "请写明需要反映人补充什么。", field="question")]),
        Step("answer_resident", "补充情况", S.WAITING, S.HANDLING, verb="report", primary=True,
             todo="补充情况", todo_when=~Q(question=""), needs=[_not_for_materials],
             sentence="{actor}补充了情况，恢复计算办理期限"),
        Step("answer_for", "代反映人补充", S.WAITING, S.HANDLING, verb="relay",
             sentence="{actor}记下反映人补充的情况，恢复计算办理期限", needs=[_not_for_materials]),
        Step("resume", "不再等待，恢复办理", S.WAITING, S.HANDLING, verb="handle",
             sentence="{actor}不再等待补充，恢复计算办理期限"),
        Step("extend", "申请延期", (S.ASSIGNED, S.HANDLING), None, verb="handle", public=False,
             sentence="{actor}申请延期", needs=[_more_time_left]),
        Step("finish", "办结此事项", S.HANDLING, S.DONE, verb="handle", primary=True, todo="办理",
             sentence="{actor}办结，并告知结果", needs=[_result, _decided, _materials_there, _orders_answered]),
        Step("ask_assist", "请单位协办", S.HANDLING, None, verb="handle", public=False,
             sentence="{actor}请其他单位协办"),
        Step("terminate", "终止办理", (S.HANDLING, S.WAITING), S.ENDED, verb="terminate", danger=True,
             sentence="{actor}经书面复核终止办理，说明了理由", needs=[_orders_answered]),
        Step("end_waiting", "反映人没有补充，终止办理", S.WAITING, S.ENDED, verb="handle", danger=True,
             sentence="{actor}等候补充期满，终止办理", needs=[_waiting_over, _orders_answered]),
        # -- the street and above --
        Step("oversee", "发出督办", (S.ASSIGNED, S.HANDLING, S.WAITING), None, verb="oversee",
             public=False, sentence="{actor}发出督办"),
        # -- the same thing twice --
        Step("merge", "并入同一件事", tuple(OPEN), S.MERGED, verb="merge", needs=[_not_deliberated],
             sentence="{actor}把此事项并入反映同一件事的事项"),
        Step("unmerge", "取消并案", S.MERGED, None, verb="merge", sentence="{actor}取消并案，恢复单独办理"),
        Step("finish_merged", "随并入的事项办结", S.MERGED, S.DONE, verb="watch", hidden=True,
             sentence="并入的事项已办结，此事项随之办结", needs=[_result]),
        # -- together, by oneself --
        Step("finish_joint", "协商办结", S.TOGETHER, S.DONE, verb="conclude", hidden=True,
             sentence="{actor}把协商的结果落实完毕，办结", needs=[_result]),
        Step("hand_back", "退回重新分流", S.TOGETHER, S.RECEIVED, verb="conclude", hidden=True,
             sentence="{actor}认为不能经协商解决，退回重新分流"),
        Step("guide_done", "办结指引", S.GUIDED, S.DONE, verb="guide", primary=True, todo="跟进自办情况",
             sentence="{actor}跟进后办结", needs=[_result]),
        Step("help_done", "事情已经解决", S.GUIDED, S.DONE, verb="report", sentence="{actor}告知事情已经解决，办结"),
        # -- the reporter --
        Step("add", "补充说明", (S.RECEIVED, S.ASSIGNED, S.HANDLING, S.TOGETHER, S.GUIDED), None, verb="add",
             sentence="{actor}补充说明"),
        Step("object", "对分流提出异议", (S.ASSIGNED, S.HANDLING, S.WAITING, S.TOGETHER, S.GUIDED, S.DECLINED), None,
             verb="report", sentence="{actor}对分流提出异议，请街道决定",
             needs=[_was_triaged, _not_objected, _objection_in_time]),
        Step("object_ending", "对终止办理提出异议", S.ENDED, None, verb="report",
             sentence="{actor}对终止办理提出异议，请街道决定", needs=[_not_objected_to_ending, _ending_in_time]),
        Step("withdraw", "撤回此事项", (S.RECEIVED, S.ASSIGNED, S.HANDLING, S.WAITING, S.GUIDED), S.WITHDRAWN,
             verb="report", danger=True, sentence="{actor}撤回此事项"),
        Step("rate", "评价这次办理", S.DONE, None, verb="rate", primary=True, sentence="{actor}作了评价",
             needs=[_not_rated, _rating_in_time], public=False),
        Step("reopen", "问题没有解决，重新打开", S.DONE, S.HANDLING, verb="report",
             sentence="{actor}认为问题没有解决，重新打开", needs=[_reopen_in_time]),
        Step("reopen_desk", "重新打开", S.DONE, S.RECEIVED, verb="report", hidden=True,
             sentence="{actor}认为问题没有解决，重新打开", needs=[_reopen_in_time]),
        Step("inquire", "电话回访满意度", S.DONE, None, verb="inquire", public=False,
             sentence="{actor}回访了没有评价的反映人", needs=[_rating_still_missing, _not_inquired]),
        # -- not for people --
        Step("retriage", "异议成立，重新分流",
             (S.ASSIGNED, S.HANDLING, S.WAITING, S.TOGETHER, S.GUIDED, S.DECLINED, S.DONE, S.ENDED), S.RECEIVED,
             verb="designate", hidden=True, sentence="{actor}认定异议成立，退回重新分流"),
        Step("remind", "到期提醒", (S.RECEIVED, S.ASSIGNED, S.HANDLING, S.TOGETHER, S.GUIDED), None, verb="watch",
             hidden=True, public=False, sentence="临近期限，系统提醒办理人"),
        Step("escalate", "逾期上报", (S.RECEIVED, S.ASSIGNED, S.HANDLING, S.TOGETHER, S.GUIDED), None, verb="watch",
             hidden=True, public=False, sentence="超过期限仍未办结，系统逐级上报"),
        Step("waited", "等待补充期满", S.WAITING, None, verb="watch", hidden=True, public=False,
             sentence="等反映人补充已经期满，系统提醒承办单位"),
        Step("remind_owed", "提醒补材料", (S.ASSIGNED, S.HANDLING, S.WAITING), None, verb="watch", hidden=True,
             sentence="补齐材料的日期临近，系统提醒申请人"),
        Step("owed_late", "材料逾期未补", (S.ASSIGNED, S.HANDLING, S.WAITING), None, verb="watch", hidden=True,
             public=False, sentence="材料过了补齐日期还没有交，系统提醒承办单位和窗口"),
        Step("lapse", "材料逾期未补，终止办理", (S.ASSIGNED, S.HANDLING, S.WAITING), S.ENDED, verb="watch",
             hidden=True, sentence="材料过了补齐日期和宽限期还没有交，系统按规则终止办理"),
        Step("oversee_rule", "按规则督办", (S.ASSIGNED, S.HANDLING), None, verb="watch", hidden=True, public=False,
             sentence="系统按规则发出督办"),
        Step("succeed", "转承接单位", (S.ASSIGNED, S.HANDLING, S.WAITING), None, verb="watch", hidden=True,
             sentence="承办单位撤销，转由承接单位继续办理，期限不变"),
        Step("unit_gone", "承办单位撤销", (S.ASSIGNED, S.HANDLING, S.WAITING), S.RECEIVED, verb="watch", hidden=True,
             sentence="承办单位撤销，没有承接单位，请街道指定承办单位，期限不变"),
    ],
)  # fmt: skip

#: The step of triage for each route.
TRIAGE_STEP = {
    Route.GOVERNMENT: "triage_government",
    Route.JOINT: "triage_joint",
    Route.SELF: "triage_self",
}
