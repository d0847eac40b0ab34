"""The procedures of this module: setting up a community; a question on a published affair."""

from __future__ import annotations

from datetime import datetime

from sanshe.kernel import clock
from sanshe.kernel.flow import Flow, Need, Step

from . import norms
from .access import NoticeQuestionAccess, SetupAccess
from .models import SetupApplication
from .words import QuestionState, SetupState

S = SetupState


def _hard_met(application: SetupApplication, now: datetime) -> bool:
    return not norms.unmet(norms.setup_checks(application, clock.local(now).date()))


def _what_is_missing(application: SetupApplication) -> str:
    found = norms.unmet(norms.setup_checks(application, clock.today()))
    told = "；".join(f"{check.title}：{check.short or check.figure}" for check in found[:3])
    return f"有 {len(found)} 项刚性条件还没有达到（{told}{'等' if len(found) > 3 else ''}），不能批准或设立。"


HARD_MET = Need(_hard_met, _what_is_missing, early=True)

SETUP_FLOW = Flow(
    SetupAccess,
    SetupState,
    start=S.DRAFT,
    title="新设社区申请",
    url="areas:setup_step",
    related=("area",),
    tones={S.ESTABLISHED: "done", S.REFUSED: "bad", S.WITHDRAWN: "off", S.APPROVED: "info", S.SUBMITTED: "todo"},
    steps=[
        Step("edit", "修改申请", S.DRAFT, None, "prepare", "{actor}修改了申请"),
        Step("submit", "报送申请", S.DRAFT, S.SUBMITTED, "prepare", "{actor}将申请报送新区", todo="完善后报送",
             primary=True, confirm="报送后由新区决定，确定报送吗？", form=False),
        Step("approve", "批准设立", S.SUBMITTED, S.APPROVED, "decide", "{actor}批准了申请", needs=[HARD_MET],
             todo="核对后决定", primary=True),
        Step("give_back", "退回补充", S.SUBMITTED, S.DRAFT, "decide", "{actor}退回补充：{note}"),
        Step("refuse", "不予批准", S.SUBMITTED, S.REFUSED, "decide", "{actor}不予批准：{note}", danger=True),
        Step("establish", "办理设立", S.APPROVED, S.ESTABLISHED, "decide", "{actor}设立了社区", needs=[HARD_MET],
             todo="办理设立", primary=True),
        Step("arrange", "安排代管", (S.DRAFT, S.SUBMITTED, S.APPROVED), None, "prepare",
             "{actor}安排了设立前的代管"),
        Step("withdraw", "撤回申请", (S.DRAFT, S.SUBMITTED), S.WITHDRAWN, "prepare", "{actor}撤回了申请：{note}",
             danger=True),
    ],
    owners={S.ESTABLISHED: "已经办结", S.REFUSED: "已经办结", S.WITHDRAWN: "已经办结"},
)  # fmt: skip

QUESTION_FLOW = Flow(
    NoticeQuestionAccess,
    QuestionState,
    start=QuestionState.ASKED,
    title="居务提问",
    url="areas:question_step",
    due="due_at",
    related=("notice__area",),
    tones={QuestionState.ANSWERED: "done"},
    steps=[
        Step("answer", "答复提问", QuestionState.ASKED, QuestionState.ANSWERED, "answer", "{actor}答复了提问",
             todo="答复居民提问", primary=True),
    ],
    owners={QuestionState.ANSWERED: "已经答复"},
)  # fmt: skip
