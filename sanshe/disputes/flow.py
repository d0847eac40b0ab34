"""The procedure of a dispute, and of each thing that was agreed. No note of a step holds content."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from sanshe.kernel import clock, params
from sanshe.kernel.flow import Flow, Need, Step

from .access import DisputeAccess, TermAccess
from .models import Dispute, Term
from .words import DisputeState as S
from .words import Form, TermState


def _confirm_open(one: Dispute, now: datetime) -> bool:
    if one.effect_on is None:
        return False
    if one.confirmation:
        return True  # the court's answer may come later
    days = int(params.get("mediation.confirm_days", on=one.effect_on).value)
    return clock.local(now).date() <= one.effect_on + timedelta(days=days)


_signed = Need(
    lambda one, now: (
        one.effect_on is not None and (one.form == Form.ORAL or not one.parties.filter(signed_on__isnull=True).exists())
    ),
    "还有当事人没有签名、盖章或按指印。",
    field="signed",
)
_terms_done = Need(lambda one, now: one.open_terms == 0, "还有约定没有回访，回访完再结案。", early=True)
_text = Need(lambda one, now: bool(one.terms_text), "请写明协议内容。", field="terms_text")
_reason = Need(lambda one, now: bool(one.end_reason), "请写明原因。", field="reason")
_told = Need(lambda one, now: bool(one.other_way), "请写明告知当事人的其他途径。", field="other_way")
_in_window = Need(
    _confirm_open,
    lambda one: f"已超过共同申请司法确认的期限（自生效之日起 {params.get('mediation.confirm_days').shown}）。",
    early=True,
)
_sat = Need(lambda one, now: one.sittings.exists(), "还没有调解记录，请先记下这一次调解。", early=True)

FLOW: Flow[Dispute] = Flow(
    DisputeAccess,
    S,
    start=S.RECEIVED,
    title="人民调解",
    url="disputes:step",
    due="due_at",
    related=("area",),
    heavy=("about", "wish", "facts", "terms_text", "court", "end_reason", "other_way"),
    owners={
        S.AGREED: "调解员按约定的日期回访",
        S.CLOSED: "无需办理",
        S.FAILED: "当事人可以走其他途径",
        S.NOT_BEGUN: "当事人可以走其他途径",
        S.STOPPED: "当事人可以走其他途径",
    },
    tones={
        S.RECEIVED: "todo", S.READY: "todo", S.MEDIATING: "now", S.SIGNING: "todo", S.AGREED: "now",
        S.CLOSED: "done", S.FAILED: "off", S.NOT_BEGUN: "off", S.STOPPED: "off",
    },
    steps=[
        # -- both must want it --
        Step("agree_to", "同意调解", S.RECEIVED, None, verb="answer", primary=True, todo="答复是否愿意调解",
             sentence="{actor}同意调解"),
        Step("refuse", "不愿调解", S.RECEIVED, S.NOT_BEGUN, verb="answer",
             sentence="{actor}不愿调解，调解不进行"),
        Step("record_answer", "记下当事人的答复", S.RECEIVED, None, verb="head", primary=True, todo="征求双方意愿",
             sentence="{actor}记下一方当事人的答复"),
        Step("decline", "不予受理", S.RECEIVED, S.NOT_BEGUN, verb="head", danger=True,
             sentence="{actor}说明理由和其他途径后，不予受理", needs=[_reason, _told]),
        Step("ready", "双方同意", S.RECEIVED, S.READY, verb="watch", hidden=True, sentence="双方都同意调解"),
        Step("unwilling", "一方不愿", S.RECEIVED, S.NOT_BEGUN, verb="watch", hidden=True,
             sentence="一方不愿调解，调解不进行"),
        # -- the mediator --
        Step("appoint", "指定调解员", S.READY, S.MEDIATING, verb="head", primary=True, todo="指定调解员",
             sentence="{actor}指定了调解员"),
        Step("replace", "更换调解员", (S.MEDIATING, S.SIGNING, S.AGREED), None, verb="head",
             todo="更换离岗的调解员", todo_when=Q(vacated_at__isnull=False),
             sentence="{actor}更换了调解员"),
        Step("recuse", "申请回避", (S.MEDIATING, S.SIGNING), S.READY, verb="mediate",
             sentence="{actor}申请回避，另行指定调解员"),
        Step("ask_other", "要求另换调解员", S.MEDIATING, S.READY, verb="party",
             sentence="{actor}要求另换调解员"),
        # -- mediating --
        Step("sit", "记一次调解", S.MEDIATING, None, verb="mediate", primary=True, todo="主持调解",
             sentence="{actor}记下一次调解"),
        Step("draft", "写调解协议", S.MEDIATING, S.SIGNING, verb="mediate", needs=[_sat, _text],
             sentence="{actor}写好调解协议，待签署"),
        Step("redraft", "改写协议", S.SIGNING, S.MEDIATING, verb="mediate",
             sentence="{actor}收回协议稿，继续调解"),
        Step("sign", "登记签署", S.SIGNING, S.AGREED, verb="mediate", primary=True, todo="登记协议签署",
             sentence="{actor}登记协议已签署、生效", needs=[_signed]),
        Step("fail", "调解不成", (S.MEDIATING, S.SIGNING), S.FAILED, verb="mediate", danger=True,
             sentence="{actor}记下没有达成协议，已告知其他途径", needs=[_sat, _reason, _told]),
        Step("stop", "终止调解", (S.READY, S.MEDIATING, S.SIGNING), S.STOPPED, verb="party", danger=True,
             sentence="{actor}要求终止调解"),
        # -- afterwards --
        Step("confirm", "登记司法确认", S.AGREED, None, verb="work", needs=[_in_window],
             sentence="{actor}登记司法确认的情况"),
        Step("close", "结案", S.AGREED, S.CLOSED, verb="work", primary=True, todo="结案",
             todo_when=Q(open_terms=0), needs=[_terms_done], sentence="{actor}回访完毕，结案归档"),
        # -- not for people --
        Step("mediator_left", "调解员离岗", (S.MEDIATING, S.SIGNING, S.AGREED), None, verb="watch", hidden=True,
             sentence="调解员离岗，另行指定"),
        Step("remind", "到期提醒", (S.RECEIVED, S.READY, S.MEDIATING, S.SIGNING), None, verb="watch", hidden=True,
             public=False, sentence="到了时限，系统提醒办理人"),
    ],
)  # fmt: skip

TERM: Flow[Term] = Flow(
    TermAccess,
    TermState,
    start=TermState.OPEN,
    title="协议回访",
    url="disputes:term_step",
    due="due_at",
    related=("dispute__area",),
    heavy=("what", "note"),
    owners={TermState.KEPT: "无需办理", TermState.BROKEN: "当事人可以就履行向人民法院起诉"},
    tones={TermState.OPEN: "todo", TermState.KEPT: "done", TermState.BROKEN: "bad"},
    steps=[
        Step("keep", "已履行", TermState.OPEN, TermState.KEPT, verb="visit", sentence="{actor}回访，约定已履行",
             needs=[Need(lambda t, now: bool(t.note), "请写明回访的情况。", field="note")]),
        Step("move", "双方同意改期", TermState.OPEN, None, verb="visit", sentence="{actor}记下双方同意的新期限"),
        Step("break_off", "未履行", TermState.OPEN, TermState.BROKEN, verb="visit",
             sentence="{actor}回访，约定没有履行，已告知可以起诉",
             needs=[Need(lambda t, now: bool(t.note), "请写明回访的情况。", field="note")]),
        # Whose list a visit stands on: the mediator's alone.
        Step("visit", "到期回访", TermState.OPEN, None, verb="mediate", hidden=True, todo="到期回访",
             todo_when=Q(dispute__state=S.AGREED), sentence="到期回访"),
    ],
)  # fmt: skip
