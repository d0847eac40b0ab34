"""The pages of all steps."""

from __future__ import annotations

from sanshe.kernel.steps import StepPage, step_view

from .. import actions, forms
from ..flow import PAIR, POST, REPORT

post_step = step_view(
    POST,
    "post_id",
    {
        "withdraw": StepPage(actions.withdraw, done="已收回。"),
        "hide": StepPage(actions.hide, forms.ReasonForm, done="已隐藏，已告知本人理由。"),
        "restore": StepPage(actions.restore, done="已恢复。"),
    },
)

pair_step = step_view(
    PAIR,
    "pair_id",
    {
        "agree": StepPage(actions.agree, done="已约好。现在可以看到对方的姓名和电话。"),
        "decline": StepPage(actions.decline, done="已婉谢。"),
        "take_back": StepPage(actions.take_back, done="已收回。"),
        "cancel": StepPage(actions.cancel, done="约定已取消。"),
        "report_hours": StepPage(actions.report_hours, forms.HoursForm, done="已填写，等对方确认。"),
        "confirm": StepPage(actions.confirm, done="已确认，时间计入志愿服务记录。"),
        "differ": StepPage(actions.differ, forms.DifferForm, done="已请社区核定。"),
        "settle": StepPage(actions.settle, forms.SettleForm, done="已核定，已告知双方。"),
        "correct": StepPage(actions.correct, forms.SettleForm, done="已更正，已告知双方。"),
    },
)

report_step = step_view(
    REPORT,
    "report_id",
    {
        "hide": StepPage(actions.hide_reported, forms.AnswerForm, done="已隐藏，已告知双方。"),
        "warn": StepPage(actions.warn, forms.AnswerForm, done="已提醒本人。"),
        "bar": StepPage(
            actions.bar, forms.AnswerForm, done="已停止其参加互助。",
            intro="其发布的会隐藏，没有办完的约定会取消；期满自动恢复，也可以提前解除。",
        ),
        "dismiss": StepPage(actions.dismiss, forms.AnswerForm, done="已告知举报人。"),
    },
)  # fmt: skip
