"""The answer first: one sentence that says who has a matter and how much time is left."""

from __future__ import annotations

from datetime import datetime

from sanshe.kernel import clock

from .models import Matter
from .words import ROUTE_SAYS, MatterState, Route

#: From the second post up on, the street knows of an overdue matter.
KNOWN_TO_STREET = 2


def lead(matter: Matter, now: datetime) -> str:
    """For those who work on it: the time left first."""
    state, left = MatterState(matter.state), _left(matter, matter.due_at, now)
    if state == MatterState.RECEIVED:
        if matter.host_unit is not None:
            return f"{left}，原承办单位{matter.host_unit}已撤销，请街道指定承办单位"
        again = "（承办单位已退回）" if matter.returned else ""
        return f"{left}，由{matter.area}综合窗口分流{again}"
    if state == MatterState.ASSIGNED:
        return f"{left}，等{matter.host_unit}接收"
    if state == MatterState.HANDLING:
        owed = f"；还有材料{_until(matter)}" if matter.owed_on is not None else ""
        return f"{left}，由{matter.host_unit}主办{owed}"
    if state == MatterState.WAITING:
        if not matter.question:
            return f"已暂停计时，等申请人补材料{_until(matter)}"
        return f"已暂停计时，等反映人补充：{matter.question}"
    if state == MatterState.TOGETHER:
        if matter.due_at is None:
            return f"{matter.area}正在组织大家协商"
        return f"等{matter.area}发起协商，{left}"
    if state == MatterState.GUIDED:
        return f"由居民自己办，{matter.area}跟进，{left}"
    return _over(matter, state)


def answer(matter: Matter, now: datetime) -> str:
    """For the one who brought it up: what happens, who has it, by when."""
    state = MatterState(matter.state)
    until = f"，{clock.say_day(matter.promised_at)}前答复您" if matter.promised_at else ""
    late = matter.promised_at is not None and matter.promised_at < now
    if late and matter.promised_at is not None:
        until = f"。答应您{clock.say_day(matter.promised_at)}前答复，已经晚了，街道已知道"
        if matter.escalations < KNOWN_TO_STREET:
            until = f"。答应您{clock.say_day(matter.promised_at)}前答复，已经晚了"
    if state == MatterState.RECEIVED:
        return f"已收到，{matter.area}综合窗口正在安排{until}。"
    if state == MatterState.ASSIGNED:
        return f"已交给{matter.host_unit}{until}。"
    if state == MatterState.HANDLING:
        owed = f"还缺材料，请{_until(matter)[1:]}。" if matter.owed_on is not None else ""
        return f"{matter.host_unit}正在办理{until}。{owed}"
    if state == MatterState.WAITING:
        if not matter.question:
            return f"还缺材料，请{_until(matter)[1:]}；补齐前办理期限暂停。"
        return f"{matter.host_unit}需要您补充：{matter.question}"
    if state == MatterState.TOGETHER:
        return f"这件事{ROUTE_SAYS[Route.JOINT]}，{matter.area}正在组织协商。"
    if state == MatterState.GUIDED:
        return f"这件事{ROUTE_SAYS[Route.SELF]}。"
    if state == MatterState.MERGED and matter.merged_into is not None:
        return answer_merged(matter.merged_into, now)
    return _over(matter, state)


def answer_merged(lead: Matter, now: datetime) -> str:
    """For the reporter of a merged matter: how the leading one stands, with nothing that is its reporter's own."""
    state = MatterState(lead.state)
    if state == MatterState.WAITING:
        return f"您反映的与 {lead.number} 是同一件事，已合并办理。{lead.host_unit}正在办理，正等另一位反映人补充情况。"
    return f"您反映的与 {lead.number} 是同一件事，已合并办理。{answer(lead, now).rstrip('。')}。"


def _over(matter: Matter, state: MatterState) -> str:
    if state == MatterState.DONE:
        who = f"由{matter.host_unit}" if matter.host_unit is not None else ""
        day = clock.say_day(matter.done_at) if matter.done_at is not None else ""
        decided = f"，{matter.get_decision_display()}" if matter.decision else ""  # type: ignore[attr-defined]
        return f"已于{day}{who}办结{decided}"
    if state == MatterState.DECLINED:
        return f"不予受理：{matter.triage_reason}"
    if state == MatterState.ENDED:
        last = matter.endings.order_by("-pk").first()
        return f"已终止办理：{last.reason}" if last is not None else "已终止办理"
    if state == MatterState.MERGED and matter.merged_into is not None:
        return f"已并入 {matter.merged_into.number}，随该事项一起办理"
    return "反映人已撤回"


def _until(matter: Matter) -> str:
    """By which day what is owed is to come: 「，12月3日前补齐」, or that the day has passed."""
    if matter.owed_on is None:
        return ""
    day = f"{matter.owed_on.month}月{matter.owed_on.day}日"
    return f"，尽快补齐（应在{day}前，已经过了）" if matter.owed_on < clock.today() else f"，{day}前补齐"


def _left(matter: Matter, due: datetime | None, now: datetime) -> str:
    return clock.say_due(due, now, matter.calendar_version or None) if due is not None else "未定期限"
