"""The procedures of a post, of a pair, and of a report."""

from __future__ import annotations

from sanshe.kernel.flow import Flow, Need, Step

from .access import PairAccess, PostAccess, ReportAccess
from .models import Pair, Post, Report
from .words import PairState as P
from .words import PostState as S
from .words import ReportState

#: Sentences of posts and pairs name nobody: the two may read them before they know each other.
POST: Flow[Post] = Flow(
    PostAccess,
    S,
    start=S.OPEN,
    title="邻里互助",
    url="neighbours:post_step",
    related=("area",),
    owners={S.OPEN: "等邻居响应，到期自动结束", S.TAKEN: "双方自行约定", S.ENDED: "无需办理", S.HIDDEN: "社区可以恢复"},
    tones={S.OPEN: "now", S.TAKEN: "now", S.ENDED: "off", S.HIDDEN: "bad"},
    steps=[
        Step("withdraw", "收回", (S.OPEN,), S.ENDED, verb="own", sentence="发布的人收回了", form=False,
             confirm="收回以后邻居不再看到，可以再发。"),
        Step("hide", "隐藏", (S.OPEN, S.TAKEN), S.HIDDEN, verb="moderate", danger=True, public=False,
             sentence="{actor}隐藏了这条：{note}"),
        Step("restore", "恢复", S.HIDDEN, S.OPEN, verb="moderate", form=False, public=False,
             sentence="{actor}恢复了这条"),
        Step("take", "有人帮忙", S.OPEN, S.TAKEN, verb="own", hidden=True, sentence="双方约好"),
        Step("free", "再找别人", S.TAKEN, S.OPEN, verb="own", hidden=True, sentence="约定取消，继续等邻居"),
        Step("done", "帮完", S.TAKEN, S.ENDED, verb="own", hidden=True, sentence="忙已帮完"),
        Step("lapse", "到期", S.OPEN, S.ENDED, verb="watch", hidden=True, public=False, sentence="到期自动结束"),
    ],
)  # fmt: skip

_minutes = Need(lambda p, now: bool(p.minutes), "请填写用了多长时间。", field="hours")
_day = Need(lambda p, now: p.done_on is not None, "请填写哪一天帮的忙。", field="done_on")
_reason = Need(lambda p, now: bool(p.correction), "请写明理由。", field="reason")

PAIR: Flow[Pair] = Flow(
    PairAccess,
    P,
    start=P.PROPOSED,
    title="邻里结对",
    url="neighbours:pair_step",
    related=("area",),
    owners={P.CONFIRMED: "无需办理", P.DECLINED: "无需办理", P.CANCELLED: "无需办理"},
    tones={
        P.PROPOSED: "todo", P.AGREED: "now", P.REPORTED: "todo", P.DIFFER: "todo", P.CONFIRMED: "done",
        P.DECLINED: "off", P.CANCELLED: "off",
    },
    steps=[
        Step("agree", "同意", P.PROPOSED, P.AGREED, verb="reply", primary=True, todo="答复邻居", form=False,
             confirm="同意以后，双方可以看到对方的姓名和电话。", sentence="对方同意了"),
        Step("decline", "婉谢", P.PROPOSED, P.DECLINED, verb="reply", form=False, sentence="对方婉谢了"),
        Step("take_back", "收回", P.PROPOSED, P.CANCELLED, verb="ask", form=False, sentence="提出的人收回了"),
        Step("cancel", "取消约定", P.AGREED, P.CANCELLED, verb="take_part", form=False, danger=True,
             confirm="取消以后对方会收到通知；求助会重新等待邻居。", sentence="约定取消了"),
        Step("report_hours", "忙已帮完，填写时间", P.AGREED, P.REPORTED, verb="take_part", primary=True,
             todo="帮完后填写时间", sentence="一方填写了时间", needs=[_minutes, _day]),
        Step("confirm", "确认时间", P.REPORTED, P.CONFIRMED, verb="confirm", primary=True, todo="确认互助时间",
             form=False, confirm="确认后，时间计入志愿服务记录。", sentence="另一方确认了时间"),
        Step("differ", "时间不对", P.REPORTED, P.DIFFER, verb="confirm", sentence="另一方认为时间不对，请社区核定"),
        Step("settle", "核定时间", P.DIFFER, P.CONFIRMED, verb="correct", primary=True, todo="核定互助时间",
             sentence="{actor}核定了时间", needs=[_minutes, _reason]),
        Step("correct", "更正时间", P.CONFIRMED, None, verb="correct", sentence="{actor}更正了时间",
             needs=[_minutes, _reason]),
    ],
)  # fmt: skip

_answer = Need(lambda r, now: bool(r.answer), "请写明处理的理由，举报人会看到。", field="answer")

REPORT: Flow[Report] = Flow(
    ReportAccess,
    ReportState,
    start=ReportState.RAISED,
    title="互助举报",
    url="neighbours:report_step",
    due="due_at",
    related=("area",),
    heavy=("text",),
    owners={ReportState.SETTLED: "无需办理", ReportState.DISMISSED: "无需办理"},
    tones={ReportState.RAISED: "todo", ReportState.SETTLED: "done", ReportState.DISMISSED: "off"},
    steps=[
        Step("hide", "隐藏这条", ReportState.RAISED, ReportState.SETTLED, verb="decide", primary=True,
             todo="处理举报", sentence="{actor}查实后隐藏", needs=[
                 Need(lambda r, now: r.post_id is not None, "举报的是一次结对，没有可以隐藏的内容。", early=True),
                 _answer]),
        Step("warn", "提醒本人", ReportState.RAISED, ReportState.SETTLED, verb="decide",
             sentence="{actor}查实后提醒本人", needs=[
                 Need(lambda r, now: r.about_id is not None, "对方没有账号，请当面提醒后选其他处理。", early=True),
                 _answer]),
        Step("bar", "停止参加互助", ReportState.RAISED, ReportState.SETTLED, verb="bar", danger=True,
             sentence="{actor}查实后停止其参加互助", needs=[
                 Need(lambda r, now: r.about_id is not None, "对方没有账号，由窗口不再代发即可。", early=True),
                 _answer]),
        Step("dismiss", "举报不成立", ReportState.RAISED, ReportState.DISMISSED, verb="decide",
             sentence="{actor}认为举报不成立，说明了理由", needs=[_answer]),
    ],
)  # fmt: skip
