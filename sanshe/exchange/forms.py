"""Forms of exchange."""

from __future__ import annotations

from typing import Any

from django import forms

from sanshe.areas.public import Area, AreaLevel, descendants, handling_units_for, home_area, in_force
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.matters.public import Route, criteria_in_force

from .access import OFFICERS
from .models import Source
from .words import Scope, SourceKind


def _communities() -> list[tuple[str, Any]]:
    """The communities of the home area by street, for a select."""
    try:
        home = home_area()
    except Area.DoesNotExist:
        return [("", "还没有载入社区")]
    groups: list[tuple[str, Any]] = [("", "请选择社区")]
    street: list[tuple[str, str]] = []
    rows = descendants(home).filter(level__in=[AreaLevel.STREET, AreaLevel.COMMUNITY])
    for pk, level, name, short in rows.values_list("pk", "level", "name", "short_name")[:3000]:
        if level == AreaLevel.STREET:
            street = []
            groups.append((name, street))
        else:
            if len(groups) == 1:
                groups.append((home.short_name, street))
            street.append((str(pk), short))
    return groups


class ChangeForm(forms.Form):
    """What may be changed of a connected system."""

    name = forms.CharField(label="系统名称", help_text="例如：区群工系统、悦澜小区业主群。",
                           error_messages={"required": "请填写系统名称。"})  # fmt: skip
    area = forms.TypedChoiceField(
        label="默认受理社区", coerce=int, choices=_communities,
        help_text="来件没有写明地点，或地点认不出时，由这个社区受理。",
        error_messages={"required": "请选择社区。", "invalid_choice": "请从列出的社区中选择。"},
    )  # fmt: skip
    answers_to = forms.CharField(
        label="结果送到的地址", required=False,
        help_text="对方接收办理结果的网址，例如 https://qungong.example/answers。没有就不填，结果由工作人员导出表格带回。",
    )  # fmt: skip
    forwards_to = forms.CharField(
        label="转交事项送到的地址", required=False,
        help_text="对方接收转交事项的网址，例如 https://qungong.example/matters。没有就不填，由工作人员导出表格带去。",
    )  # fmt: skip
    gives_contact = forms.BooleanField(
        label="转交时带上反映人的称呼和电话", required=False,
        help_text="只在对方需要直接联系反映人、并有依据时勾选；不勾选时，对方请反映人补充，由本平台转告。",
    )  # fmt: skip


class SourceForm(ChangeForm):
    """Connecting a system."""

    kind = forms.ChoiceField(label="种类", choices=[("", "请选择"), *SourceKind.choices], error_messages={
        "required": "请选择系统的种类。", "invalid_choice": "请从列出的种类中选择。"})  # fmt: skip
    code = forms.CharField(label="接入代号", help_text="写在接入地址里，用小写字母、数字和短横线，例如 qungong。",
                           error_messages={"required": "请填写接入代号。"})  # fmt: skip
    field_order = ("name", "kind", "code", "area", "answers_to", "forwards_to", "gives_contact")


class SheetForm(forms.Form):
    """A sheet to take in."""

    file = forms.FileField(label="表格", required=False,
                           help_text="xlsx、xls 或 csv。第一行是表头；只有“内容”一列必须有。",
                           widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}))  # fmt: skip


class TokenForm(forms.Form):
    """A token for oneself."""

    name = forms.CharField(
        label="用途", help_text="例如：街道数据汇总程序。", error_messages={"required": "请写明用途。"}
    )
    scope = forms.ChoiceField(label="权限", choices=Scope.choices, help_text="只读的令牌不能办理任何一步。")
    days = forms.IntegerField(label="有效期（天）", min_value=1, initial=90, error_messages={
        "required": "请填写有效期。", "invalid": "请填写整数。", "min_value": "至少 1 天。"})  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].help_text = f"最长 {params.get('intake.token_days_most').value} 天，到期自动失效。"


class StatesForm(forms.Form):
    """A sheet with the state of matters over there."""

    file = forms.FileField(label="表格", required=False,
                           help_text="xlsx、xls 或 csv。要有“编号”，再加“状态”或“办理结果”。",
                           widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}))  # fmt: skip


class RuleForm(forms.Form):
    """Which matters go to a system by themselves."""

    area = forms.TypedChoiceField(
        label="哪里的事项", coerce=int, help_text="包括所选区域以下的全部社区。",
        error_messages={"required": "请选择区域。", "invalid_choice": "请从列出的区域中选择。"},
    )  # fmt: skip
    criterion = forms.ChoiceField(
        label="哪一类", required=False, help_text="按分流时引用的标准；不选就不论哪一类。",
        error_messages={"invalid_choice": "请从列出的标准中选择。"},
    )  # fmt: skip
    unit = forms.TypedChoiceField(
        label="交给哪个单位的", coerce=int, empty_value=None, required=False,
        help_text="分流给这个单位的事项，由对方系统以这个单位的名义办理；不选就不论哪个单位。",
        error_messages={"invalid_choice": "请从列出的单位中选择。"},
    )  # fmt: skip

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        areas = _areas_of(viewer)
        self.fields["area"].choices = [("", "请选择"), *((str(a.pk), a.name) for a in areas)]  # type: ignore[attr-defined]
        rows = criteria_in_force(today).filter(route=Route.GOVERNMENT).order_by("code")
        self.fields["criterion"].choices = [("", "不论哪一类"), *rows.values_list("code", "name")]  # type: ignore[attr-defined]
        units = {u.pk: u.name for a in areas[:1] for u in handling_units_for(a, today)}
        self.fields["unit"].choices = [("", "不论哪个单位"), *((str(k), v) for k, v in units.items())]  # type: ignore[attr-defined]


def _areas_of(viewer: Viewer) -> list[Area]:
    """The streets and communities that the viewer's post as an officer covers."""
    rows = Area.objects.filter(in_force(clock.today())).exclude(level=AreaLevel.GROUP).order_by("lo")
    found: list[Area] = []
    for role in OFFICERS:
        scope = viewer.grants.areas.get(str(role))
        if scope is not None:
            found += [a for a in rows if scope.covers(a.pk, a.lo)]
    return list(dict.fromkeys(found))[:600]


class HandOverForm(forms.Form):
    """Handing one matter to a system."""

    code = forms.ChoiceField(label="转交给", error_messages={
        "required": "请选择转交给哪个系统。", "invalid_choice": "请从列出的系统中选择。"})  # fmt: skip
    reason = forms.CharField(label="说明", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
                             help_text="选填，例如：涉及市管道路，由群工系统统一派单。",
                             error_messages={"max_length": "最多 300 个字。"})  # fmt: skip

    def __init__(self, *args: Any, systems: list[Source], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(s.code, s.name) for s in systems]
        self.fields["code"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["code"].initial = choices[0][0]


class SettleForm(forms.Form):
    """What was done about a message."""

    note = forms.CharField(label="怎样处理的", widget=forms.Textarea(attrs={"rows": 3}),
                           help_text="例如：已与对方电话核对，按我方结果为准；已把来文转告承办单位。",
                           error_messages={"required": "请写明怎样处理的。"})  # fmt: skip
