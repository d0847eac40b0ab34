"""Fields used in several forms."""

from __future__ import annotations

from typing import Any

from django import forms


class Moment(forms.DateTimeField):
    """A date and a time, with the phone's own picker."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        messages = {
            "invalid": "请填写日期和时间，例如 2026年7月3日 14:30。",
            "required": "请填写日期和时间。",
        }
        super().__init__(**{"widget": widget, "input_formats": formats, "error_messages": messages, **kwargs})


class Day(forms.DateField):
    """A date, with the phone's own picker."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        messages = {"invalid": "请填写日期，例如 2026年7月3日。", "required": "请填写日期。"}
        super().__init__(**{"widget": widget, "error_messages": messages, **kwargs})


class Lines(forms.CharField):
    """Several lines of text. Lengths are checked by the action, so that what was typed stays."""

    def __init__(self, rows: int = 4, **kwargs: Any) -> None:
        label = kwargs.get("label", "内容")
        messages = {
            "required": f"请填写{label}。",
            "null_characters_not_allowed": f"{label}里有无法识别的符号。",
        }
        super().__init__(**{"widget": forms.Textarea(attrs={"rows": rows}), "error_messages": messages, **kwargs})


class Line(forms.CharField):
    """One line of text."""

    def __init__(self, **kwargs: Any) -> None:
        label = kwargs.get("label", "内容")
        messages = {
            "required": f"请填写{label}。",
            "null_characters_not_allowed": f"{label}里有无法识别的符号。",
        }
        super().__init__(**{"error_messages": messages, **kwargs})


class People(forms.IntegerField):
    """A number of people."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {
            "required": "请填写人数，没有的填 0。",
            "invalid": "请填写整数。",
            "min_value": "人数不能小于 %(limit_value)s。",
            "max_value": "人数不能大于 %(limit_value)s。",
        }
        super().__init__(**{"min_value": 0, "max_value": 1_000_000, "error_messages": messages, **kwargs})


class Pick(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of a list of things."""

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        messages = {"required": "请选择一项。", "invalid_choice": "请从列出的各项中选择。"}
        super().__init__(queryset, **{"error_messages": messages, "empty_label": "（请选择）", **kwargs})


class One(forms.ChoiceField):
    """One of a few words."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {"required": "请选择一项。", "invalid_choice": "请从列出的各项中选择。"}
        super().__init__(**{"error_messages": messages, **kwargs})
