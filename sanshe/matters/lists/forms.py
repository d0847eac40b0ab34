"""Forms of the lists: an item of each list, beginning a draft, putting it in force, choosing what to compare."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from sanshe.kernel import params

from ..forms.fields import DayField, Words
from ..text import plain
from ..words import DeadlineKind, Route
from .kinds import CRITERIA, DUTIES, Kind
from .words import DutyKind

#: What may stand between two words.
BETWEEN = re.compile(r"[、，,；;\s]+")
WORD_LONGEST, WORDS_MOST = 30, 60


class WordsField(Words):
    """Words in one box, told apart by commas, spaces or lines; the value is a list without doublets."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(rows=3, required=True, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "、".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """The list of words."""
        found = list(dict.fromkeys(word for word in BETWEEN.split(plain(super().clean(value))) if word))
        long = next((word for word in found if len(word) > WORD_LONGEST), "")
        if long:
            raise ValidationError(f"“{long[:12]}…”太长，一个关键词最多 {WORD_LONGEST} 个字，请用顿号分开。")
        if len(found) > WORDS_MOST:
            raise ValidationError(f"最多 {WORDS_MOST} 个关键词，现在有 {len(found)} 个，请合并或另设一条。")
        return found


class _Text(Words):
    """A text with a longest length, line ends made plain."""

    def __init__(self, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """The text without space around it."""
        kept = plain(str(super().clean(value)))
        if len(kept) > self.most:
            raise ValidationError(f"最多 {self.most} 个字，现在有 {len(kept)} 个字，请精简。")
        return kept


def _needed(what: str) -> dict[str, str]:
    return {"required": f"请填写{what}。"}


class CriterionForm(forms.Form):
    """One criterion of triage."""

    name = _Text(80, label="名称", required=True, help_text="一类事的名称，例如：道路照明与市政设施。",
                 error_messages=_needed("名称"))  # fmt: skip
    route = forms.ChoiceField(label="分类", choices=Route.choices, error_messages={
        "required": "请选择分类。", "invalid_choice": "请从列出的分类中选择。"})  # fmt: skip
    covers = WordsField(label="包括（关键词）", help_text="居民会怎样说：路灯不亮、护栏损坏。用顿号分开。",
                        error_messages=_needed("关键词"))  # fmt: skip
    unit_hint = _Text(80, label="一般由谁承办", help_text="大事写主管单位的叫法，例如：市政、街道平安办。")
    deadline = forms.ChoiceField(label="期限", choices=DeadlineKind.choices, initial=DeadlineKind.DEFAULT)
    urgent = forms.BooleanField(label="紧急，按小时办理", required=False)
    hours = forms.IntegerField(label="几小时内办理", required=False, min_value=1, max_value=48, error_messages={
        "invalid": "请填写整数。", "min_value": "至少 1 小时。", "max_value": "最多 48 小时。"},
        help_text="只有紧急的大事填写。")  # fmt: skip
    guidance = _Text(1000, rows=4, label="指引", help_text="告诉居民先做什么、怎样自己办。私事必填。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = [
            (kind.value, f"{kind.label}（{params.get(f'matter.deadline_{kind.value}').shown}）")
            for kind in DeadlineKind
        ]
        self.fields["deadline"].choices = shown  # type: ignore[attr-defined]


class DutyForm(forms.Form):
    """One duty."""

    name = _Text(80, label="名称", required=True, help_text="一件事的名称，例如：协助开展流动人口登记。",
                 error_messages=_needed("名称"))  # fmt: skip
    kind = forms.ChoiceField(label="清单", choices=DutyKind.choices, error_messages={
        "required": "请选择清单。", "invalid_choice": "请从列出的清单中选择。"})  # fmt: skip
    covers = WordsField(label="包括（关键词）", help_text="任务里会怎样写：开具证明、入户核查。用顿号分开。",
                        error_messages=_needed("关键词"))  # fmt: skip
    says = _Text(500, rows=3, label="界限说明", help_text="社区做到哪一步、不做什么。协助清单必填。")
    leads = _Text(80, label="牵头单位")
    basis = _Text(500, rows=2, label="依据", required=True, error_messages=_needed("依据"))
    needs_funds = forms.BooleanField(label="须随任务拨付经费", required=False)
    needs_people = forms.BooleanField(label="须派人到场", required=False)


FORMS: dict[str, type[forms.Form]] = {CRITERIA.key: CriterionForm, DUTIES.key: DutyForm}


class StartForm(forms.Form):
    """A draft begins."""

    version = _Text(20, label="版本号", required=True, help_text="例如 2027-1，不能与已有的相同。",
                    error_messages=_needed("版本号"))  # fmt: skip
    name = _Text(120, label="这一版的名称", required=True, error_messages=_needed("名称"))


class EnforceForm(forms.Form):
    """A draft is put in force."""

    begins = DayField(
        label="自哪一天起施行", help_text="今天或以后。现行的一版到这一天为止；已经分流的事项仍按当时的标准。"
    )
    note = _Text(1000, rows=3, label="这次修订了什么、为什么", required=True, error_messages=_needed("修订说明"))
    source = _Text(500, rows=2, label="依据", required=True, error_messages=_needed("依据"))
    seen = forms.IntegerField(widget=forms.HiddenInput)


def values_of(kind: Kind, form: forms.Form) -> dict[str, Any]:
    """The fields of an item as the form holds them."""
    return {one.name: form.cleaned_data[one.name] for one in kind.fields}
