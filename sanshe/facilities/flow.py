"""The procedures of facilities: a plan that closes a gap, and a developer's duty that ends in a hand-over."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sanshe.kernel import clock
from sanshe.kernel.flow import Flow, Need, Step

from . import norms
from .access import DeveloperDutyAccess, FacilityPlanAccess
from .models import DeveloperDuty, FacilityPlan
from .words import DutyState as D
from .words import PlanState as P


def _large_enough(duty: DeveloperDuty, now: datetime) -> bool:
    limit = norms.centre_limit(now.date()).value
    return duty.measured_area is not None and duty.measured_area >= max(Decimal(limit), duty.floor_area)


def _too_small(duty: DeveloperDuty) -> str:
    limit = norms.centre_limit(clock.today())
    return (
        f"实测 {_m2(duty.measured_area)}，约定 {_m2(duty.floor_area)}，下限 {limit}；面积不足不能通过验收，"
        "请通知开发建设单位补足后再验收。"
    )


def _m2(value: Decimal | None) -> str:
    return "没有填写" if value is None else f"{value.normalize():f} 平方米"


def missing_parts(duty: DeveloperDuty, now: datetime) -> list[str]:
    """Names of the six parts that the check did not find."""
    return [name for code, name in norms.parts(now.date()).items() if code not in duty.measured_parts]


def _parts_why(duty: DeveloperDuty) -> str:
    return f"还缺{'、'.join(missing_parts(duty, clock.now()))}；六项设施齐全才能通过验收（二(一)2）。"


PLAN_FLOW: Flow[FacilityPlan] = Flow(
    FacilityPlanAccess,
    P,
    start=P.PLANNED,
    title="补齐计划",
    url="facilities:plan_step",
    related=("area", "body"),
    owners={P.DONE: "已成为设施，由社区维护", P.DROPPED: "缺口页会重新列出这一缺口"},
    tones={P.PLANNED: "todo", P.UNDER_WAY: "now", P.DONE: "done", P.DROPPED: "off"},
    steps=[
        Step(
            "start",
            "开始实施",
            P.PLANNED,
            P.UNDER_WAY,
            verb="keep",
            todo="开始实施补齐计划",
            primary=True,
            sentence="{actor}开始实施这项补齐计划",
            confirm="确定已经开始实施吗？",
        ),
        Step(
            "finish",
            "登记建成",
            (P.PLANNED, P.UNDER_WAY),
            P.DONE,
            verb="finish",
            todo="登记补齐计划的结果",
            primary=True,
            sentence="{actor}登记这项补齐计划已建成",
            hint="登记后会成为一处设施，计入本社区的面积和种类。",
        ),
        Step(
            "change",
            "调整计划",
            (P.PLANNED, P.UNDER_WAY),
            None,
            verb="keep",
            sentence="{actor}调整了补齐计划：{note}",
        ),
        Step(
            "drop",
            "取消计划",
            (P.PLANNED, P.UNDER_WAY),
            P.DROPPED,
            verb="keep",
            danger=True,
            sentence="{actor}取消了这项补齐计划：{note}",
        ),
    ],
)

DUTY_FLOW: Flow[DeveloperDuty] = Flow(
    DeveloperDutyAccess,
    D,
    start=D.DUTY,
    title="配建义务",
    url="facilities:duty_step",
    related=("area",),
    owners={D.HANDED_OVER: "已成为设施，由社区维护", D.CANCELLED: "缺口页会重新列出这一缺口"},
    tones={D.DUTY: "todo", D.BUILDING: "now", D.CHECKED: "now", D.HANDED_OVER: "done", D.CANCELLED: "off"},
    steps=[
        Step(
            "build",
            "登记开工",
            D.DUTY,
            D.BUILDING,
            verb="keep",
            todo="跟进配建工程开工",
            primary=True,
            sentence="{actor}登记配建工程已开工",
            confirm="确定工程已经开工吗？",
        ),
        Step(
            "check",
            "登记验收",
            D.BUILDING,
            D.CHECKED,
            verb="keep",
            todo="验收配建的综合服务中心",
            primary=True,
            sentence="{actor}登记验收合格：{note}",
            needs=[
                Need(_large_enough, _too_small, field="measured_area"),
                Need(lambda d, now: not missing_parts(d, now), _parts_why, field="measured_parts"),
            ],
        ),
        Step(
            "hand_over",
            "登记移交",
            D.CHECKED,
            D.HANDED_OVER,
            verb="keep",
            todo="办理配建设施的移交",
            primary=True,
            sentence="{actor}登记综合服务中心已移交",
            hint="移交后会成为一处设施，六项设施按房间列入。",
        ),
        Step(
            "cancel",
            "撤销义务",
            (D.DUTY, D.BUILDING),
            D.CANCELLED,
            verb="keep",
            danger=True,
            sentence="{actor}撤销了这项配建义务：{note}",
        ),
    ],
)
