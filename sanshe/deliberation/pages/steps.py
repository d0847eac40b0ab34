"""The pages of all steps."""

from __future__ import annotations

from sanshe.kernel.steps import StepPage, step_view

from .. import actions, forms
from ..flow import FLOW, PARTICIPANT_FLOW, STATEMENT_FLOW, TASK_FLOW, TOPIC_FLOW

step = step_view(
    FLOW,
    "deliberation_id",
    {
        "edit": StepPage(actions.edit, forms.PlanForm, done="方案已保存。"),
        "open": StepPage(
            actions.open_collecting,
            forms.OpenForm,
            done="已开始征集意见，受邀的人会收到通知。",
            intro="开始以后题目公开，方案不能再改。",
        ),
        "call_meeting": StepPage(
            actions.call_meeting, forms.MeetingForm, done="会议通知已发出。", intro="参加的人都会收到通知。"
        ),
        "write_minutes": StepPage(actions.write_minutes, forms.MinutesForm, done="会议记录已保存。"),
        "resolve": StepPage(actions.resolve, forms.ResolveForm, done="决议已记下。接下来起草协商意见。"),
        "fail": StepPage(
            actions.fail, forms.ReasonForm, done="已记下。所涉事项退回待安排。", intro="所涉事项会退回社区重新安排。"
        ),
        "write_outcome": StepPage(actions.write_outcome, forms.OutcomeForm, done="协商意见已保存，公布前还可以改。"),
        "state_need": StepPage(
            actions.state_need,
            forms.NeedForm,
            done="需求已写入协商意见。",
            intro="需要社会组织、社会工作者来做的服务，写成需求；公布后由街道研究立项。",
        ),
        "add_task": StepPage(actions.add_task, forms.TaskForm, done="任务已分派。"),
        "publish": StepPage(actions.publish, done="协商意见已公布，参加的人会收到通知。"),
        "carry_out": StepPage(actions.carry_out, done="已开始落实。"),
        "close": StepPage(actions.close, forms.CloseForm, done="协商已结束，已请参加的人评价。"),
        "rate": StepPage(actions.rate, forms.RateForm, done="谢谢您的评价。"),
        "guide": StepPage(actions.guide, forms.GuideForm, done="指导意见已送社区。"),
        "cancel": StepPage(
            actions.cancel, forms.ReasonForm, done="已取消。所涉事项退回待安排。", intro="所涉事项会退回社区重新安排。"
        ),
    },
)

topic_step = step_view(
    TOPIC_FLOW,
    "topic_id",
    {
        "begin": StepPage(actions.begin_topic, forms.TopicPlanForm, done="协商方案已起草，接下来邀请参加人。"),
        "join": StepPage(actions.join_topic, forms.JoinForm, done="已并入。"),
        "hand_back": StepPage(actions.hand_topic_back, forms.ReasonForm, done="已退回社区窗口重新分流。"),
    },
)

statement_step = step_view(
    STATEMENT_FLOW,
    "statement_id",
    {
        "show": StepPage(actions.show_statement, done="这条意见已展示。"),
        "hide": StepPage(
            actions.hide_statement,
            forms.ReasonForm,
            done="这条意见不展示，已告知提出人原因。",
            intro="只有涉及他人隐私、辱骂、广告或与题目无关的才不展示；不同意见应当展示。",
        ),
    },
)

participant_step = step_view(
    PARTICIPANT_FLOW,
    "participant_id",
    {
        "come": StepPage(actions.come, done="已答复参加。"),
        "stay_away": StepPage(actions.stay_away, done="已答复不能参加，改主意时可以再答复。"),
        "confirm": StepPage(actions.confirm, done="已同意参加。"),
        "seat": StepPage(actions.seat, forms.SeatForm, done="席位已调整。"),
        "remove": StepPage(actions.remove, forms.ReasonForm, done="已移出。", intro="对方会收到原因。"),
    },
)

task_step = step_view(
    TASK_FLOW,
    "task_id",
    {
        "progress": StepPage(actions.progress, forms.ProgressForm, done="进展已告知参加的人。"),
        "finish": StepPage(actions.finish, forms.ResultForm, done="任务已完成，已告知参加的人。"),
        "finish_for": StepPage(actions.finish_for, forms.ResultForm, done="已代为登记完成。"),
        "reopen": StepPage(actions.reopen, forms.ReasonForm, done="已退回继续办理。"),
        "drop": StepPage(actions.drop, forms.ReasonForm, done="已记下，不再办理。"),
    },
)
