"""What residents fill in: a statement, asking to take part, a rating."""

from __future__ import annotations

from typing import Any

from django import forms

from sanshe.kernel import params

from ..words import Capacity
from .fields import Lines, One


class SpeakForm(forms.Form):
    """One sentence."""

    text = Lines(rows=3, label="我的意见")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        longest = params.get("deliberation.statement_length").value
        self.fields[
            "text"
        ].help_text = f"一条只说一件事，最多 {longest} 个字。社区看过后展示，只显示您的身份（如「居民」），不显示姓名。"


class AskForm(forms.Form):
    """In which capacity one asks to take part."""

    capacity = One(label="我的身份", choices=Capacity.choices)


class RateForm(forms.Form):
    """1 to 5, and words if one likes."""

    stars = forms.TypedChoiceField(
        label="您怎么看这次协商",
        coerce=int,
        choices=[
            (5, "5 分，很好"),
            (4, "4 分，好"),
            (3, "3 分，一般"),
            (2, "2 分，不好"),
            (1, "1 分，很不好"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择 1 至 5 分。", "invalid_choice": "请选择 1 至 5 分。"},
    )
    comment = Lines(rows=3, label="想说的话", required=False, help_text="最多 300 个字，只给社区和街道看。")
