"""The filter row of the list of oversight orders."""

from __future__ import annotations

from typing import Any

from django import forms

from sanshe.areas.public import Area

from .. import overseen
from ..words import OversightRule, OversightState
from .filters import area_choices


class OversightFilter(forms.Form):
    """The filter row: every choice is optional, and a wrong one is no choice."""

    state = forms.ChoiceField(
        label="状态", required=False,
        choices=[("", "全部"), (overseen.OPEN, "未销号"), (overseen.OVERDUE, "回复已逾期"), *OversightState.choices],
    )  # fmt: skip
    rule = forms.ChoiceField(
        label="督办原因", required=False,
        choices=[("", "全部"), *OversightRule.choices, (overseen.BY_HAND, "人工督办")],
    )  # fmt: skip
    area = forms.ChoiceField(label="街道、社区", required=False)
    unit = forms.ChoiceField(label="被督办单位", required=False)

    def __init__(self, *args: Any, units: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [("", "全部"), *area_choices()]  # type: ignore[attr-defined]
        self.fields["unit"].choices = [("", "全部"), *units]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """The choices made; wrong ones left out."""
        if not self.is_bound:
            return {}
        self.is_valid()
        given = dict(self.cleaned_data)
        given["area"] = Area.objects.filter(code=given["area"]).first() if given.get("area") else None
        return given
