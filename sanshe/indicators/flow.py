"""The procedure of a plan that closes a gap."""

from sanshe.kernel.flow import Flow, Step

from .access import GapPlanAccess
from .words import PlanState

PLAN_FLOW = Flow(
    GapPlanAccess,
    PlanState,
    start=PlanState.DOING,
    title="补齐计划",
    url="indicators:plan_step",
    due="due_at",
    related=("area",),
    tones={PlanState.DOING: "todo", PlanState.DONE: "done", PlanState.DROPPED: "off"},
    owners={PlanState.DONE: "已结束", PlanState.DROPPED: "已结束"},
    steps=[
        Step(
            "report", "报告进展", PlanState.DOING, None, verb="carry", todo="报告补齐进展", primary=True,
            sentence="{actor}报告了进展：{note}",
        ),
        Step(
            "finish", "确认已补齐", PlanState.DOING, PlanState.DONE, verb="settle",
            sentence="{actor}确认缺口已补齐：{note}",
        ),
        Step(
            "drop", "终止计划", PlanState.DOING, PlanState.DROPPED, verb="settle", danger=True,
            sentence="{actor}终止了计划：{note}",
        ),
    ],
)  # fmt: skip
