"""The filter row of the pages of figures: months, area, line by line of what."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms

from sanshe.areas.public import Area

from ..figures.counting import DIMENSIONS, Dimension
from .filters import area_choices, month_choices


class FiguresFilter(forms.Form):
    """Every choice is optional, and a wrong one is no choice."""

    by = forms.ChoiceField(label="逐行列出", required=False)
    area = forms.ChoiceField(label="街道、社区", required=False)
    first = forms.ChoiceField(label="从", required=False)
    last = forms.ChoiceField(label="到", required=False)

    def __init__(self, data: Any, *, dimensions: list[str]) -> None:
        super().__init__(data)
        self.dimensions = dimensions
        self.fields["by"].choices = [(name, DIMENSIONS[name].label) for name in dimensions]  # type: ignore[attr-defined]
        self.fields["area"].choices = [("", "全部"), *area_choices()]  # type: ignore[attr-defined]
        for name in ("first", "last"):
            self.fields[name].choices = [("", "默认"), *month_choices()]  # type: ignore[attr-defined]
        self.is_valid()

    def add_prefix(self, field_name: str) -> str:
        """In the address the months are called from and to."""
        return {"first": "from", "last": "to"}.get(field_name, field_name)

    @property
    def by_what(self) -> Dimension:
        """The dimension chosen, else the first."""
        return DIMENSIONS[self.cleaned_data.get("by") or self.dimensions[0]]

    @property
    def area_chosen(self) -> Area | None:
        """The area chosen."""
        code = self.cleaned_data.get("area")
        return Area.objects.filter(code=code).first() if code else None

    def month(self, name: str) -> date | None:
        """The first day of a chosen month."""
        text = self.cleaned_data.get(name)
        return datetime.strptime(text, "%Y-%m").date() if text else None
