"""What may follow what in a deliberation."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from sanshe.kernel.flow import Flow, Need, Step

from .. import rules
from ..access import DeliberationAccess
from ..models import Deliberation, Outcome, OutcomeNeed, Task
from ..words import DeliberationState as S
from ..words import TaskState


def _led(d: Deliberation, now: datetime) -> bool:
    return d.party_body_id is not None and d.committee_body_id is not None


def _form_fits(d: Deliberation, now: datetime) -> bool:
    return d.form in rules.forms_allowed(d.scope, now.date())


def _form_why(d: Deliberation) -> str:
    return f"这个范围不能用「{d.get_form_display()}」。{rules.forms_said(d.scope)}"  # type: ignore[attr-defined]


def _begun(d: Deliberation, now: datetime) -> bool:
    meeting = rules.current_meeting(d)
    return meeting is not None and meeting.starts_at <= now


def _quorum(d: Deliberation, now: datetime) -> bool:
    return rules.quorum_now(d).reached


def _deciding(d: Deliberation) -> rules.Majority:
    """The figures of the resolution that is being taken; set by the action on the object."""
    found: rules.Majority = d.deciding  # type: ignore[attr-defined]
    return found


def _all_counted(d: Deliberation, now: datetime) -> bool:
    return _deciding(d).cast == _deciding(d).present


def _count_why(d: Deliberation) -> str:
    found = _deciding(d)
    return f"赞成、反对、弃权合计 {found.cast} 人，应与实到的 {found.present} 人相等；没有表示的记为弃权。"


def open_tasks(d: Deliberation) -> int:
    return Task.objects.filter(deliberation=d, state=TaskState.OPEN).count()


def _something_came(d: Deliberation, now: datetime) -> bool:
    return Task.objects.filter(deliberation=d).exists() or OutcomeNeed.objects.filter(outcome__deliberation=d).exists()


def _has_outcome(d: Deliberation, now: datetime) -> bool:
    return Outcome.objects.filter(deliberation=d).exists()


_NO_OPEN_TASK = Q(~Exists(Task.objects.filter(deliberation=OuterRef("pk"), state=TaskState.OPEN)))

FLOW: Flow[Deliberation] = Flow(
    DeliberationAccess,
    S,
    start=S.DRAFT,
    title="协商",
    url="deliberation:step",
    due="due_at",
    related=("area",),
    owners={
        S.CLOSED: "参加的人可以评价",
        S.FAILED: "议题退回社区重新安排",
        S.CANCELLED: "议题退回社区重新安排",
    },
    tones={
        S.DRAFT: "todo",
        S.COLLECTING: "now",
        S.MEETING: "now",
        S.RESOLVED: "now",
        S.PUBLISHED: "now",
        S.CARRYING_OUT: "now",
        S.CLOSED: "done",
        S.FAILED: "off",
        S.CANCELLED: "off",
    },
    steps=[
        Step("edit", "修改方案", S.DRAFT, None, verb="prepare", sentence="{actor}修改了协商方案", public=False),
        Step(
            "open",
            "开始征集意见",
            S.DRAFT,
            S.COLLECTING,
            verb="lead",
            todo="开始征集意见",
            primary=True,
            sentence="{actor}公布协商题目，开始征集意见",
            needs=[
                Need(_led, "请先写明牵头的社区党组织和居委会（二(四)1）。", early=True),
                Need(_form_fits, _form_why, early=True),
            ],
        ),
        Step(
            "call_meeting",
            "约定会议",
            (S.COLLECTING, S.MEETING),
            S.MEETING,
            verb="prepare",
            todo="约定会议",
            todo_when=Q(state=S.COLLECTING),
            primary=True,
            sentence="{actor}发出会议通知",
            needs=[
                Need(lambda d, now: rules.members(d) > 0, "应到名单是空的，请先邀请参加人。", early=True),
            ],
        ),
        Step(
            "write_minutes",
            "填写会议记录",
            (S.MEETING, S.RESOLVED),
            None,
            verb="prepare",
            sentence="{actor}填写了会议记录",
            needs=[Need(_begun, "会议还没有开始。", early=True)],
        ),
        Step(
            "resolve",
            "形成决议",
            S.MEETING,
            S.RESOLVED,
            verb="lead",
            todo="开会并形成决议",
            primary=True,
            sentence="会议形成决议，由{actor}确认",
            needs=[
                Need(_begun, "会议还没有开始。", early=True),
                Need(_quorum, lambda d: rules.quorum_now(d).sentence, early=True),
                Need(_all_counted, _count_why, field="votes_for"),
                Need(lambda d, now: _deciding(d).reached, lambda d: _deciding(d).sentence, field="votes_for"),
            ],
        ),
        Step(
            "fail",
            "记为未达成一致",
            S.MEETING,
            S.FAILED,
            verb="lead",
            danger=True,
            sentence="{actor}记下这次协商未达成一致",
            needs=[Need(_begun, "会议还没有开始；如不再协商，请用「取消协商」。", early=True)],
        ),
        Step(
            "write_outcome",
            "起草协商意见",
            S.RESOLVED,
            None,
            verb="prepare",
            todo="起草协商意见",
            todo_when=Q(outcome__isnull=True),
            sentence="{actor}起草了协商意见",
            public=False,
        ),
        Step(
            "state_need",
            "写明需求",
            S.RESOLVED,
            None,
            verb="prepare",
            sentence="{actor}在协商意见中写明一项需求",
            hint="需要购买社会工作服务的，在这里写明；公布后进入街道需求池。",
            needs=[Need(_has_outcome, "请先起草协商意见。", early=True)],
        ),
        Step(
            "add_task",
            "分派任务",
            (S.RESOLVED, S.PUBLISHED, S.CARRYING_OUT),
            None,
            verb="prepare",
            sentence="{actor}分派了一项任务",
        ),
        Step(
            "publish",
            "公布协商意见",
            S.RESOLVED,
            S.PUBLISHED,
            verb="lead",
            todo="公布协商意见",
            todo_when=Q(outcome__isnull=False),
            primary=True,
            form=False,
            confirm="公布后参加的人都会收到通知，协商意见不能再改。",
            sentence="{actor}公布了协商意见",
            needs=[Need(_has_outcome, "请先起草协商意见。", early=True)],
        ),
        Step(
            "carry_out",
            "开始落实",
            S.PUBLISHED,
            S.CARRYING_OUT,
            verb="lead",
            todo="分派任务，开始落实",
            primary=True,
            form=False,
            sentence="{actor}确认各项任务，开始落实",
            needs=[
                Need(
                    lambda d, now: open_tasks(d) > 0,
                    "还没有任务：请先写明由谁、在什么时候之前办什么。",
                    early=True,
                )
            ],
        ),
        Step(
            "close",
            "结束协商",
            (S.PUBLISHED, S.CARRYING_OUT),
            S.CLOSED,
            verb="lead",
            todo="结束协商，请参加的人评价",
            todo_when=Q(state=S.CARRYING_OUT) & _NO_OPEN_TASK,
            sentence="{actor}确认协商意见已落实，结束协商",
            needs=[
                Need(
                    lambda d, now: open_tasks(d) == 0,
                    lambda d: f"还有 {open_tasks(d)} 项任务没有办完，不能结束。",
                    early=True,
                ),
                Need(_something_came, "协商意见还没有分派任务，也没有写明需求，不能结束。", early=True),
            ],
        ),
        Step(
            "rate",
            "评价这次协商",
            S.CLOSED,
            None,
            verb="rate",
            todo="评价这次协商",
            primary=True,
            sentence="{actor}评价了这次协商",
            public=False,
        ),
        Step(
            "guide",
            "提出指导意见",
            (S.COLLECTING, S.MEETING, S.RESOLVED, S.PUBLISHED, S.CARRYING_OUT),
            None,
            verb="guide",
            sentence="{actor}提出指导意见",
            public=False,
        ),
        Step(
            "cancel",
            "取消协商",
            (S.DRAFT, S.COLLECTING, S.MEETING),
            S.CANCELLED,
            verb="lead",
            danger=True,
            sentence="{actor}取消了这次协商",
        ),
    ],
)
