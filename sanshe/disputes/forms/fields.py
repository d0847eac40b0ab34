"""Fields used in several forms, each with a sentence of its own for what is missing."""

from __future__ import annotations

from typing import Any

from django import forms


def _required(label: str) -> dict[str, str]:
    return {"required": f"请填写{label}。", "null_characters_not_allowed": f"{label}里有无法识别的符号。"}


class Line(forms.CharField):
    """One line of text. Lengths are checked by the action, so that what was typed stays."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", **kwargs.pop("attrs", {})}
        super().__init__(
            **{"label": label, "error_messages": _required(label), "widget": forms.TextInput(attrs=attrs), **kwargs}
        )


class Lines(forms.CharField):
    """Several lines of text."""

    def __init__(self, label: str, rows: int = 5, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "autocomplete": "off"})
        super().__init__(**{"label": label, "error_messages": _required(label), "widget": widget, **kwargs})


class One(forms.ChoiceField):
    """One of a few words."""

    def __init__(self, label: str, choices: Any, **kwargs: Any) -> None:
        messages = {"required": f"请选择{label}。", "invalid_choice": "请从列出的各项中选择。"}
        super().__init__(**{"label": label, "choices": choices, "error_messages": messages, **kwargs})


class Pick(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of a list of things."""

    def __init__(self, label: str, queryset: Any, **kwargs: Any) -> None:
        messages = {"required": f"请选择{label}。", "invalid_choice": "请从列出的各项中选择。"}
        super().__init__(
            queryset, **{"label": label, "error_messages": messages, "empty_label": "（请选择）", **kwargs}
        )


class Day(forms.DateField):
    """A date, with the phone's own picker."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        messages = {"invalid": "请填写日期，例如 2026年7月3日。", "required": f"请填写{label}。"}
        super().__init__(**{"label": label, "widget": widget, "error_messages": messages, **kwargs})


class Moment(forms.DateTimeField):
    """A date and a time."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        messages = {"invalid": "请填写日期和时间，例如 2026年7月3日 14:30。", "required": f"请填写{label}。"}
        super().__init__(
            **{"label": label, "widget": widget, "input_formats": formats, "error_messages": messages, **kwargs}
        )
