"""The filter rows of the lists."""

from __future__ import annotations

from typing import Any

from django import forms

from ..actions.projects import service_fields


class Filters(forms.Form):
    """State, words and, where things have one, field of service. What is unknown filters nothing."""

    q = forms.CharField(label="名称或编号", required=False, max_length=120)
    state = forms.ChoiceField(label="状态", required=False)
    field = forms.ChoiceField(label="服务领域", required=False)

    def __init__(self, data: Any, states: Any, with_field: bool = False, leave_out: tuple[Any, ...] = ()) -> None:
        super().__init__(data)
        kept = [(s.value, s.label) for s in states if s not in leave_out]
        self.fields["state"].choices = [("", "全部"), *kept]  # type: ignore[attr-defined]
        if with_field:
            self.fields["field"].choices = [("", "全部")] + [(n, n) for n in service_fields()]  # type: ignore[attr-defined]
        else:
            del self.fields["field"]

    @property
    def given(self) -> dict[str, str]:
        """What was chosen, as far as it can be understood."""
        self.is_valid()
        found = {"text" if k == "q" else k: str(v).replace("\x00", "") for k, v in self.cleaned_data.items()}
        return {"text": "", "state": "", **found}
