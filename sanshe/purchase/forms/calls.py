"""Forms of comparison selections."""

from __future__ import annotations

from typing import Any

from django import forms

from sanshe.kernel import clock, params
from sanshe.orgs.public import suppliers

from .. import sealing
from ..actions.judging import ranking_of
from ..flow.calls import all_scored
from ..models import Call, Project
from ..words import BidState
from .fields import Moment, Points, Rows, Text, YuanField

CRITERIA = Rows(
    "rule",
    {
        "name": ("评审项", lambda: Text(max_length=60)),
        "detail": ("评分说明", lambda: Text(max_length=300)),
        "weight": ("分值", lambda: forms.IntegerField(min_value=1, max_value=100)),
        "is_price": ("按报价计算", lambda: forms.BooleanField()),
    },
    ("name", "weight"),
)
ROWS, SPARE = 6, 2


class CallForm(forms.Form):
    """What is wanted, by what it is judged, what it may cost at the most. For a project, or a draft to change."""

    wants_object = True
    requirements = Text(
        rows=8,
        label="服务要求",
        max_length=10000,
        help_text="做什么、做多少、做到什么程度、在哪里做；居民和投标单位都看得到。",
    )
    qualification = Text(
        rows=3,
        label="参加条件",
        required=False,
        help_text="例如登记年限、持证社工人数。依法登记的社会组织均可参加，条件不要过窄。",
    )
    ceiling = YuanField(label="最高限价（元）")

    def __init__(self, *args: Any, obj: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(obj, Call):
            known = [
                {"name": c.name, "detail": c.detail, "weight": c.weight, "is_price": c.is_price}
                for c in obj.criteria.all()
            ]
            for name in ("requirements", "qualification", "ceiling"):
                self.fields[name].initial = getattr(obj, name)
            budget = obj.project.budget
        else:
            assert isinstance(obj, Project)
            default = params.get("purchase.criteria_default").value
            known = [{"name": name, "weight": weight, "is_price": "报价" in name} for name, weight in default.items()]
            self.fields["ceiling"].initial = budget = obj.budget
            self.fields["requirements"].initial = f"{obj.aims}\n\n服务对象：{obj.beneficiaries}"
        self.fields["ceiling"].help_text = f"不超过项目预算 {budget / 100:,.2f} 元。报价高于它的投标无效。"
        CRITERIA.put(self, max(ROWS, len(known) + SPARE), known)

    @property
    def plain_fields(self) -> list[Any]:
        """The bound fields outside the rows."""
        rows = {b.name for row in CRITERIA.bound(self) for b in row}
        return [bound for bound in self if bound.name not in rows]

    @property
    def rule_rows(self) -> list[list[Any]]:
        """Rows of the criteria."""
        return CRITERIA.bound(self)

    def clean(self) -> dict[str, Any]:
        """The criteria gathered; their sum is checked here too, so that the sentence says how far off it is."""
        data = super().clean() or {}
        data["criteria"] = CRITERIA.take(self, data)
        total = sum(row["weight"] for row in data["criteria"])
        if total != 100 and not any(name.startswith("rule_") for name in self.errors):
            off = f"还差 {100 - total} 分" if total < 100 else f"多了 {total - 100} 分"
            self.add_error(None, f"评审项分值之和应为 100，现在是 {total}，{off}。")
        if sum(bool(row["is_price"]) for row in data["criteria"]) > 1:
            self.add_error(None, "按报价计算的评审项只能有一项。")
        for row in data["criteria"]:
            row["detail"] = row["detail"] or ""
        return data


class PublishForm(forms.Form):
    """When the call closes."""

    closes_at = Moment(label="投标截止时间")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rule = params.get("purchase.call_days")
        earliest = clock.add_working_days(clock.now(), int(rule.value))
        self.fields["closes_at"].initial = clock.local(earliest).replace(hour=17, minute=0)
        self.fields[
            "closes_at"
        ].help_text = f"公告至少 {rule.value} 个工作日，最早可定在{clock.say_day(earliest)}（{rule.source}）。"


class ReceiveEnvelopeForm(forms.Form):
    """Register an envelope at the desk: whose it is and what digest is written on it, typed twice."""

    body_id = forms.TypedChoiceField(label="参选单位", coerce=int)
    digest = Text(
        label="信封上的校验值", max_length=200,
        help_text="64 位，空格、短横和大小写都不要紧；SM3 的请在前面写 sm3。",
    )  # fmt: skip
    again = Text(label="再输入一遍", max_length=200, help_text="两遍一致才登记，以免抄错一个字母。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = suppliers(clock.today()).order_by("name").values_list("body_id", "name")
        self.fields["body_id"].choices = [("", "请选择"), *rows]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One digest out of the two typings."""
        data = super().clean() or {}
        again = data.pop("again", "")
        if data.get("digest") and again:
            try:
                data["digest"] = str(sealing.envelope_digest(data["digest"], again))
            except sealing.SealError as error:
                self.add_error("again" if "两次" in str(error) else "digest", str(error))
        return data


class EnvelopeForm(forms.Form):
    """What was in an envelope, entered in front of the bidder while keys are taken."""

    price = YuanField(label="报价（元）")
    plan = Text(rows=8, label="服务方案要点", max_length=20000)
    team = Text(rows=4, label="人员安排", max_length=5000, required=False)
    file = forms.FileField(label="投标单位带来的电子文件", help_text="校验值与登记的一致才能录入。")


class DeclareForm(forms.Form):
    """An expert's declaration."""

    free = forms.TypedChoiceField(
        label="我与上列单位",
        choices=[("1", "没有利害关系，可以公正评审"), ("0", "有利害关系，申请回避")],
        coerce=lambda v: v == "1", widget=forms.RadioSelect,
        help_text="三年内有劳动关系、担任董事监事、是控股股东或实际控制人、有近亲属关系等，都应回避"
        "（政府采购法实施条例第九条）。",
    )  # fmt: skip
    reason = Text(
        rows=2, label="回避的原因", required=False, max_length=500, help_text="申请回避的请填写；只有街道看得到。"
    )


class ScoreForm(forms.Form):
    """Points for every opened bid by every criterion but the price."""

    wants_object = True

    def __init__(self, *args: Any, obj: Call, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bids = list(obj.bids.filter(state=BidState.OPENED).select_related("bidder", "call").order_by("pk"))
        self.rules = [rule for rule in obj.criteria.all() if not rule.is_price]
        self.price_rule = next((rule for rule in obj.criteria.all() if rule.is_price), None)
        for bid in self.bids:
            for rule in self.rules:
                name = self.cell(bid.pk, rule.pk)
                self.fields[name] = Points(rule.weight, label=f"{bid.bidder} · {rule.name}")
                self.fields[name].widget.attrs["aria-label"] = f"{bid.bidder}：{rule.name}，满分 {rule.weight}"

    @staticmethod
    def cell(bid_id: int, rule_id: int) -> str:
        """The name of one cell's field."""
        return f"p_{bid_id}_{rule_id}"

    @property
    def table(self) -> list[tuple[Any, list[Any]]]:
        """For each bid its bound fields, in the order of the criteria."""
        return [(bid, [(rule, self[self.cell(bid.pk, rule.pk)]) for rule in self.rules]) for bid in self.bids]

    def clean(self) -> dict[str, Any]:
        """Points by (bid, criterion), in hundredths."""
        data = super().clean() or {}
        points = {
            (bid.pk, rule.pk): data[name]
            for bid in self.bids
            for rule in self.rules
            if (name := self.cell(bid.pk, rule.pk)) in data
        }
        return {"points": points}


class ConcludeForm(forms.Form):
    """The result's reasons, below the ranking."""

    wants_object = True
    result_reason = Text(
        rows=4, label="确定结果的理由", max_length=2000, help_text="随公示公开：第一名好在哪里，怎样得出。"
    )
    departure_reason = Text(
        rows=3, label="没有优先考虑社会组织的理由", required=False, max_length=2000,
        help_text="第一名是社会组织的不用填（渝两江党办发〔2020〕25号 二（二）3）。",
    )  # fmt: skip

    def __init__(self, *args: Any, obj: Call, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ranking = ranking_of(obj) if all_scored(obj, clock.now()) and obj.bids.filter(state="opened") else []


class ObjectForm(forms.Form):
    """An objection to a published result."""

    text = Text(
        rows=6, label="异议的内容和理由", max_length=5000,
        help_text="写明对哪一点有异议、依据是什么；由街道三社联动专干答复。",
    )  # fmt: skip


class AnswerObjectionForm(forms.Form):
    """The answer to an objection."""

    upheld = forms.TypedChoiceField(
        label="异议是否成立", choices=[("0", "不成立，结果维持"), ("1", "成立，比选未成，重新发起")],
        coerce=lambda v: v == "1", widget=forms.RadioSelect,
    )  # fmt: skip
    answer = Text(rows=5, label="答复", max_length=5000, help_text="逐点说明核查了什么、结论和理由。")
