from django.db.models import Q

from sanshe.kernel.access import Access, holds, inherits, not_own, own, system, through, where
from sanshe.kernel.flow import Flow, Need, Step
from tests.errands.models import Errand, ErrandState, Helper


class ErrandAccess(Access[Errand]):
    model = Errand
    see = (
        own("asker", "求助人")
        | holds("runner", "boss")
        | through("errands.Helper", "errand_id", own("user"))
        | where(Q(open=True), "公开的")
        | system("sweeper")
    )
    take = holds("runner") & not_own("asker")
    finish = holds("runner") | system("sweeper")
    cancel = own("asker", "求助人")


class HelperAccess(Access[Helper]):
    model = Helper
    see = inherits("errand", ErrandAccess)


FLOW = Flow(
    ErrandAccess,
    ErrandState,
    start=ErrandState.ASKED,
    title="跑腿",
    due="due_at",
    urgent=("urgent",),
    steps=[
        Step("take", "接手", ErrandState.ASKED, ErrandState.RUNNING, verb="take", todo="接手", primary=True),
        Step(
            "finish",
            "办结",
            ErrandState.RUNNING,
            ErrandState.DONE,
            verb="finish",
            needs=[
                Need(lambda e, now: bool(e.result), "请写明结果", field="result"),
                Need(lambda e, now: "(" not in e.title, "标题里有括号，不能办结", early=True),
            ],
        ),
        Step("cancel", "取消", ErrandState.ASKED, ErrandState.DONE, verb="cancel", danger=True),
    ],
    owners={ErrandState.DONE: "无"},
)
