"""A dispute as a party or the desk enters it."""

from __future__ import annotations

from typing import Any

from django import forms

from sanshe.areas.public import Area, communities_of, home_area
from sanshe.kernel.access import Viewer
from sanshe.people.public import home_of

from ..access import DESK
from ..actions import PartyGiven
from ..models import kind_choices
from ..words import DisputeState, Side
from .fields import Line, Lines, One, Pick

_PHONE_HINT = "11 位手机号码。填了并且与档案相符，对方登录后可以自己答复；不填则由社区联系。"


def _community(form: forms.Form, rows: Any) -> None:
    field: Any = form.fields["area"]
    field.queryset = rows.select_related("parent")
    field.label_from_instance = lambda a: f"{a.parent} {a.short_name}"


class ApplyForm(forms.Form):
    """A party applies: whom with, about what, and what would settle it."""

    area = Pick("所在的社区", Area.objects.none(), help_text="由这个社区的人民调解委员会受理。")
    kind = One("纠纷的类别", ())
    other_name = Line("对方的姓名或名称", help_text="例如「张某某」「某某物业公司」。")
    other_phone = Line("对方的电话", required=False, help_text=_PHONE_HINT, attrs={"inputmode": "tel"})
    about = Lines(
        "纠纷情况",
        6,
        help_text="什么时候、在哪里、因为什么、现在怎样。加密保存，只有双方、调解员和调解委员会负责人能看到。",
    )
    wish = Lines("希望怎样解决", 3, required=False, help_text="可以不填，调解时再说。")

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _community(self, communities_of(home_area().pk))
        self.fields["kind"].choices = [("", "（请选择）"), *kind_choices()]  # type: ignore[attr-defined]
        self.initial.setdefault("area", home_of(viewer))

    def parties(self) -> list[PartyGiven]:
        """The other side as typed."""
        given = self.cleaned_data
        return [PartyGiven(Side.SECOND, given["other_name"], given["other_phone"], "other_")]


class DeskForm(forms.Form):
    """The desk enters it for both sides."""

    area = Pick("所在的社区", Area.objects.none())
    kind = One("纠纷的类别", ())
    first_name = Line("申请一方的姓名或名称")
    first_phone = Line("申请一方的电话", required=False, help_text=_PHONE_HINT, attrs={"inputmode": "tel"})
    other_name = Line("另一方的姓名或名称")
    other_phone = Line("另一方的电话", required=False, help_text=_PHONE_HINT, attrs={"inputmode": "tel"})
    third_name = Line("还有一位当事人", required=False, help_text="没有可以不填，例如另一方的家人。")
    third_phone = Line("这位当事人的电话", required=False, attrs={"inputmode": "tel"})
    about = Lines("纠纷情况", 6, help_text="登记后窗口不再显示内容，只有双方、调解员和调解委员会负责人能看到。")
    wish = Lines("申请一方希望怎样解决", 3, required=False)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids: set[int] = set()
        for role in DESK:
            scope = viewer.grants.areas.get(str(role))
            ids |= set(scope.ids) if scope else set()
        rows = communities_of(home_area().pk)
        _community(self, rows)
        mine = rows.filter(pk__in=ids).first()
        if mine is not None:
            self.initial.setdefault("area", mine)
        self.fields["kind"].choices = [("", "（请选择）"), *kind_choices()]  # type: ignore[attr-defined]

    def parties(self) -> list[PartyGiven]:
        """Both sides as typed, and a third person beside the other one."""
        given = self.cleaned_data
        found = [
            PartyGiven(Side.FIRST, given["first_name"], given["first_phone"], "first_"),
            PartyGiven(Side.SECOND, given["other_name"], given["other_phone"], "other_"),
        ]
        if given["third_name"]:
            found.append(PartyGiven(Side.SECOND, given["third_name"], given["third_phone"], "third_"))
        return found


class ListFilter(forms.Form):
    """Narrows the list."""

    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部状态"), *DisputeState.choices])
    kind = forms.ChoiceField(label="类别", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "全部类别"), *kind_choices()]  # type: ignore[attr-defined]


class TieForm(forms.Form):
    """Whom a mediator is related to."""

    name = Line("姓名")
    phone = Line("手机号码", help_text="用来找到这个人的档案，不另外保存。", attrs={"inputmode": "tel"})
    relation = Line("关系", help_text="例如「侄子」「原来的同事」，只有您自己能看到。")


class FiguresFilter(forms.Form):
    """The time of the counts."""

    year = forms.TypedChoiceField(label="登记的年份", coerce=int, required=False)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(y, f"{y} 年") for y in years]  # type: ignore[attr-defined]
