"""Forms of social organisations."""

from __future__ import annotations

from typing import Any

from django import forms

from sanshe.areas.public import Area, AreaLevel, descendants, home_area
from sanshe.kernel import params

from .triage import Facts
from .words import Form

YES_NO = [("", "还不清楚"), ("1", "有"), ("0", "没有")]
MOST = 10_000_000


def _yes(label: str, hint: str = "") -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, help_text=hint, choices=YES_NO, required=False, coerce=lambda text: text == "1", empty_value=None
    )


def _count(label: str, hint: str = "", most: int = MOST) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=hint, required=False, min_value=0, max_value=most)


class TriageForm(forms.Form):
    """What the triage asks; nothing must be told, but what is not told is not shown."""

    optional: set[str] = set()
    form = forms.ChoiceField(label="想办成哪一种", choices=Form.choices, initial=Form.ASSOCIATION)
    individuals = _count("个人会员或参加的人", "例如 36", 1_000_000)
    units = _count("单位会员", "没有就填 0", 100_000)
    funds = _count("能动用的资金（元）", "开办资金，例如 30000", 2_000_000_000)
    charter = _yes("章程", "写明宗旨、组织和议事办法，草案也算")
    head = _yes("负责人", "推选出来、愿意牵头的人")
    organs = _yes("规范的名称和组织机构")
    place = _yes("固定的住所或场所", "有使用证明")
    staff = _yes("专职工作人员")
    liability = _yes("独立承担民事责任的能力")
    sponsor = _yes("业务主管单位同意")

    def facts(self) -> Facts:
        """What was told. Only for a valid form."""
        return Facts(**self.cleaned_data)


class EnterForm(forms.Form):
    """What the register needs beyond the triage."""

    name = forms.CharField(label="组织名称", max_length=120)
    area = forms.ModelChoiceField(label="常驻社区", queryset=None)
    kind = forms.ChoiceField(label="类别")
    x_kind = forms.ChoiceField(label="“1+X”类型", required=False)
    since = forms.DateField(label="成立日期", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = descendants(home_area(), AreaLevel.COMMUNITY)  # type: ignore[attr-defined]
        self.fields["area"].label_from_instance = _place  # type: ignore[attr-defined]
        for name in ("kind", "x_kind"):
            self.fields[name].choices = [  # type: ignore[attr-defined]
                ("", "请选择"), *[(str(item), str(item)) for item in params.get(f"orgs.{name}s").value]
            ]  # fmt: skip


def _place(area: Area) -> str:
    return f"{area.parent} {area}" if area.parent else str(area)
