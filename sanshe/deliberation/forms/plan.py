"""The plan of a deliberation, opening it, and the filters of lists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from sanshe.accounts.public import Role
from sanshe.areas.public import Area, AreaLevel, Body, BodyKind, in_force
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer

from .. import queries, rules
from ..access import COMMUNITY
from ..models import Deliberation
from ..words import DeliberationState, Form, Scope
from .fields import Line, Lines, Moment, One, Pick


def posts_in(viewer: Viewer, *roles: Role) -> Any:
    """The communities that the viewer's posts with these roles cover."""
    rows = Area.objects.filter(in_force(), level=AreaLevel.COMMUNITY)
    scopes = [s for role in roles if (s := viewer.grants.areas.get(str(role)))]
    if any(s.everywhere for s in scopes):
        return rows
    found = Area.objects.none()
    ids = {pk for s in scopes for pk in s.ids}
    found = rows.filter(pk__in=ids)
    for scope in scopes:
        for lo, hi in scope.ranges:
            found = found | rows.filter(lo__gte=lo, lo__lt=hi)
    return found


class Plan(forms.Form):
    """What is to be settled, by whom, and in which form."""

    title = Line(label="题目", help_text="一句话说清要商量什么，例如「三号楼前空地怎么用」。最多 80 个字。")
    question = Lines(rows=3, label="要商量的问题", help_text="写成大家能回答的问题，最多 500 个字。")
    background = Lines(
        rows=5,
        label="背景",
        required=False,
        help_text="已知的事实、试过的办法、花费和限制。会公开，请不要写姓名和门牌号。",
    )
    scope = One(label="涉及的范围", choices=Scope.choices, widget=forms.RadioSelect)
    group_text = Line(
        label="哪个小组或哪些居民",
        required=False,
        help_text="范围是居民小组或部分居民时填写，例如「三组」「12 栋住户」。",
    )
    form = One(label="协商形式", choices=Form.choices, widget=forms.RadioSelect)
    public = forms.BooleanField(
        label="向社会公开（题目、展示的意见、协商意见和落实进展）", required=False, initial=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].help_text = rules.forms_table()
        self.initial.setdefault("scope", Scope.COMMUNITY)
        self.initial.setdefault("form", Form.COUNCIL)
        self.initial.setdefault("public", True)


def _bodies(form: forms.Form, area: Area) -> None:
    """The bodies of a community that may lead, the first of each kind filled in."""
    for name, kind, label in (
        ("party_body", BodyKind.PARTY_ORGANISATION, "牵头的社区党组织"),
        ("committee_body", BodyKind.RESIDENTS_COMMITTEE, "牵头的居委会"),
    ):
        rows = Body.objects.filter(in_force(), area=area, kind=kind).order_by("id")
        form.fields[name] = Pick(rows, label=label, required=False)
        if form.initial.get(name) is None:
            form.initial[name] = rows.first()


class PlanForm(Plan):
    """Changing a draft."""

    wants_object = True

    def __init__(self, *args: Any, obj: Deliberation, viewer: Viewer, **kwargs: Any) -> None:
        names = ("title", "question", "background", "scope", "group_text", "form", "public")
        initial = {name: getattr(obj, name) for name in names}
        initial |= {"party_body": obj.party_body_id, "committee_body": obj.committee_body_id}
        super().__init__(*args, initial=initial, **kwargs)
        _bodies(self, obj.area)


class StartForm(Plan):
    """A new deliberation, proposed by the community."""

    area = Pick(Area.objects.none(), label="社区")
    field_order = ["area"]

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = posts_in(viewer, *COMMUNITY).order_by("lo")
        self.fields["area"].queryset = rows  # type: ignore[attr-defined]
        if rows[:2].count() == 1:
            self.initial.setdefault("area", rows.first())


class TopicPlanForm(Plan):
    """A new deliberation for a topic that waits."""

    wants_object = True

    def __init__(self, *args: Any, obj: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, initial={"title": obj.title}, **kwargs)
        _bodies(self, obj.area)
        if obj.matter_id is not None:
            self.fields["title"].help_text += " 题目会公开，请改写居民原话里的姓名和门牌号。"


class JoinForm(forms.Form):
    """Which deliberation a topic joins."""

    wants_object = True
    deliberation = Pick(Deliberation.objects.none(), label="并入哪次协商", help_text="列出本社区还没有结束的协商。")

    def __init__(self, *args: Any, obj: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deliberation"].queryset = queries.joinable(viewer, obj)  # type: ignore[attr-defined]


class OpenForm(forms.Form):
    """Until when views are collected."""

    deadline = Moment(label="意见征集截止")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        least = params.get("deliberation.statement_days")
        self.fields["deadline"].help_text = f"至少开放 {least.value} 天。截止后由您约定会议，系统不会自动进入下一步。"
        day = clock.now().replace(hour=18, minute=0, second=0, microsecond=0)
        self.initial.setdefault("deadline", day + timedelta(days=int(least.value) + 4))


def _areas(viewer: Viewer | None = None) -> Any:
    levels = (AreaLevel.STREET, AreaLevel.COMMUNITY)
    return Area.objects.filter(in_force(), level__in=levels).order_by("lo")


class AreaChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A street or a community; communities are set in below their street."""

    def label_from_instance(self, obj: Any) -> str:
        """The short name."""
        return f"　{obj.short_name}" if obj.level == AreaLevel.COMMUNITY else obj.short_name


class BoardFilter(forms.Form):
    """The filter of the public list."""

    area = AreaChoice(Area.objects.none(), label="街道、社区", required=False, empty_label="全部", to_field_name="code")
    show = forms.ChoiceField(
        label="进展", required=False, choices=[("", "全部"), ("open", "正在协商"), ("ended", "已经结束")]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = _areas()  # type: ignore[attr-defined]


class DeskFilter(forms.Form):
    """The filter of the workbench's list."""

    q = forms.CharField(label="题目或编号", required=False, max_length=80)
    area = AreaChoice(Area.objects.none(), label="街道、社区", required=False, empty_label="全部", to_field_name="code")
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *DeliberationState.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = _areas()  # type: ignore[attr-defined]
