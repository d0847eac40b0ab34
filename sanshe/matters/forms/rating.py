"""Forms of what comes after a rating, and of the calls to those who did not rate."""

from __future__ import annotations

from typing import Any

from django import forms

from ..words import Grade
from .fields import Words

YES_NO = [("1", "是"), ("0", "否")]


def _yes(value: str) -> bool:
    return value == "1"


class SatisfiedForm(forms.Form):
    """Whether the putting right satisfies: asked once."""

    satisfied = forms.TypedChoiceField(
        label="改得怎么样，您满意吗", coerce=_yes, choices=[("1", "满意"), ("0", "不满意")], widget=forms.RadioSelect,
        empty_value=None, error_messages={
            "required": "请选择满意或不满意。", "invalid_choice": "请选择满意或不满意。"},
    )  # fmt: skip
    said = Words(rows=3, label="想说的话", help_text="选填。只有负责整改和监督的人能看到。", required=False)


class InquireForm(forms.Form):
    """What was heard on the phone from somebody who did not rate."""

    reached = forms.TypedChoiceField(
        label="联系上了吗", coerce=_yes, choices=[("1", "联系上了"), ("0", "没有联系上")], widget=forms.RadioSelect,
        error_messages={"required": "请选择是否联系上。", "invalid_choice": "请选择是否联系上。"},
    )  # fmt: skip
    solved = forms.TypedChoiceField(
        label="问题解决了吗", coerce=_yes, required=False, empty_value=None, choices=[("", "没有问到"), *YES_NO]
    )
    grade = forms.TypedChoiceField(label="居民口头怎么评价", coerce=int, required=False, empty_value=None)
    said = Words(rows=3, label="居民怎么说", help_text="选填，照原话记。", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grade"].choices = [("", "没有问到"), *Grade.choices]  # type: ignore[attr-defined]
