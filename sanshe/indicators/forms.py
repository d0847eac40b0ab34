"""Forms of plans."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from sanshe.kernel import clock, params

from .actions.plans import owner_choices
from .figure import Figure


class PlanForm(forms.Form):
    """Start a plan: what is aimed at stands there already, taken from the target."""

    aim = forms.DecimalField(label="要达到", min_value=0, max_digits=8, decimal_places=1)
    measures = forms.CharField(
        label="措施", max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="写明做什么、找谁、分几步，例如：与社工机构商定派驻 2 名社工，组织 3 名社区工作者报考。",
    )  # fmt: skip
    owner = forms.TypedChoiceField(label="负责人", coerce=int, help_text="须在本区域或上级有岗位，会收到待办。")
    due = forms.DateField(label="期限", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, figure: Figure, viewer: Any, **kwargs: Any) -> None:
        today = clock.today()
        days = int(params.get("indicators.plan_days", on=today).value)
        aim = figure.limit
        if figure.kind == "least" and not figure.single:
            aim = None
        kwargs.setdefault("initial", {"aim": aim if aim is not None else 100, "due": today + timedelta(days=days),
                                      "owner": viewer.user_id})  # fmt: skip
        super().__init__(*args, **kwargs)
        self.fields["aim"].help_text = f"单位：{figure.unit}；{figure.aim}。"
        self.fields["owner"].choices = owner_choices(figure.area, today)  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    """Say how a plan stands, or why it ends."""

    note = forms.CharField(label="情况", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
