"""Forms of exchange."""

from __future__ import annotations

from typing import Any

from django import forms

from sanshe.areas.public import Area, AreaLevel, descendants, home_area
from sanshe.kernel import params

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


class SourceForm(ChangeForm):
    """Connecting a system."""

    kind = forms.ChoiceField(label="种类", choices=[("", "请选择"), *SourceKind.choices], error_messages={
        "required": "请选择系统的种类。", "invalid_choice": "请从列出的种类中选择。"})  # fmt: skip
    code = forms.CharField(label="接入代号", help_text="写在接入地址里，用小写字母、数字和短横线，例如 qungong。",
                           error_messages={"required": "请填写接入代号。"})  # fmt: skip
    field_order = ("name", "kind", "code", "area", "answers_to")


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
