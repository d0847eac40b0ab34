"""Fields and widgets that several forms share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from sanshe.areas.public import Area, AreaLevel, descendants, home_area

from ..models import Criterion


class PhotosInput(forms.ClearableFileInput):
    """Several photos at once, from the camera or the album of a phone."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class PhotosField(forms.FileField):
    """A list of uploads; what they are is judged when they are stored."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "照片")
        kwargs.setdefault("required", False)
        widget = PhotosInput(attrs={"accept": "image/jpeg,image/png,image/webp", "multiple": True})
        super().__init__(widget=widget, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The uploads; an empty selection gives an empty list."""
        if not data:
            return []
        found = data if isinstance(data, (list, tuple)) else [data]
        return [super(PhotosField, self).clean(one, initial) for one in found if one]


class Words(forms.CharField):
    """A text without NUL characters, which neither PostgreSQL nor people have a use for."""

    def __init__(self, rows: int = 0, **kwargs: Any) -> None:
        if rows:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """The typed text, NUL left out."""
        return str(super().to_python(value) or "").replace("\x00", "")

    def run_validators(self, value: Any) -> None:
        """The lengths are the actions' to judge, with their own sentence; Django's NUL check has nothing to find."""


def community_choices() -> list[tuple[str, Any]]:
    """The communities of the area that this installation serves, grouped by street. One query."""
    try:
        home = home_area()
    except Area.DoesNotExist:
        return [("", "还没有载入社区")]
    groups: list[tuple[str, Any]] = [("", "请选择社区")]
    street: list[tuple[str, str]] = []
    rows = descendants(home).filter(level__in=[AreaLevel.STREET, AreaLevel.COMMUNITY, AreaLevel.GROUP])
    for pk, level, name, short_name in rows.values_list("pk", "level", "name", "short_name")[:3000]:
        if level == AreaLevel.STREET:
            street = []
            groups.append((name, street))
        else:
            if len(groups) == 1:
                groups.append((home.short_name, street))
            street.append((str(pk), short_name))
    return groups


class CommunityField(forms.TypedChoiceField):
    """A community of the home area."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "所在社区")
        kwargs.setdefault("error_messages", {
            "required": "请选择事情发生在哪个社区。", "invalid_choice": "请从列出的社区中选择。",
        })  # fmt: skip
        super().__init__(coerce=int, choices=community_choices, **kwargs)


class DayField(forms.DateField):
    """A day, chosen from a calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"required": "请选择日期。", "invalid": "日期请写成 2026-06-30 的样子。"})
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


def criterion_choices(rows: QuerySet[Criterion], proposed: list[int]) -> list[tuple[str, Any]]:
    """Criteria for a select: those proposed first, then all, then the way without one."""
    all_rows = list(rows)
    by_id = {row.pk: row for row in all_rows}
    first = [(str(pk), by_id[pk].name) for pk in proposed if pk in by_id]
    rest = [(str(row.pk), row.name) for row in all_rows if row.pk not in proposed]
    choices: list[tuple[str, Any]] = [("", "请选择依据的标准")]
    if first:
        choices.append(("与描述相符的（仅供参考）", first))
    if rest:
        choices.append(("其他标准" if first else "现行标准", rest))
    choices.append(("none", "没有合适的标准（理由要写详细）"))
    return choices


def whole(value: Any) -> int | None:
    """A choice's key as a number; "none" and nothing as None."""
    if value in ("", "none", None):
        return None
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ValidationError("请从列出的选项中选择。") from None
