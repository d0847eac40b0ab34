"""The one sentence with which a dispute's page opens."""

from __future__ import annotations

from datetime import datetime

from sanshe.kernel import clock

from .actions.agreeing import confirm_until
from .models import Dispute
from .words import DisputeState as S


def lead(one: Dispute, now: datetime) -> str:
    """Where it stands, with whom, and until when."""
    left = clock.say_due(one.due_at, now, one.calendar_version or None) if one.due_at else ""
    if one.state == S.RECEIVED:
        return f"正在征求双方是否愿意调解，{left}。"
    if one.state == S.READY:
        return f"双方都同意调解，由调解委员会负责人指定调解员，{left}。"
    if one.state == S.MEDIATING:
        return f"由{one.mediator.name if one.mediator else ''}调解，{left}。"
    if one.state == S.SIGNING:
        return f"协议已写好，待双方核对、签署，{left}。"
    if one.state == S.AGREED:
        if one.open_terms:
            return f"协议已生效，还有 {one.open_terms} 项约定到期回访。"
        last = confirm_until(one)
        window = f"{clock.say_day(last)}前可以共同申请司法确认" if last >= clock.local(now).date() else ""
        return f"协议已生效，约定都已回访，可以结案{'；' + window if window and not one.confirmation else ''}。"
    return {
        S.CLOSED: "协议已履行、回访完毕，调解结案。",
        S.FAILED: "没有达成协议，调解终止；当事人可以走其他途径。",
        S.NOT_BEGUN: "调解没有进行；当事人可以走其他途径。",
        S.STOPPED: "当事人终止了调解；可以走其他途径。",
    }.get(S(one.state), "")
