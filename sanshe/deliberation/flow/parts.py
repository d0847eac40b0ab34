"""What may follow what for topics, statements and tasks."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from sanshe.kernel.flow import Flow, Need, Step

from ..access import ParticipantAccess, StatementAccess, TaskAccess, TopicAccess
from ..models import Participant, Statement, Task, Topic
from ..words import ENDED, Answer, StatementState, TaskState, TopicState
from ..words import DeliberationState as S

TOPIC_FLOW: Flow[Topic] = Flow(
    TopicAccess,
    TopicState,
    start=TopicState.WAITING,
    title="议题线索",
    url="deliberation:topic_step",
    due="due_at",
    related=("area",),
    owners={TopicState.TAKEN: "随协商办理", TopicState.DROPPED: "已完结"},
    tones={TopicState.WAITING: "todo", TopicState.TAKEN: "now", TopicState.DROPPED: "off"},
    steps=[
        Step(
            "begin",
            "为此发起协商",
            TopicState.WAITING,
            TopicState.TAKEN,
            verb="arrange",
            todo="发起协商或并入已有协商",
            primary=True,
            sentence="{actor}为此发起协商",
        ),
        Step(
            "join",
            "并入已有协商",
            TopicState.WAITING,
            TopicState.TAKEN,
            verb="arrange",
            sentence="{actor}把它并入已有协商",
        ),
        Step(
            "hand_back",
            "退回重新分流",
            TopicState.WAITING,
            TopicState.DROPPED,
            verb="arrange",
            danger=True,
            sentence="{actor}认为不能经协商解决，退回重新分流",
            hint="确实不能靠协商解决的，退回社区窗口重新分流。",
            needs=[Need(lambda t, now: t.matter_id is not None, "这不是由事项分流来的，不能退回。", early=True)],
        ),
        Step(
            "release",
            "退回待安排",
            TopicState.TAKEN,
            TopicState.WAITING,
            verb="arrange",
            hidden=True,
            sentence="协商没有结果，退回待安排",
        ),
        Step(
            "drop",
            "不再协商",
            (TopicState.WAITING, TopicState.TAKEN),
            TopicState.DROPPED,
            verb="arrange",
            hidden=True,
            sentence="事项改由其他途径办理，不再协商",
        ),
    ],
)

STATEMENT_FLOW: Flow[Statement] = Flow(
    StatementAccess,
    StatementState,
    start=StatementState.PENDING,
    title="意见",
    url="deliberation:statement_step",
    related=("deliberation__area",),
    owners={StatementState.SHOWN: "供大家表态", StatementState.HIDDEN: "已完结"},
    tones={StatementState.PENDING: "todo", StatementState.SHOWN: "done", StatementState.HIDDEN: "off"},
    steps=[
        Step(
            "show",
            "展示",
            (StatementState.PENDING, StatementState.HIDDEN),
            StatementState.SHOWN,
            verb="moderate",
            todo="审核意见",
            todo_when=Q(state=StatementState.PENDING),
            primary=True,
            form=False,
            sentence="{actor}审核通过一条意见",
        ),
        Step(
            "hide",
            "不展示",
            (StatementState.PENDING, StatementState.SHOWN),
            StatementState.HIDDEN,
            verb="moderate",
            sentence="{actor}决定不展示一条意见",
        ),
    ],
)


def _published(task: Task, now: datetime) -> bool:
    return task.deliberation.state in (S.PUBLISHED, S.CARRYING_OUT)


def _still_on(task: Task, now: datetime) -> bool:
    return task.deliberation.state in (S.RESOLVED, S.PUBLISHED, S.CARRYING_OUT)


_NOT_PUBLISHED = "协商意见还没有公布，或协商已经结束。"
_LIVE = Q(deliberation__state__in=[S.PUBLISHED, S.CARRYING_OUT])

TASK_FLOW: Flow[Task] = Flow(
    TaskAccess,
    TaskState,
    start=TaskState.OPEN,
    title="协商任务",
    url="deliberation:task_step",
    due="due_at",
    related=("deliberation__area",),
    owners={TaskState.DONE: "已完结", TaskState.DROPPED: "已完结"},
    tones={TaskState.OPEN: "now", TaskState.DONE: "done", TaskState.DROPPED: "off"},
    steps=[
        Step(
            "progress",
            "填写进展",
            TaskState.OPEN,
            None,
            verb="work",
            sentence="{actor}填写了进展",
            needs=[Need(_published, _NOT_PUBLISHED, early=True)],
        ),
        Step(
            "finish",
            "完成任务",
            TaskState.OPEN,
            TaskState.DONE,
            verb="carry",
            todo="落实任务",
            todo_when=_LIVE,
            primary=True,
            sentence="{actor}完成了任务",
            needs=[Need(_published, _NOT_PUBLISHED, early=True)],
        ),
        Step(
            "finish_for",
            "代为登记完成",
            TaskState.OPEN,
            TaskState.DONE,
            verb="steward",
            sentence="{actor}代责任人登记任务完成",
            hint="责任人没有账号或来电告知时使用，会记下由谁代登记。",
            needs=[Need(_published, _NOT_PUBLISHED, early=True)],
        ),
        Step(
            "reopen",
            "退回继续办理",
            TaskState.DONE,
            TaskState.OPEN,
            verb="lead",
            sentence="{actor}把任务退回继续办理",
            needs=[Need(_published, _NOT_PUBLISHED, early=True)],
        ),
        Step(
            "drop",
            "不再办理",
            TaskState.OPEN,
            TaskState.DROPPED,
            verb="lead",
            danger=True,
            sentence="{actor}决定任务不再办理",
            needs=[Need(_still_on, _NOT_PUBLISHED, early=True)],
        ),
    ],
)


def _not_ended(one: Participant, now: datetime) -> bool:
    return one.deliberation.state not in ENDED


_RUNNING = Q(deliberation__opened_at__isnull=False) & ~Q(deliberation__state__in=ENDED)
_STILL_RUNNING = Need(_not_ended, "这次协商已经结束，参加人不能再改。", early=True)

PARTICIPANT_FLOW: Flow[Participant] = Flow(
    ParticipantAccess,
    Answer,
    start=Answer.INVITED,
    state_field="answer",
    title="参加协商",
    url="deliberation:participant_step",
    related=("deliberation__area",),
    elsewhere={Answer.ASKED: "居民自己申请参加"},
    owners={Answer.ACCEPTED: "随协商办理", Answer.DECLINED: "随协商办理", Answer.REMOVED: "已完结"},
    tones={
        Answer.INVITED: "todo",
        Answer.ASKED: "todo",
        Answer.ACCEPTED: "done",
        Answer.DECLINED: "off",
        Answer.REMOVED: "off",
    },
    steps=[
        Step(
            "come",
            "我参加",
            (Answer.INVITED, Answer.DECLINED),
            Answer.ACCEPTED,
            verb="reply",
            todo="答复邀请",
            todo_when=Q(answer=Answer.INVITED) & _RUNNING,
            primary=True,
            form=False,
            sentence="{actor}答复参加",
            public=False,
            needs=[_STILL_RUNNING],
        ),
        Step(
            "stay_away",
            "不能参加",
            (Answer.INVITED, Answer.ACCEPTED),
            Answer.DECLINED,
            verb="reply",
            form=False,
            sentence="{actor}答复不能参加",
            public=False,
            needs=[_STILL_RUNNING],
        ),
        Step(
            "confirm",
            "同意参加",
            Answer.ASKED,
            Answer.ACCEPTED,
            verb="manage",
            todo="确认参加申请",
            todo_when=_RUNNING,
            primary=True,
            form=False,
            sentence="{actor}同意一位申请人参加",
            public=False,
            needs=[_STILL_RUNNING],
        ),
        Step(
            "seat",
            "调整席位",
            (Answer.INVITED, Answer.ACCEPTED, Answer.DECLINED),
            None,
            verb="manage",
            sentence="{actor}调整了一位参加人的席位",
            public=False,
            needs=[_STILL_RUNNING],
        ),
        Step(
            "remove",
            "移出",
            (Answer.INVITED, Answer.ACCEPTED, Answer.DECLINED, Answer.ASKED),
            Answer.REMOVED,
            verb="manage",
            danger=True,
            sentence="{actor}移出了一位参加人",
            public=False,
            needs=[_STILL_RUNNING],
        ),
    ],
)
