"""Forms of the workforce."""

from __future__ import annotations

from typing import Any

from django import forms

from sanshe.areas.public import Area


class MonthForm(forms.Form):
    """Which street's sheet of which month is worked out."""

    area = forms.ModelChoiceField(label="街道", queryset=Area.objects.none())
    month = forms.DateField(
        label="月份", input_formats=["%Y-%m", "%Y-%m-%d"], widget=forms.DateInput(attrs={"type": "month"})
    )

    def __init__(self, *args: Any, streets: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = streets  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why a sheet goes back."""

    reason = forms.CharField(
        label="退回的原因", max_length=400, widget=forms.Textarea(attrs={"rows": 3}), help_text="街道会看到这段话"
    )
