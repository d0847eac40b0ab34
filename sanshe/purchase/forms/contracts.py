"""Forms of contracts: what is asked at each step. The rules are the actions'."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from sanshe.kernel import clock, params

from .fields import Day, Points, Text, YuanField

GRADES = [(5, "非常满意"), (4, "满意"), (3, "基本满意"), (2, "不满意"), (1, "非常不满意")]


class RecordForm(forms.Form):
    """One record of service."""

    on = Day(label="服务日期")
    service = Text(label="做了什么", help_text="一句话，例如「上门探访独居老人并测血压」")
    people = forms.IntegerField(label="服务人数", min_value=0, max_value=100000)
    minutes = forms.IntegerField(
        label="服务时长（分钟）", min_value=1, max_value=6000, help_text="例如两个半小时填 150"
    )
    spent = YuanField(label="支出（元）", initial=0)
    detail = Text(
        rows=4, label="经过（不公开）", required=False, max_length=3000,
        help_text="只有社区、街道和本机构能看到；请不要写服务对象的姓名、电话。",
    )  # fmt: skip
    photo = forms.FileField(
        label="照片", required=False, widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text="可选一张；照片里的拍摄位置等信息会自动去掉。",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today()


class InviteForm(forms.Form):
    """Whom to invite to an acceptance, by telephone number."""

    phones = Text(
        rows=4, label="居民手机号码", max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "inputmode": "tel"}),
        help_text="每行一个，请邀请真正使用过服务的居民。系统会给他们发去验收邀请。",
    )  # fmt: skip

    def clean_phones(self) -> list[str]:
        """Each number once, in the order typed."""
        found = [p for p in re.split(r"[\s,，、;；]+", self.cleaned_data["phones"]) if p]
        if len(found) > 100:
            raise forms.ValidationError("一次最多邀请 100 人，请分几次邀请。")
        return list(dict.fromkeys(found))


class AnswerForm(forms.Form):
    """A resident's answer to an acceptance."""

    agrees = forms.TypedChoiceField(
        label="这项服务可以通过验收吗", choices=[("1", "可以通过"), ("0", "还要改进")], coerce=lambda v: v == "1",
        widget=forms.RadioSelect,
    )  # fmt: skip
    grade = forms.TypedChoiceField(label="您对服务满意吗", choices=GRADES, coerce=int, widget=forms.RadioSelect)
    remark = Text(
        rows=3, label="想说的话", required=False, max_length=1000,
        help_text="好在哪里，差在哪里。公布时只有汇总数，不会显示您是谁。",
    )  # fmt: skip


class ReasonForm(forms.Form):
    """A reason in words."""

    reason = Text(rows=4, label="原因", max_length=2000)


class EvaluateForm(forms.Form):
    """Points by the scheme in force: a field an item."""

    wants_object = True
    opinion = Text(
        rows=4, label="考评意见", max_length=2000,
        help_text="向社会公开。说清好在哪里、要改什么。",
    )  # fmt: skip

    def __init__(self, *args: Any, obj: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scheme = params.get("purchase.evaluation_weights").value
        for nr, (name, full) in enumerate(self.scheme.items()):
            self.fields[f"points_{nr}"] = Points(full, label=f"{name}（满分 {full}）")
            self.fields[f"why_{nr}"] = Text(
                label=f"{name}：依据", required=False, max_length=300, help_text="看了哪些记录、数据，一句话"
            )
        self.order_fields([n for n in self.fields if n != "opinion"] + ["opinion"])

    def clean(self) -> dict[str, Any]:
        """The points gathered into `items`."""
        data = super().clean() or {}
        items = []
        for nr, name in enumerate(self.scheme):
            points, why = data.pop(f"points_{nr}", None), data.pop(f"why_{nr}", "")
            if points is not None:
                items.append({"name": name, "points": points, "why": why or ""})
        data["items"] = items
        return data


class RenewForm(forms.Form):
    """The next year's amount and terms."""

    wants_object = True
    amount = YuanField(label="下一年合同金额（元）")
    terms = Text(
        rows=5, label="主要约定", required=False, max_length=3000,
        help_text="不填写则沿用本年的约定。",
    )  # fmt: skip

    def __init__(self, *args: Any, obj: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].initial = obj.amount


class DraftContractForm(forms.Form):
    """The first contract after a selection: dates and terms; parties and price come from the result."""

    begins_on = Day(label="开始日期")
    ends_on = Day(
        label="结束日期", required=False,
        help_text="不填写则为一年；一次签约不能超过一年。",
    )  # fmt: skip
    terms = Text(rows=6, label="主要约定", help_text="服务内容和数量、付款、保密与安全、违约等要点，会向社会公开。")
