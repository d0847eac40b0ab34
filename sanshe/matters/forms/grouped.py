"""Forms for a whole topic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from sanshe.kernel import clock

from ..models import Matter
from ..proposal import criteria_in_force
from ..words import Route
from .fields import DayField, Words
from .filters import _Filter


class HotFilter(_Filter):
    """The list of topics: by street or community."""

    field_order = ("area",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["route"], self.fields["state"]


class TriageTopicForm(forms.Form):
    """小事 for all that wait."""

    criterion = forms.TypedChoiceField(label="依据的分流标准", required=False, coerce=int, empty_value=None)
    reason = Words(label="分流的理由", rows=3, required=True, help_text="例如：涉及多数住户，要一起商量。",
                   error_messages={"required": "请写明分流的理由。"})  # fmt: skip

    def __init__(self, *args: Any, matters: Sequence[Matter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [c for c in criteria_in_force(clock.today()) if c.route == Route.JOINT]
        choices = [("", "不引用标准（理由要写详细）"), *((c.pk, c.name) for c in found)]
        self.fields["criterion"].choices = choices  # type: ignore[attr-defined]


class MergeTopicForm(forms.Form):
    """Into which of them."""

    into = forms.TypedChoiceField(label="并入哪一件", coerce=int, empty_value=None, widget=forms.RadioSelect,
                                  error_messages={"required": "请选择一件，其他的并入它。"})  # fmt: skip
    reason = Words(label="为什么是同一件事", rows=2, required=True,
                   error_messages={"required": "请写明为什么是同一件事，一句话即可。"})  # fmt: skip

    def __init__(self, *args: Any, matters: Sequence[Matter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = sorted((m for m in matters if m.is_open), key=lambda m: (m.created_at, m.pk))
        self.fields["into"].choices = [  # type: ignore[attr-defined]
            (m.pk, f"{m.title}（{m.number}，{m.get_state_display()}，{clock.say_day(m.created_at)}反映）") for m in rows
        ]
        if rows:
            self.fields["into"].initial = rows[0].pk


class OverseeTopicForm(forms.Form):
    """One order."""

    requirement = Words(label="督办要求", rows=4, required=True, help_text="写明要做到什么；整组的编号会自动写上。",
                        error_messages={"required": "请写明督办要求。"})  # fmt: skip
    until = DayField(label="回复期限")

    def __init__(self, *args: Any, matters: Sequence[Matter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class GroupAnswerForm(forms.Form):
    """One answer to the order, one result for the matters of the topic that are finished with it."""

    answer = Words(label="督办回复", rows=3, required=True, help_text="写给督办人：怎样落实的。",
                   error_messages={"required": "请写明督办要求的落实情况。"})  # fmt: skip
    result = Words(label="办理结果", rows=4, required=False,
                   help_text="做了什么、什么时候、现在怎样。选中的每一件都写这个结果，"
                   "反映人会看到，请不要写姓名、门牌和电话。")  # fmt: skip
    public_result = Words(label="公开的办理结果", rows=2, required=False, help_text="写了会显示在公示板上。")
    chosen = forms.TypedMultipleChoiceField(label="随这次回复办结的事项", coerce=int, required=False,
                                            widget=forms.CheckboxSelectMultiple)  # fmt: skip

    def __init__(self, *args: Any, members: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = [m for m in members if m.does]
        self.fields["chosen"].choices = [  # type: ignore[attr-defined]
            (m.matter.pk, f"{m.matter.title}（{m.matter.number}，{m.matter.area.short_name}，将{m.does}）")
            for m in able
        ]
        self.fields["chosen"].initial = [m.matter.pk for m in able]
        if not able:
            del self.fields["chosen"], self.fields["result"], self.fields["public_result"]
