"""Forms of accounts: they take spellings; the rules are in actions."""

from __future__ import annotations

from typing import Any

from django import forms

from sanshe.areas.public import Area, Body, descendants, home_area, in_force
from sanshe.kernel.fields import CheckedField
from sanshe.kernel.identifiers import clean_phone

from .words import ADMINISTRATORS, BODY_ROLES, Role

_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AccountForm(forms.Form):
    """A new account."""

    name = forms.CharField(
        label="姓名", max_length=40, error_messages={"required": "请填写姓名。", "max_length": "姓名最多 40 个字。"}
    )
    username = forms.CharField(
        label="用户名",
        max_length=40,
        help_text="登录用，小写字母、数字、点、横线或下划线，例如：renhe.chuangkou01。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请填写用户名。", "max_length": "用户名最多 40 位。"},
    )
    phone = CheckedField(clean_phone, label="手机号码", required=False, help_text="填写后也可以用手机号码登录。")
    email = forms.EmailField(
        label="电子邮箱", required=False, error_messages={"invalid": "电子邮箱的写法不对，例如：name@example.com。"}
    )


class ProfileForm(forms.Form):
    """One's own contact data."""

    phone = CheckedField(clean_phone, label="手机号码", required=False, help_text="可用它登录，也用于联系您。")
    email = forms.EmailField(
        label="电子邮箱",
        required=False,
        help_text="填写后，事项进展会同时发到邮箱。",
        error_messages={"invalid": "电子邮箱的写法不对，例如：name@example.com。"},
    )


class LockForm(forms.Form):
    """Why an account is stopped."""

    reason = forms.CharField(
        label="停用原因",
        max_length=200,
        help_text="例如：调离本单位。",
        error_messages={"required": "请写明停用的原因。", "max_length": "停用原因最多 200 个字。"},
    )


class AppointForm(forms.Form):
    """A post for a user. Which of area and body is needed follows from the role."""

    role = forms.ChoiceField(label="岗位", error_messages={"required": "请选择岗位。"})
    area = forms.ModelChoiceField(
        Area.objects.none(),
        label="任职区域",
        required=False,
        help_text="岗位覆盖所选区域和它下面的全部区域。",
        empty_label="（不选）",
    )
    body = forms.ModelChoiceField(
        Body.objects.none(), label="任职机构", required=False, empty_label="（不选）",
        help_text="承办单位、社会组织的岗位选机构，其他岗位选区域。",
    )  # fmt: skip
    valid_from = forms.DateField(
        label="起效日", required=False, widget=_DATE, help_text="不填则从今天起。",
        error_messages={"invalid": "日期写法不对，例如：2026-07-01。"},
    )  # fmt: skip
    valid_to = forms.DateField(
        label="失效日", required=False, widget=_DATE, help_text="从这一天起不再有效；不填则长期有效。",
        error_messages={"invalid": "日期写法不对，例如：2026-07-01。"},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        root = home_area()
        groups: list[tuple[str, Any]] = [("", "请选择")]
        groups.append(("在区域任职", [(r.value, r.label) for r in Role if r not in BODY_ROLES | ADMINISTRATORS]))
        groups.append(("在机构任职", [(r.value, r.label) for r in Role if r in BODY_ROLES]))
        groups.append(("三员（不得兼任）", [(r.value, r.label) for r in Role if r in ADMINISTRATORS]))
        self.fields["role"].choices = groups  # type: ignore[attr-defined]
        area, body = self.fields["area"], self.fields["body"]
        area.queryset = descendants(root)  # type: ignore[attr-defined]
        area.label_from_instance = _indented  # type: ignore[attr-defined]
        body.queryset = Body.objects.filter(  # type: ignore[attr-defined]
            in_force(), area__lo__gte=root.lo, area__lo__lt=root.hi
        ).select_related("area")
        body.label_from_instance = lambda b: f"{b.name}（{b.area}）"  # type: ignore[attr-defined]


def _indented(area: Area) -> str:
    steps = {"district": 0, "street": 1, "community": 2}.get(area.level, 3)
    return "　" * steps + area.short_name


class AuditForm(forms.Form):
    """What the auditor looks for."""

    who = forms.CharField(label="操作人", required=False, max_length=40, help_text="姓名或用户名")
    kind = forms.ChoiceField(label="对象类别", required=False)
    number = forms.IntegerField(
        label="对象编号", required=False, min_value=1, max_value=2**62,
        error_messages={"invalid": "编号应为数字。", "min_value": "编号应大于 0。", "max_value": "没有这样大的编号。"},
    )  # fmt: skip
    since = forms.DateField(label="从", required=False, widget=_DATE, error_messages={"invalid": "日期写法不对。"})
    until = forms.DateField(label="到", required=False, widget=_DATE, error_messages={"invalid": "日期写法不对。"})

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "全部"), *kinds]  # type: ignore[attr-defined]
