"""The filter rows: every choice is optional, and a wrong one is no choice."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from sanshe.areas.public import Area, AreaLevel, descendants, home_area
from sanshe.kernel import clock, params

from ..words import MatterState, Route
from .fields import Words


def area_choices() -> list[tuple[str, str]]:
    """Streets with their communities below them, as one list; a street means all in it."""
    try:
        rows = descendants(home_area()).filter(level__in=[AreaLevel.STREET, AreaLevel.COMMUNITY])
    except Area.DoesNotExist:
        return []
    # Plain values: sixty objects a page would cost more than the list they are shown beside.
    found = rows.values_list("code", "short_name", "level")[:400]
    return [(code, name if level == AreaLevel.STREET else f"　{name}") for code, name, level in found]


class _Filter(forms.Form):
    area = forms.ChoiceField(label="街道、社区", required=False)
    route = forms.ChoiceField(label="分类", required=False, choices=[("", "全部"), *Route.choices])
    state = forms.ChoiceField(label="状态", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [("", "全部"), *area_choices()]  # type: ignore[attr-defined]
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            ("", "全部"), ("open", "未办结"), ("overdue", self.overdue), *MatterState.choices,
        ]  # fmt: skip

    overdue = "已逾期"

    def chosen(self) -> dict[str, Any]:
        """The choices made, objects in place of codes; wrong ones left out."""
        if not self.is_bound:
            return {}
        self.is_valid()
        given = dict(self.cleaned_data)
        given["area"] = Area.objects.filter(code=given["area"]).first() if given.get("area") else None
        return given


class BoardFilter(_Filter):
    """The public board."""

    overdue = "超过承诺日期"
    text = Words(label="查找", widget=forms.TextInput(attrs={"type": "search", "placeholder": "编号、标题或公开内容"}))
    subject = forms.ChoiceField(label="主题", required=False)
    month = forms.ChoiceField(label="反映月份", required=False)
    help = forms.BooleanField(label="只看征集帮助的", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = [("", "全部"), *month_choices()]  # type: ignore[attr-defined]
        known = [(item["code"], item["name"]) for item in params.get("matter.subjects").value]
        self.fields["subject"].choices = [("", "全部"), *known]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """See _Filter; the month as its first day."""
        given = super().chosen()
        if given.get("month"):
            year, month = given["month"].split("-")
            given["month"] = date(int(year), int(month), 1)
        else:
            given["month"] = None
        return given


def month_choices(count: int = 24) -> list[tuple[str, str]]:
    """The last months, newest first: value and words."""
    day = clock.today().replace(day=1)
    found = []
    for _ in range(count):
        found.append((f"{day:%Y-%m}", f"{day.year}年{day.month}月"))
        day = day.replace(year=day.year - 1, month=12) if day.month == 1 else day.replace(month=day.month - 1)
    return found


class WorkFilter(_Filter):
    """The worker's list."""

    unit = forms.ChoiceField(label="承办单位", required=False)
    urgent = forms.BooleanField(label="只看紧急", required=False)
    text = Words(label="查找", widget=forms.TextInput(attrs={"type": "search", "placeholder": "编号、标题或内容"}))

    def __init__(self, *args: Any, units: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", "全部"), *((str(u.pk), u.name) for u in units)]  # type: ignore[attr-defined]

    field_order = ("text", "state", "route", "area", "unit", "urgent")
