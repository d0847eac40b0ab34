"""Forms of people: they take spellings; checks and duplicates are in actions."""

from __future__ import annotations

from typing import Any

from django import forms

from sanshe.areas.public import Area, communities_of, home_area
from sanshe.kernel.access import Viewer

from .words import CorrectedField, PaperKind, Relation, RightsKind


class FindForm(forms.Form):
    """A whole citizen number, other paper's number, or phone. Posted, so that it stands in no address and no log."""

    number = forms.CharField(
        label="证件号码或手机号码",
        max_length=40,
        help_text="须填写完整，例如 18 位公民身份号码或 11 位手机号码；只填几位找不到人。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
        error_messages={"required": "请填写完整的证件号码或手机号码。", "max_length": "号码最多 40 位。"},
    )


class _CommunityForm(forms.Form):
    """Base of forms that ask for a community."""

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["area"]
        field.queryset = communities_of(home_area().pk).select_related("parent")  # type: ignore[attr-defined]
        field.label_from_instance = lambda a: f"{a.parent} {a}"  # type: ignore[attr-defined]


def _area_field() -> forms.ModelChoiceField:  # type: ignore[type-arg]
    return forms.ModelChoiceField(
        Area.objects.none(),
        label="居住的社区",
        required=False,
        empty_label="（暂不清楚）",
        error_messages={"invalid_choice": "请从列表中选择社区。"},
    )


def _text(label: str, hint: str = "", length: int = 60, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=length,
        error_messages={"required": f"请填写{label}。", "max_length": f"{label}最多 {length} 个字。"},
        **kwargs,
    )


class PersonForm(_CommunityForm):
    """A new person."""

    name = _text("姓名")
    citizen_number = _text("公民身份号码", "18 位，末位可能是 X。", 40, required=False)
    paper_kind = forms.ChoiceField(
        label="其他证件", required=False, choices=[("", "（没有公民身份号码时选择）"), *PaperKind.choices]
    )
    paper_number = _text("其他证件号码", "", 60, required=False)
    phone = _text("手机号码", "", 30, required=False)
    address = _text("住址", "写到房号，例如：听澜半岛 3 栋 2 单元 501 室。", 200, required=False)
    area = _area_field()
    override_reason = _text(
        "仍要建档的理由", "仅在确认不是同一人时由社区党组织书记或居委会主任填写。", 200, required=False
    )


class ChangeForm(_CommunityForm):
    """What may change of a person. Number and papers are corrected by a new entry, not by typing over."""

    name = _text("姓名")
    phone = _text("手机号码", "不填则保持原来的号码。", 30, required=False)
    address = _text("住址", "不填则保持原来的住址。", 200, required=False)
    area = _area_field()


class UnmaskForm(forms.Form):
    """Why someone looks at the whole number."""

    reason = _text("查看的事由", "例如：核对低保申请材料。事由会记录在案，本人可以看到。", 200)


class LinkForm(forms.Form):
    """Which account is the person's own."""

    account = _text("本人的用户名或手机号码", "请先核对本人证件，再填写本人登录用的号码。", 60)


class ReasonForm(forms.Form):
    """Why."""

    reason = _text("理由", "例如：核对了户口簿，确是同一人。写入双方档案的历史。", 200)


class MemberForm(forms.Form):
    """A member of a household, named by the whole number."""

    number = _text("证件号码", "填写完整的公民身份号码或其他证件号码；须先有人员档案。", 40)
    relation = forms.ChoiceField(label="与户主关系", choices=Relation.choices)
    since = forms.DateField(
        label="起始日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写起始日期。", "invalid": "请写成 2026-11-23 这样的日期。"},
    )


class EndForm(forms.Form):
    """From which day on someone no longer belongs to the household."""

    on = forms.DateField(
        label="迁出日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写迁出日期。", "invalid": "请写成 2026-11-23 这样的日期。"},
    )


class RequestForm(forms.Form):
    """What the person asks for, of one kind: only a correction asks which and to what."""

    kind = forms.CharField(widget=forms.HiddenInput)
    field = forms.ChoiceField(
        label="要更正的项目",
        choices=[("", "请选择"), *CorrectedField.choices],
        error_messages={"required": "请选择要更正的项目。"},
    )
    new_value = _text("正确的内容", "照证件填写，例如 18 位公民身份号码。", 200)
    words = _text("说明", "", 500, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any = None, *, kind: str) -> None:
        super().__init__(data, initial={"kind": kind})
        hints = {
            RightsKind.COPY: "可以不填。",
            RightsKind.CORRECT: "例如：户口簿上的名字是另一个字。",
            RightsKind.ERASE: "例如：已经搬离本市。未办结的事项和法定的保存期限可能使这项要求暂时不能办理。",
            RightsKind.EXPLAIN: "写明想了解什么，例如：某月某日为什么查看我的号码。",
        }
        self.fields["words"].help_text = hints.get(RightsKind(kind), "")
        self.fields["words"].required = kind == RightsKind.EXPLAIN
        self.fields["words"].error_messages["required"] = "请写明想了解的问题。"
        if kind != RightsKind.CORRECT:
            del self.fields["field"], self.fields["new_value"]


class GrantForm(forms.Form):
    """What is said with the granting."""

    answer = _text(
        "答复",
        "要求解释说明的必须填写；其他的可以不填。",
        1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AnswerForm(forms.Form):
    """The reason of a refusal."""

    answer = _text("理由", "写清依据和事实，本人会看到。", 1000, widget=forms.Textarea(attrs={"rows": 4}))


class ChosenForm(forms.Form):
    """Ticked lines and what is to happen with them."""

    what = forms.ChoiceField(choices=[("mask", "掩码"), ("keep", "按原样保留")])
    chosen = forms.TypedMultipleChoiceField(coerce=int, error_messages={"required": "请先勾选要处理的号码。"})

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        ticked = data.getlist("chosen") if data is not None else []
        # Which of them the viewer may settle, the action asks.
        self.fields["chosen"].choices = [(one, one) for one in ticked if one.isdigit()]  # type: ignore[attr-defined]
