"""Forms of mutual help: few fields, large choices; checks are in actions."""

from __future__ import annotations

from typing import Any

from django import forms

from sanshe.areas.public import Area, communities_of, home_area
from sanshe.kernel import params
from sanshe.kernel.access import Viewer

from .access import DESK
from .models import kind_choices, time_choices
from .words import PostState, Side, Why


def _text(label: str, rows: int, hint: str = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": f"请填写{label}。", "null_characters_not_allowed": f"{label}里有无法识别的符号。"},
    )


class PostForm(forms.Form):
    """What one asks or offers."""

    side = forms.ChoiceField(
        label="您要", choices=[(Side.REQUEST, "请邻居帮忙"), (Side.OFFER, "帮邻居的忙")], widget=forms.RadioSelect,
        error_messages={"required": "请选择是求助还是愿意帮忙。"},
    )  # fmt: skip
    kind = forms.ChoiceField(label="什么忙", error_messages={"required": "请选择是什么忙。"})
    text = _text("说明", 3, "一两句话，例如「想请人周六上午陪我去医院复查」。不要写电话和门牌号。")
    times = forms.MultipleChoiceField(
        label="什么时候方便", required=False, widget=forms.CheckboxSelectMultiple, help_text="都可以的不用选。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "（请选择）"), *kind_choices()]  # type: ignore[attr-defined]
        self.fields["times"].choices = time_choices()  # type: ignore[attr-defined]
        self.fields["text"].help_text += f"最多 {params.get('mutual.text_most').shown}。"


class DeskForm(PostForm):
    """The desk posts for somebody without an account."""

    area = forms.ModelChoiceField(
        Area.objects.none(), label="住在哪个社区", empty_label=None,
        error_messages={"required": "请选择社区。", "invalid_choice": "请从列表中选择社区。"},
    )  # fmt: skip
    name = forms.CharField(label="本人姓名", max_length=40, error_messages={"required": "请填写本人姓名。"})
    phone = forms.CharField(
        label="本人电话", max_length=30, help_text="双方都同意以前，邻居看不到。",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        error_messages={"required": "请填写本人电话。"},
    )  # fmt: skip
    field_order = ("area", "name", "phone", "side", "kind", "text", "times")

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids: set[int] = set()
        for role in DESK:
            scope = viewer.grants.areas.get(str(role))
            ids |= set(scope.ids) if scope else set()
        field: Any = self.fields["area"]
        field.queryset = communities_of(home_area().pk).filter(pk__in=ids).select_related("parent")
        field.label_from_instance = lambda a: a.short_name
        self.fields["side"].label = "本人要"


class ProposeForm(forms.Form):
    """A word to the neighbour."""

    counter = forms.TypedChoiceField(
        label="用哪一条来回应", coerce=int, required=False, empty_value=None, widget=forms.RadioSelect
    )
    words = _text("留言", 2, "可以不填，例如「我周六上午有空」。不要写电话：同意后会互相看到。", required=False)

    def __init__(self, *args: Any, counters: list[Any], must: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not counters:
            del self.fields["counter"]
            return
        rows = [(p.pk, f"{p.called}：{p.text[:30]}") for p in counters]
        field: Any = self.fields["counter"]
        field.choices = rows if must else [("", "不用，直接回应"), *rows]
        field.required = must
        field.error_messages["required"] = "请选择替哪一位回应。"


class HoursForm(forms.Form):
    """When, and how long."""

    done_on = forms.DateField(
        label="哪一天", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写哪一天。", "invalid": "请填写日期，例如 2026年7月3日。"},
    )  # fmt: skip
    hours = forms.DecimalField(
        label="用了几小时", help_text="按半小时填写，例如 0.5、1、1.5。",
        widget=forms.NumberInput(attrs={"step": "0.5", "min": "0.5", "inputmode": "decimal"}),
        error_messages={"required": "请填写用了几小时。", "invalid": "请填写数字，例如 1.5。"},
    )  # fmt: skip


class DifferForm(forms.Form):
    """How long it took as the other one remembers."""

    hours = forms.DecimalField(
        label="您认为用了几小时", help_text="由社区党组织书记、居委会主任核定。",
        widget=forms.NumberInput(attrs={"step": "0.5", "min": "0.5", "inputmode": "decimal"}),
        error_messages={"required": "请填写几小时。", "invalid": "请填写数字，例如 1.5。"},
    )  # fmt: skip


class SettleForm(forms.Form):
    """What counts, and why."""

    hours = forms.DecimalField(
        label="核定的时间（小时）",
        widget=forms.NumberInput(attrs={"step": "0.5", "min": "0.5", "inputmode": "decimal"}),
        error_messages={"required": "请填写几小时。", "invalid": "请填写数字，例如 1.5。"},
    )  # fmt: skip
    reason = _text("理由", 2, "双方会看到，例如「分别问过双方，以门卫登记为准」。")


class ReportForm(forms.Form):
    """What is wrong."""

    why = forms.ChoiceField(label="原因", choices=Why.choices, widget=forms.RadioSelect,
                            error_messages={"required": "请选择原因。"})  # fmt: skip
    text = _text("说明", 3, "可以不填。对方不会知道是谁举报的。", required=False)


class AnswerForm(forms.Form):
    """What was found."""

    answer = _text("处理的理由", 3, "举报人会看到；隐藏、提醒、停止参加的，本人也会看到。")


class ReasonForm(forms.Form):
    """Why it is hidden."""

    reason = _text("理由", 2, "本人会看到。")


class AroundFilter(forms.Form):
    """Narrows what neighbours offer and ask."""

    side = forms.ChoiceField(label="类型", required=False, choices=[("", "求助和愿意帮忙"), *Side.choices])
    kind = forms.ChoiceField(label="什么忙", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "全部"), *kind_choices()]  # type: ignore[attr-defined]


class DeskFilter(forms.Form):
    """Narrows the community's list."""

    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部状态"), *PostState.choices])
    side = forms.ChoiceField(label="类型", required=False, choices=[("", "求助和愿意帮忙"), *Side.choices])


class YearFilter(forms.Form):
    """The time of the counts."""

    year = forms.TypedChoiceField(label="年份", coerce=int, required=False)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(y, f"{y} 年") for y in years]  # type: ignore[attr-defined]
