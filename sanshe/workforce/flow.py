"""The way of a month's allowance sheet: worked out, checked by the street, approved by the New Area, then frozen."""

from __future__ import annotations

from datetime import datetime

from sanshe.kernel import clock
from sanshe.kernel.flow import Flow, Need, Step

from .access import AllowanceSheetAccess
from .models import AllowanceSheet
from .queries import months_after
from .words import SheetState as S


def _month_over(sheet: AllowanceSheet, now: datetime) -> bool:
    return clock.local(now).date() >= months_after(sheet.month, 1)


MONTH_OVER = Need(_month_over, "这个月还没有结束，月末以后再报送，免得漏算后面的变动。", early=True)

SHEET_FLOW: Flow[AllowanceSheet] = Flow(
    AllowanceSheetAccess,
    S,
    start=S.DRAFT,
    title="职业津贴月表",
    url="workforce:sheet_step",
    steps=[
        Step(
            "submit", "报送新区核准", S.DRAFT, S.SUBMITTED, "submit", sentence="{actor}核对并报送了津贴月表",
            needs=[MONTH_OVER], todo="核对并报送", primary=True, confirm="报送后不能再重新计算，除非新区退回。",
        ),
        Step(
            "approve", "核准月表", S.SUBMITTED, S.APPROVED, "approve", sentence="{actor}核准了津贴月表",
            todo="核准", primary=True, confirm="核准后月表封存，任何人不能再改；有差错的在下月补扣。",
        ),
        Step(
            "send_back", "退回街道", S.SUBMITTED, S.DRAFT, "approve", sentence="{actor}退回了津贴月表：{note}",
            danger=True,
        ),
    ],
    owners={S.APPROVED: "已封存，不再变动"},
    related=("area",),
    heavy=("rule",),
    tones={S.DRAFT: "todo", S.SUBMITTED: "todo", S.APPROVED: "done"},
)  # fmt: skip
