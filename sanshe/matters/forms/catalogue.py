"""The filter rows of the catalogue and of what a window took in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from ..words import MatterKind, MatterState
from .fields import Words
from .filters import month_choices


class CatalogueFilter(forms.Form):
    """By words and class."""

    text = Words(label="查找", widget=forms.TextInput(attrs={"type": "search", "placeholder": "事项、材料或对象"}))
    field = forms.ChoiceField(label="类别", required=False)

    def __init__(self, *args: Any, fields: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"].choices = [("", "全部"), *((name, name) for name in fields)]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """The choices made; wrong ones left out."""
        return dict(self.cleaned_data) if self.is_bound and (self.is_valid() or True) else {}


class WindowFilter(forms.Form):
    """By kind, state, month, and whether it was for another community."""

    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *MatterKind.choices])
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("open", "未办结"), *MatterState.choices]
    )
    month = forms.ChoiceField(label="受理月份", required=False)
    elsewhere = forms.BooleanField(label="只看替别处受理的", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = [("", "全部"), *month_choices()]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """The choices made; the month as its first day, wrong ones left out."""
        if not self.is_bound:
            return {}
        self.is_valid()
        given = dict(self.cleaned_data)
        if given.get("month"):
            year, month = given["month"].split("-")
            given["month"] = date(int(year), int(month), 1)
        return given
