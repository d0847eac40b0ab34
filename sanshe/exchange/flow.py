"""The procedure of a message that did not fit: a person reads it and decides."""

from __future__ import annotations

from datetime import datetime

from sanshe.kernel.flow import Flow, Need, Step
from sanshe.matters.public import FLOW, MatterState

from .access import HeardAccess
from .models import Heard
from .words import HeardState, TheirState


def _more(heard: Heard, now: datetime) -> bool:
    return heard.their_state == TheirState.MORE


def _done(heard: Heard, now: datetime) -> bool:
    return heard.matter.state == MatterState.DONE


def _in_time(heard: Heard, now: datetime) -> bool:
    return all(need.check(heard.matter, now) for need in FLOW.step("reopen").needs)


_words_of_reporter = Need(_more, "这条消息不是反映人的补充。", early=True)
_finished = Need(_done, "只有已办结的事项才能重新打开；可以另立一件关联的事项。", early=True)
_window = Need(_in_time, "已超过重新打开的期限，请另立一件关联的事项。", early=True)
_noted = Need(lambda h, now: bool(h.note), "请写明怎样处理的。", field="note")

HEARD: Flow[Heard] = Flow(
    HeardAccess,
    HeardState,
    start=HeardState.HELD,
    title="对方系统的消息",
    url="exchange:heard_step",
    related=("source", "matter", "area"),
    owners={
        HeardState.APPLIED: "无需办理", HeardState.NOTED: "无需办理", HeardState.SETTLED: "无需办理",
    },
    elsewhere={HeardState.APPLIED: "收到时按来文办理", HeardState.NOTED: "收到时记入进展"},
    tones={
        HeardState.HELD: "todo", HeardState.APPLIED: "done", HeardState.NOTED: "off", HeardState.SETTLED: "done",
    },
    steps=[
        Step("reopen", "按反映人的补充重新打开", HeardState.HELD, HeardState.SETTLED, verb="open_again", primary=True,
             form=False, confirm="事项将重新打开，回到原承办单位或窗口；对方系统会同时得知。",
             sentence="{actor}按反映人在对方系统的补充，重新打开了事项",
             needs=[_words_of_reporter, _finished, _window]),
        Step("renew", "另立一件关联的事项", HeardState.HELD, HeardState.SETTLED, verb="open_again", form=False,
             confirm="按补充的内容新立一件，与原事项关联，进入正常流程；以后的结果仍送回对方系统。",
             sentence="{actor}按反映人在对方系统的补充，另立了关联的事项", needs=[_words_of_reporter]),
        Step("settle", "记下处理情况", HeardState.HELD, HeardState.SETTLED, verb="settle", todo="处理对方来的消息",
             sentence="{actor}处理了这条消息", needs=[_noted]),
    ],
)  # fmt: skip
