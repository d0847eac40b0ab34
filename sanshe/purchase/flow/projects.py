"""The procedures of needs and of projects."""

from __future__ import annotations

from datetime import datetime

from sanshe.kernel.flow import Flow, Need, Step

from ..access.projects import NeedAccess, ProjectAccess
from ..models import Project
from ..words import NeedState as N
from ..words import ProjectState as S

NEED_FLOW = Flow(
    NeedAccess,
    N,
    start=N.STATED,
    title="治理需求",
    url="purchase:need_step",
    related=("area",),
    steps=[
        Step(
            "take", "据此编制项目", N.STATED, N.TAKEN, verb="take", primary=True, todo="据此编制项目",
            sentence="{actor}据此编制了服务项目", hint="把需求变成一个项目：做什么、为谁、怎样做、花多少。",
        ),
        Step(
            "set_aside", "暂不立项", N.STATED, N.SET_ASIDE, verb="set_aside",
            sentence="{actor}决定暂不立项（{note}）", hint="理由会告诉参加协商的居民。", danger=True,
        ),
        Step(
            "free", "项目取消，需求回到待立项", N.TAKEN, N.STATED, verb="set_aside", hidden=True,
            sentence="所立项目已取消，需求回到待立项",
        ),
    ],
    owners={N.TAKEN: "无（见所立项目）", N.SET_ASIDE: "无"},
    tones={N.STATED: "todo", N.TAKEN: "done", N.SET_ASIDE: "off"},
)  # fmt: skip


def budget_adds_up(project: Project, now: datetime) -> bool:
    """Whether the lines of the budget sum to its total."""
    return sum(int(line["fen"]) for line in project.budget_lines) == project.budget


PROJECT_FLOW = Flow(
    ProjectAccess,
    S,
    start=S.DRAFT,
    title="服务项目",
    url="purchase:project_step",
    due="due_at",
    related=("area",),
    steps=[
        Step("edit", "修改项目", S.DRAFT, None, verb="edit", sentence="{actor}修改了项目"),
        Step(
            "submit", "报街道审核", S.DRAFT, S.SUBMITTED, verb="submit", primary=True, todo="完善并报街道审核",
            sentence="{actor}把项目报街道审核", form=False, confirm="报出后由街道审核，退回之前不能修改。",
            needs=[
                Need(lambda p, now: bool(p.plan), "还没有实施计划，请先补上。", early=True),
                Need(lambda p, now: p.budget > 0, "还没有预算，请先补上。", early=True),
                Need(budget_adds_up, "预算明细之和与预算总额不一致，请核对。", early=True),
            ],
        ),
        Step(
            "approve", "批准项目", S.SUBMITTED, S.APPROVED, verb="approve", primary=True, todo="审核项目",
            sentence="{actor}批准了项目", hint="批准后向社会公开，由街道采购经办发起比选。",
        ),
        Step(
            "give_back", "退回修改", S.SUBMITTED, S.DRAFT, verb="approve",
            sentence="{actor}退回修改（{note}）",
        ),
        Step(
            "buy", "发起比选", S.APPROVED, S.BUYING, verb="buy", primary=True, todo="发起比选",
            sentence="{actor}发起了比选", hint="写明要求、评审标准和最高限价；每家投标文件用自己的密钥密封。",
        ),
        Step(
            "buying_failed", "比选未成", S.BUYING, S.APPROVED, verb="move", hidden=True,
            sentence="比选未成，可以重新发起",
        ),
        Step(
            "start_delivery", "开始服务", (S.APPROVED, S.BUYING), S.DELIVERING, verb="move", hidden=True,
            sentence="合同签订，服务开始",
        ),
        Step("end", "项目结束", S.DELIVERING, S.ENDED, verb="move", hidden=True, sentence="服务结束"),
        Step(
            "cancel", "取消项目", (S.DRAFT, S.SUBMITTED, S.APPROVED), S.CANCELLED, verb="cancel", danger=True,
            sentence="{actor}取消了项目（{note}）",
        ),
    ],
    owners={
        S.BUYING: "街道采购经办（见比选）",
        S.DELIVERING: "承接单位（见合同）",
        S.ENDED: "无",
        S.CANCELLED: "无",
    },
    tones={
        S.DRAFT: "todo", S.SUBMITTED: "todo", S.APPROVED: "todo", S.BUYING: "now", S.DELIVERING: "now",
        S.ENDED: "done", S.CANCELLED: "off",
    },
)  # fmt: skip
