"""The pages of all steps. Their template keeps no draft: what is typed must not stay on a shared machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as django_forms

from sanshe.kernel.steps import PlainForm, StepPage, step_view

from .. import actions, forms
from ..flow import FLOW, TERM


def _page(
    action: Callable[..., Any], form: type[django_forms.Form] = PlainForm, done: str = "", intro: str = ""
) -> StepPage:
    return StepPage(action, form, done=done, intro=intro, template="disputes/step.html")


_VOLUNTARY = "是否调解由您自己决定，不收费；同意以后也可以随时终止，不影响起诉。"

step = step_view(
    FLOW,
    "dispute_id",
    {
        "agree_to": _page(actions.agree_to, done="已记下您同意调解。双方都同意后，会指定调解员。", intro=_VOLUNTARY),
        "refuse": _page(actions.refuse, done="已记下您不愿调解。您可以依法走其他途径。", intro=_VOLUNTARY),
        "record_answer": _page(actions.record_answer, forms.AnswerForm, "答复已记下。",
                               "联系没有账号的当事人，先告知调解自愿、不收费、不影响起诉，再记下答复。"),
        "decline": _page(actions.decline, forms.EndForm, "已告知当事人不予受理的理由和其他途径。",
                         "已由人民法院、公安机关受理的，或依法只能由有关机关处理的，不予受理。"),
        "appoint": _page(actions.appoint, forms.MediatorForm, "已指定调解员。"),
        "replace": _page(actions.replace, forms.MediatorForm, "已更换调解员。"),
        "recuse": _page(actions.recuse, forms.RecuseForm, "已申请回避，由负责人另行指定。"),
        "ask_other": _page(actions.ask_other, done="已要求另换调解员。", intro="不用说明理由，由负责人另行指定。"),
        "sit": _page(actions.sit, forms.SittingForm, "这一次调解已记下。"),
        "draft": _page(actions.draft, forms.DraftForm, "协议已写好。请打印出来，双方核对后签名。"),
        "redraft": _page(actions.draw_back, done="协议稿已收回，可以改写。"),
        "sign": _page(actions.sign, forms.SignForm, "协议已生效，到期会提醒您回访。"),
        "fail": _page(actions.fail, forms.EndForm, "已记下，并告知当事人其他途径。"),
        "stop": _page(actions.stop, forms.StopForm, "调解已终止。您可以依法走其他途径。",
                      "您可以随时终止调解，不用说明理由。"),
        "confirm": _page(actions.confirm, forms.ConfirmForm, "司法确认的情况已登记。",
                         "由双方当事人共同向人民法院申请；这里只作登记。"),
        "close": _page(actions.close, done="已结案归档。"),
    },
)  # fmt: skip

term_step = step_view(
    TERM,
    "term_id",
    {
        "keep": _page(actions.keep, forms.VisitForm, "回访已记下。"),
        "move": _page(actions.move, forms.MoveForm, "期限已改。"),
        "break_off": _page(actions.break_off, forms.VisitForm, "已记下未履行。",
                           "请告诉对方：就协议的履行可以向人民法院起诉（人民调解法第三十二条）。"),
    },
)  # fmt: skip
