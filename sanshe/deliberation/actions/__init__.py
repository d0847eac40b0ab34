"""Verbs of deliberation: the only writers."""

from .closing import cancel, close, fail, rate
from .meeting import (
    call_meeting,
    meeting_of_token,
    resolve,
    sign_in,
    sign_in_on_paper,
    sign_in_open,
    write_minutes,
)
from .online import hide_statement, show_statement, speak, vote
from .outcome import carry_out, publish, state_need, write_outcome
from .people import ask_to_join, come, confirm, invite, remove, seat, stay_away
from .prepare import begin_topic, edit, guide, join_topic, open_collecting, start
from .reminders import remind
from .tasks import add_task, drop, finish, finish_for, progress, reopen
from .together import begin_together
from .topics import drop_topic, hand_topic_back, release_topics, topic_of

__all__ = [
    "add_task",
    "ask_to_join",
    "begin_together",
    "begin_topic",
    "call_meeting",
    "cancel",
    "carry_out",
    "close",
    "come",
    "confirm",
    "drop",
    "drop_topic",
    "edit",
    "fail",
    "finish",
    "finish_for",
    "guide",
    "hand_topic_back",
    "hide_statement",
    "invite",
    "join_topic",
    "meeting_of_token",
    "open_collecting",
    "progress",
    "publish",
    "rate",
    "release_topics",
    "remind",
    "remove",
    "reopen",
    "resolve",
    "seat",
    "show_statement",
    "sign_in",
    "sign_in_on_paper",
    "sign_in_open",
    "speak",
    "start",
    "state_need",
    "stay_away",
    "topic_of",
    "vote",
    "write_minutes",
    "write_outcome",
]
