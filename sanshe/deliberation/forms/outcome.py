"""The outcome, the needs it states, its tasks and how they get on."""

from __future__ import annotations

from typing import Any

from django import forms

from sanshe.accounts.public import User
from sanshe.areas.public import Body, bodies_in, handling_units_for
from sanshe.kernel.access import Viewer

from ..models import Deliberation, Outcome, Participant
from ..words import Answer, ServiceField
from .fields import Day, Line, Lines, One, People, Pick


class OutcomeForm(forms.Form):
    """The outcome in words."""

    wants_object = True
    text = Lines(rows=10, label="协商意见", help_text="商量定了什么、为什么、接下来怎么办。会公开，最多 5000 个字。")

    def __init__(self, *args: Any, obj: Deliberation, viewer: Viewer, **kwargs: Any) -> None:
        outcome = Outcome.objects.filter(deliberation=obj).first()
        super().__init__(*args, **{**kwargs, "initial": {"text": outcome.text if outcome else ""}})


class NeedForm(forms.Form):
    """A service that residents need."""

    title = Line(label="需求", help_text="例如「放学后的儿童看护」。最多 80 个字。")
    field = One(
        label="服务领域",
        choices=[("", "（请选择）"), *ServiceField.choices],
        help_text="十二个领域见通知三(二)。",
    )
    for_whom = Line(label="服务对象", help_text="例如「双职工家庭的小学生」。")
    people = People(label="预计服务人数", required=False, min_value=1)
    detail = Lines(rows=4, label="说明", required=False, help_text="希望的时间、地点、方式。")


class TaskForm(forms.Form):
    """What, by whom, by when."""

    wants_object = True
    title = Line(label="任务", help_text="一句话写清要办成什么。最多 120 个字。")
    owner_body = Pick(Body.objects.none(), label="责任单位", required=False, help_text="责任单位和责任人二者选一。")
    owner = Pick(User.objects.none(), label="责任人", required=False, help_text="从有账号的参加人中选择。")
    due_on = Day(label="完成期限")

    def __init__(self, *args: Any, obj: Deliberation, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area = obj.area
        bodies = bodies_in(area) | handling_units_for(area)
        self.fields["owner_body"].queryset = bodies  # type: ignore[attr-defined]
        people = Participant.objects.filter(
            deliberation=obj, user__isnull=False, answer__in=[Answer.INVITED, Answer.ACCEPTED]
        )
        self.fields["owner"].queryset = User.objects.filter(pk__in=people.values("user")).order_by("id")  # type: ignore[attr-defined]


class ProgressForm(forms.Form):
    """How a task is getting on."""

    text = Lines(rows=4, label="进展", help_text="参加的人都会收到通知。会公开，请不要写姓名和门牌号。")


class ResultForm(forms.Form):
    """What came of a task."""

    result = Lines(rows=4, label="完成情况", help_text="办成了什么，在哪里可以看到。会公开，请不要写姓名和门牌号。")


class CloseForm(forms.Form):
    """What came of the deliberation, as the reporters of its matters read it."""

    result = Lines(
        rows=5,
        label="落实结果",
        help_text="会作为办理结果告诉所涉事项的反映人，他们可以评价。公开的事项会一并公开，请不要写姓名和门牌号。",
    )
