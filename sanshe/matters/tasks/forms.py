"""Forms of tasks to communities."""

from __future__ import annotations

from typing import Any

from django import forms

from sanshe.accounts.public import Post
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer

from ..forms.fields import DayField, Words, whole
from ..models import TaskOrder
from . import queries
from .words import OrderState


def _reason(label: str, hint: str = "", rows: int = 3) -> Words:
    return Words(rows=rows, label=label, help_text=hint, required=True, error_messages={"required": f"请填写{label}。"})


class AskForm(forms.Form):
    """A task is asked. With several posts one is chosen; with one community there is nothing to choose."""

    post = forms.TypedChoiceField(label="以哪个岗位提出", coerce=int, error_messages={
        "required": "请选择岗位。", "invalid_choice": "请从您的岗位中选择。"})  # fmt: skip
    title = _reason("任务", "一句话，例如：协助第八次人口普查入户引导。", 0)
    text = _reason("要社区做什么", "写清做到什么程度、用什么方式；社区不做的写明由谁做。", 5)
    basis = _reason("依据", "哪个文件的哪一条。", 2)
    until = DayField(label="完成日期")
    hours = forms.IntegerField(label="每个社区预计工时（小时）", min_value=1, error_messages={
        "required": "请估计每个社区要花多少小时。", "invalid": "请填写整数。", "min_value": "至少 1。"})  # fmt: skip
    item = forms.TypedChoiceField(
        label="依据协助清单的哪一条", coerce=whole, required=False, empty_value=None,
        help_text="不选时由系统按文字对照。选的与文字对不上的，要先审核准入。",
        error_messages={"invalid_choice": "请从列出的条目中选择。"},
    )  # fmt: skip
    funds = Words(rows=2, label="随任务拨付的经费", help_text="协助清单要求经费的必填：多少、从哪里来。")
    people = Words(rows=2, label="派出的人手", help_text="协助清单要求派人的必填：派谁、几人、什么时候到。")
    communities = forms.TypedMultipleChoiceField(label="由哪些社区承担", coerce=int, error_messages={
        "required": "请选择由哪些社区承担，至少一个。", "invalid_choice": "请从列出的社区中选择。",
        "invalid_list": "请从列出的社区中选择。"})  # fmt: skip
    field_order = ("post", "title", "text", "basis", "communities", "until", "hours", "item", "funds", "people")

    def __init__(self, *args: Any, posts: list[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        self.fields["post"].choices = [(str(p.pk), str(p.body or p.area)) for p in posts]  # type: ignore[attr-defined]
        if len(posts) == 1:
            self.fields["post"].initial = posts[0].pk
            self.fields["post"].widget = forms.HiddenInput()
        seen: dict[int, Any] = {}
        for post in posts:
            for area in queries.reachable(post):
                seen.setdefault(area.pk, area)
        groups: dict[str, list[tuple[str, str]]] = {}
        for area in seen.values():
            groups.setdefault(str(area.parent or ""), []).append((str(area.pk), area.short_name))
        self.fields["communities"].choices = list(groups.items())  # type: ignore[attr-defined]
        self.fields["communities"].widget = forms.CheckboxSelectMultiple(
            attrs={"class": "tick-many"}, choices=list(groups.items())
        )
        least = params.get("task.least_days", on=today).shown
        self.fields["until"].help_text = f"至少提前 {least}。"
        self.fields["item"].choices = [("", "由系统按文字对照"), *queries.grounds(today)]  # type: ignore[attr-defined]


class _Decide(forms.Form):
    """A decision with its reason, and an item that it may cite."""

    wants_object = True
    decision = _reason("理由", "下派单位会看到。")
    item = forms.TypedChoiceField(label="引用清单的哪一条", coerce=whole, required=False, empty_value=None,
                                  error_messages={"invalid_choice": "请从列出的条目中选择。"})  # fmt: skip

    def __init__(self, *args: Any, obj: TaskOrder, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "清单外，一次性准入"), *queries.grounds(clock.today())]
        self.fields["item"].choices = choices  # type: ignore[attr-defined]
        if obj.item_id is not None and str(obj.item_id) in dict(choices):
            self.fields["item"].initial = obj.item_id


class AdmitForm(_Decide):
    """A task is admitted."""


class TurnAwayForm(_Decide):
    """A task is not admitted."""

    def __init__(self, *args: Any, obj: TaskOrder, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, viewer=viewer, **kwargs)
        self.fields["item"].choices = [  # type: ignore[attr-defined]
            ("", "不引用条目"), *queries.grounds_to_refuse(clock.today())
        ]  # fmt: skip
        self.fields["item"].initial = None


class ObjectForm(forms.Form):
    """The asker objects."""

    objection = _reason("为什么应当由社区办", "由新区决定。一项任务只能提一次。", 4)


class DismissForm(forms.Form):
    """An objection is dismissed."""

    decision = _reason("理由", "下派单位会看到。", 4)


class ReportForm(forms.Form):
    """A community reports."""

    report = _reason("完成情况", "做了什么、做到什么程度。不需要照片。", 4)
    spent = forms.IntegerField(label="实际用了多少小时", required=False, min_value=0, help_text="用来核对当初的估计。",
                               error_messages={"invalid": "请填写整数。", "min_value": "不能小于 0。"})  # fmt: skip


class TaskFilter(forms.Form):
    """The list's filters; a wrong choice is no choice."""

    figure = forms.CharField(required=False, widget=forms.HiddenInput)
    asker = forms.CharField(required=False, widget=forms.HiddenInput)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *OrderState.choices])
    year = forms.TypedChoiceField(label="年份", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this = clock.today().year
        years = [("", "全部"), *((str(y), f"{y} 年") for y in range(this, this - 5, -1))]
        self.fields["year"].choices = years  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """What was chosen rightly."""
        self.is_valid()
        return {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}
