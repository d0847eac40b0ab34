"""Calling a meeting, its minutes, its resolution, a guest at the desk."""

from __future__ import annotations

from typing import Any

from django import forms

from sanshe.kernel import params
from sanshe.kernel.access import Viewer

from .. import rules
from ..models import Deliberation
from ..words import Capacity
from .fields import Line, Lines, Moment, One, People


class MeetingForm(forms.Form):
    """Where, when and about what."""

    wants_object = True
    place = Line(label="地点", help_text="写到房间，例如「社区服务中心二楼会议室」。")
    starts_at = Moment(label="时间")
    agenda = Lines(rows=4, label="议程", help_text="一行一项，最多 20 项。")

    def __init__(self, *args: Any, obj: Deliberation, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_at"].help_text = f"会议通知至少提前 {params.get('deliberation.notice_days').shown}。"
        earlier = rules.current_meeting(obj)
        if earlier is not None:
            self.fields["reason"] = Lines(
                rows=2, label="为什么另约会议", help_text="例如「实到人数未过半」。参加的人会看到。"
            )
            self.initial = {"place": earlier.place, "agenda": "\n".join(earlier.agenda)}


class MinutesForm(forms.Form):
    """The minutes."""

    wants_object = True
    chair = Line(label="主持人", required=False, max_length=40)
    recorder = Line(label="记录人", required=False, max_length=40)
    minutes = Lines(rows=12, label="会议记录", help_text="写明各方的主要意见。不对外公开，可下载为文档。")

    def __init__(self, *args: Any, obj: Deliberation, viewer: Viewer, **kwargs: Any) -> None:
        meeting = rules.current_meeting(obj)
        initial = (
            {"chair": meeting.chair or viewer.name, "recorder": meeting.recorder, "minutes": meeting.minutes}
            if meeting is not None
            else {}
        )
        super().__init__(*args, **{**kwargs, "initial": initial})


class ResolveForm(forms.Form):
    """The resolution and how those present voted."""

    wants_object = True
    resolution = Lines(rows=6, label="决议", help_text="写明决定了什么。会公开，最多 3000 个字。")
    votes_for = People(label="赞成")
    votes_against = People(label="反对", initial=0)
    votes_abstain = People(label="弃权", initial=0)

    def __init__(self, *args: Any, obj: Deliberation, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        quorum = rules.quorum_now(obj)
        self.fields["votes_for"].help_text = f"{quorum.sentence}三项之和应等于实到的 {quorum.present} 人。"
        self.fields["votes_abstain"].help_text = "没有表示的记为弃权。"


class GuestForm(forms.Form):
    """Somebody at the desk who is not on the list."""

    name = Line(label="姓名", max_length=40)
    capacity = One(label="身份", choices=Capacity.choices)
