"""The procedure of a task to communities, and of its part in each."""

from __future__ import annotations

from datetime import datetime

from sanshe.kernel import clock, params
from sanshe.kernel.flow import Flow, Need, Step

from .. import deadlines
from ..models import TaskOrder, TaskPart
from .access import TaskOrderAccess, TaskPartAccess
from .words import OrderState as S
from .words import PartState as P


def _filled(field: str, sentence: str) -> Need:
    return Need(lambda obj, now: bool(getattr(obj, field)), sentence, field=field)


def _in_time(order: TaskOrder, now: datetime) -> bool:
    limit = int(params.get("task.objection_days", on=clock.local(now).date()).value)
    return deadlines.within(order.decided_at or order.asked_at, limit, now)


_once = Need(lambda o, now: o.objected_at is None, "一项任务只能提一次异议，已经提过。", early=True)
_open = Need(_in_time, "已超过提出异议的期限。", early=True)
_decided = _filled("decision", "请写明理由。")

ORDER: Flow[TaskOrder] = Flow(
    TaskOrderAccess,
    S,
    start=S.WAITING,
    title="下派任务",
    url="matters:task_step",
    related=("area", "unit"),
    heavy=("text", "basis"),
    owners={
        S.REFUSED: "下派单位自己办理，或在期限内提出异议",
        S.NOT_ADMITTED: "下派单位自己办理，或在期限内提出异议",
        S.OWN: "社区自行安排，不作任务",
        S.OUT: "各社区接收和办理",
        S.DONE: "无需办理",
        S.WITHDRAWN: "无需办理",
    },
    elsewhere={
        S.REFUSED: "提出时与负面清单相符",
        S.OWN: "提出时与自治清单相符",
        S.OUT: "提出时与协助清单相符",
    },
    tones={
        S.REFUSED: "bad", S.OBJECTED: "todo", S.WAITING: "todo", S.NOT_ADMITTED: "bad", S.OWN: "info", S.OUT: "now",
        S.DONE: "done", S.WITHDRAWN: "off",
    },
    steps=[
        Step("admit", "准入并下达", S.WAITING, S.OUT, verb="admit", primary=True, todo="审核任务准入",
             sentence="{actor}准入，任务下达到社区", needs=[_decided]),
        Step("turn_away", "不予准入", S.WAITING, S.NOT_ADMITTED, verb="admit", danger=True,
             sentence="{actor}不予准入，说明了理由", needs=[_decided]),
        Step("object", "提出异议", (S.REFUSED, S.NOT_ADMITTED), S.OBJECTED, verb="object",
             sentence="{actor}对拒收提出异议，请新区决定",
             needs=[_once, _open, _filled("objection", "请写明为什么应当由社区办。")]),
        Step("uphold", "异议成立，下达", S.OBJECTED, S.OUT, verb="judge", primary=True, todo="答复下派任务的异议",
             sentence="{actor}认定异议成立，任务下达到社区", needs=[_decided]),
        Step("dismiss", "异议不成立", S.OBJECTED, S.REFUSED, verb="judge",
             sentence="{actor}认定异议不成立，维持拒收", needs=[_decided]),
        Step("withdraw", "撤回任务", (S.WAITING, S.OBJECTED, S.OUT), S.WITHDRAWN, verb="withdraw", danger=True,
             form=False, confirm="撤回后，还没有完成的社区不再办理。", sentence="{actor}撤回任务"),
        Step("complete", "全部完成", S.OUT, S.DONE, verb="complete", hidden=True, sentence="各社区都已完成"),
    ],
)  # fmt: skip

PART: Flow[TaskPart] = Flow(
    TaskPartAccess,
    P,
    start=P.HELD,
    title="社区承担的任务",
    url="matters:task_part_step",
    due="due_at",
    related=("area", "order"),
    owners={P.HELD: "等对照清单或审核准入", P.DONE: "无需办理", P.ENDED: "无需办理"},
    elsewhere={P.SENT: "任务通过清单对照或准入时下达", P.ENDED: "下派单位撤回任务"},
    tones={P.HELD: "off", P.SENT: "todo", P.ACCEPTED: "now", P.DONE: "done", P.ENDED: "off"},
    steps=[
        Step("accept", "接收任务", P.SENT, P.ACCEPTED, verb="work", primary=True, form=False, todo="接收下派任务",
             sentence="{actor}接收任务"),
        Step("report", "报告完成", P.ACCEPTED, P.DONE, verb="work", primary=True, todo="办理下派任务",
             sentence="{actor}报告完成", needs=[_filled("report", "请写明做了什么。")]),
        Step("remind", "到期提醒", (P.SENT, P.ACCEPTED), None, verb="watch", hidden=True, public=False,
             sentence="任务临近期限，系统提醒"),
        Step("escalate", "逾期上报", (P.SENT, P.ACCEPTED), None, verb="watch", hidden=True, public=False,
             sentence="任务逾期，系统逐级上报"),
    ],
)  # fmt: skip
