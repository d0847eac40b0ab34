"""The procedure of a comparison selection, and that of an objection to its result."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Now

from sanshe.kernel import clock, params
from sanshe.kernel.flow import Flow, Need, Step

from ..access.calls import CallAccess, ObjectionAccess
from ..models import Call, Score
from ..words import BidState, CallState, JudgingStage, ObjectionState
from ..words import CallState as S


def bids_in_force(call: Call) -> int:
    """How many bids stand: handed in and not replaced."""
    return call.bids.exclude(state=BidState.REPLACED).count()


def least_suppliers() -> int:
    """How many suppliers a selection needs."""
    return int(params.get("purchase.suppliers_least").value)


def _say_few(call: Call) -> str:
    rule = params.get("purchase.suppliers_least")
    return (
        f"到截止时只有 {bids_in_force(call)} 家递交，不足 {rule.value} 家，不能开封；请宣布比选未成后重新发起"
        f"（依据：{rule.source}）。"
    )


def _weights_whole(call: Call, now: datetime) -> bool:
    return sum(call.criteria.values_list("weight", flat=True)) == 100


def judges(call: Call) -> int:
    """How many drawn experts have not stood down."""
    return call.drawn.filter(excluded="").count()


def enough_judges(call: Call, now: datetime) -> bool:
    """Whether the panel is large enough, odd, and has declared itself free of interest."""
    count = judges(call)
    odd = bool(params.get("purchase.experts_odd").value)
    undeclared = call.drawn.filter(excluded="", declared_at=None).exists()
    return count >= int(params.get("purchase.experts_least").value) and (count % 2 == 1 or not odd) and not undeclared


def _say_judges(call: Call) -> str:
    rule = params.get("purchase.experts_least")
    undeclared = call.drawn.filter(excluded="", declared_at=None).count()
    waiting = f"，还有 {undeclared} 位没有声明无利害关系" if undeclared else ""
    return f"评审专家须为 {rule.value} 人以上单数，现有 {judges(call)} 人{waiting}（依据：{rule.source}）。"


def all_scored(call: Call, now: datetime) -> bool:
    """Whether every expert has given points to every opened bid by every criterion that is not the price."""
    bids = call.bids.filter(state=BidState.OPENED).count()
    rules = call.criteria.filter(is_price=False).count()
    given = Score.objects.filter(drawn__call=call, drawn__excluded="").count()
    return given == bids * rules * judges(call)


def judging_stage(call: Call) -> str:
    """What the judging waits for: experts to be drawn, experts to judge, or the sums."""
    if judges(call) < int(params.get("purchase.experts_least").value):
        return JudgingStage.DRAW
    return JudgingStage.JUDGE if call.drawn.filter(excluded="", scored_at=None).exists() else JudgingStage.SUM


def _no_open_objection(call: Call, now: datetime) -> bool:
    return not call.objections.filter(state=ObjectionState.RAISED).exists()


def _has_no_contract(call: Call, now: datetime) -> bool:
    return not call.contracts.exists()


CALL_FLOW = Flow(
    CallAccess,
    CallState,
    start=S.DRAFT,
    title="比选",
    url="purchase:call_step",
    due="due_at",
    related=("area", "project"),
    steps=[
        Step(
            "edit", "修改比选文件", S.DRAFT, None, verb="edit", sentence="{actor}修改了比选文件",
        ),
        Step(
            "publish", "发布比选公告", S.DRAFT, S.OPEN, verb="publish", primary=True, todo="发布比选公告",
            sentence="{actor}发布了比选公告", hint="发布后要求、标准和限价都不能再改。",
            needs=[Need(_weights_whole, "评审项分值之和应为 100，请核对。", early=True)],
        ),
        Step(
            "receive_envelope", "登记信封", S.OPEN, None, verb="receive_envelope",
            sentence="{actor}在窗口登记了一份信封",
            needs=[
                Need(lambda c, now: c.closes_at is None or now < c.closes_at, "已过截止时间，不能再收。", early=True)
            ],
        ),
        Step(
            "start_opening", "启动开封", S.OPEN, None, verb="open", primary=True, todo="启动开封",
            todo_when=Q(started_by=None, closes_at__lte=Now()), form=False,
            sentence="{actor}启动了开封，等待另一人确认",
            needs=[
                Need(lambda c, now: c.started_by_id is None, "已经启动，请由另一位工作人员确认。", early=True),
                Need(
                    lambda c, now: bool(c.closes_at and now >= c.closes_at), "还没有到截止时间，不能开封。", early=True
                ),
                Need(lambda c, now: bids_in_force(c) >= least_suppliers(), _say_few, early=True),
            ],
        ),
        Step(
            "confirm_opening", "确认开封", S.OPEN, S.OPENING, verb="confirm_opening", todo="确认开封", primary=True,
            todo_when=Q(started_by__isnull=False), sentence="{actor}确认开封，开始收取密钥", form=False,
            confirm="确认后参选单位即可交密钥；收取时间结束，全部文件同时开封。",
            needs=[Need(lambda c, now: c.started_by_id is not None, "请先由一位工作人员启动开封。", early=True)],
        ),
        Step(
            "give_key", "交来密钥", S.OPENING, None, verb="owe_key", hidden=True, todo="交来密钥，逾时视为撤回",
            sentence="{actor}交来了密钥", public=False,
        ),
        Step(
            "unseal", "开封", S.OPENING, S.SCORING, verb="unseal", primary=True, todo="开封",
            todo_when=Q(keys_until__lte=Now()),
            sentence="{actor}开封了全部投标文件", form=False,
            needs=[
                Need(
                    lambda c, now: bool(c.keys_until and now >= c.keys_until),
                    lambda c: f"收取密钥到 {clock.say_moment(c.keys_until)}截止，之前谁也看不到任何一份内容。",
                    early=True,
                )
            ],
        ),
        Step(
            "draw", "抽取专家", S.SCORING, None, verb="draw", primary=True, todo="抽取评审专家",
            todo_when=Q(judging=JudgingStage.DRAW), sentence="{actor}抽取了评审专家", form=False,
            hint="从专家库随机抽取；与任何一家参选单位有利害关系的不在其中。",
            confirm="从专家库里随机抽取，与参选单位有利害关系的人已排除。",
            needs=[Need(lambda c, now: c.judging == JudgingStage.DRAW, "专家已经抽够，有人回避时再补抽。", early=True)],
        ),
        Step(
            "declare", "声明无利害关系", S.SCORING, None, verb="declare", todo="声明有无利害关系",
            sentence="{actor}作了利害关系声明", public=False,
        ),
        Step(
            "score", "评分", S.SCORING, None, verb="score", primary=True, todo="评分",
            sentence="{actor}提交了评分", public=False,
        ),
        Step(
            "conclude", "公示结果", S.SCORING, S.PUBLICITY, verb="conclude", todo="汇总评分并公示", primary=True,
            todo_when=Q(judging=JudgingStage.SUM),
            sentence="{actor}公示了比选结果",
            needs=[
                Need(enough_judges, _say_judges, early=True),
                Need(all_scored, "还有专家没有评完，不能汇总。", early=True),
            ],
        ),
        Step(
            "object", "提出异议", S.PUBLICITY, None, verb="object", sentence="有人对公示结果提出异议",
            needs=[
                Need(lambda c, now: bool(c.publicity_until and now <= c.publicity_until), "公示期已过。", early=True)
            ],
        ),
        Step(
            "award", "确定承接单位", S.PUBLICITY, S.AWARDED, verb="award", primary=True, form=False,
            todo="确定承接单位", todo_when=Q(publicity_until__lt=Now()), sentence="{actor}确定了承接单位",
            confirm="公示期已满且没有未答复的异议，结果将通知各参选单位。",
            needs=[
                Need(
                    lambda c, now: bool(c.publicity_until and now > c.publicity_until),
                    lambda c: f"公示到 {clock.say_moment(c.publicity_until)}，期满后才能确定。",
                    early=True,
                ),
                Need(_no_open_objection, "还有没答复的异议，答复后才能确定。", early=True),
            ],
        ),
        Step(
            "draft_contract", "拟订合同", S.AWARDED, None, verb="contract", primary=True, todo="拟订合同",
            todo_when=Q(due_at__isnull=False),
            sentence="{actor}拟订了合同",
            needs=[Need(_has_no_contract, "合同已经拟好，见下方链接。", early=True)],
        ),
        Step(
            "give_up", "宣布比选未成", (S.DRAFT, S.OPEN, S.OPENING, S.SCORING, S.PUBLICITY), S.FAILED, verb="give_up",
            danger=True, sentence="{actor}宣布比选未成（{note}）", hint="写明原因；项目回到「待比选」，可以重新发起。",
        ),
        Step(
            "too_few", "不足三家", S.OPENING, S.FAILED, verb="unseal", hidden=True,
            sentence="能开封的投标文件不足，比选未成",
        ),
    ],
    owners={
        S.OPEN: "社会组织递交投标文件，到截止时间由街道启动开封",
        S.OPENING: "参选单位交来密钥，时间到后全部同时开封",
        S.SCORING: "评审专家评分，街道采购经办汇总",
        S.AWARDED: "街道采购经办拟订合同",
        S.FAILED: "无（可重新发起）",
    },
    tones={
        S.DRAFT: "todo", S.OPEN: "now", S.OPENING: "now", S.SCORING: "now", S.PUBLICITY: "now", S.AWARDED: "done",
        S.FAILED: "off",
    },
)  # fmt: skip

OBJECTION_FLOW = Flow(
    ObjectionAccess,
    ObjectionState,
    start=ObjectionState.RAISED,
    title="比选异议",
    url="purchase:objection_step",
    due="due_at",
    related=("area", "call__project"),
    steps=[
        Step(
            "answer", "答复异议", ObjectionState.RAISED, ObjectionState.ANSWERED, verb="answer", primary=True,
            todo="答复异议", sentence="{actor}答复了异议", hint="异议成立的，比选即告未成，重新发起。",
        ),
    ],
    owners={ObjectionState.ANSWERED: "无"},
    tones={ObjectionState.RAISED: "todo", ObjectionState.ANSWERED: "done"},
)  # fmt: skip
