"""Forms of needs and projects."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from sanshe.areas.public import Area, AreaLevel

from ..access.projects import may_propose
from ..actions.projects import service_fields
from ..models import Need, Project
from .fields import Rows, Text, YuanField

PLAN = Rows(
    "plan",
    {
        "when": ("时间", lambda: Text(max_length=40, widget=forms.TextInput(attrs={"placeholder": "例如 第1—3个月"}))),
        "what": ("做什么", lambda: Text(max_length=300)),
    },
    ("when", "what"),
)
BUDGET = Rows(
    "budget",
    {
        "item": ("用途", lambda: Text(max_length=80)),
        "fen": ("金额（元）", lambda: YuanField(help_text="", min_value=Decimal("0.01"))),
    },
    ("item", "fen"),
)
KEPT = ("title", "field", "aims", "beneficiaries", "planned_with", "catalogue_item", "plan", "budget_lines")
#: Rows shown at first, and blank ones added to those that are filled in.
ROWS, SPARE = 8, 3


class ProjectForm(forms.Form):
    """What a project is, with its plan and its budget line by line. For a need to take up, or a draft to change."""

    wants_object = True
    title = Text(label="项目名称", help_text="让人一看就知道做什么，例如「龙寿路长者助餐与探访」。")
    field = forms.ChoiceField(label="服务领域", help_text="通知所列的重点领域和社会组织参与的服务。")
    aims = Text(rows=4, label="目标", help_text="做成什么样算成功，尽量写可以核对的结果。")
    beneficiaries = Text(
        rows=2, label="服务对象", max_length=500, help_text="例如「六十岁以上居民，优先独居、高龄者」。"
    )
    expected_people = forms.IntegerField(label="预计服务人数", min_value=1, max_value=10_000_000)
    planned_with = Text(
        rows=3,
        label="居民怎样参与了策划",
        required=False,
        help_text="开过哪些会、听了多少人的意见；居民还能怎样一起做。",
    )
    catalogue_item = Text(
        label="指导性目录条目", required=False, help_text="政府购买服务指导性目录中的名称，由街道在审核时核对。"
    )

    def __init__(self, *args: Any, obj: Any = None, viewer: Any = None, **kwargs: Any) -> None:
        known: dict[str, Any] = {}
        if isinstance(obj, Need):
            known = {"title": obj.title, "beneficiaries": obj.beneficiaries, "field": obj.field}
        elif isinstance(obj, Project):
            known = {name: getattr(obj, name) for name in KEPT} | {"expected_people": obj.expected_people or None}
        kwargs["initial"] = {**known, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        choices = [("", "请选择")] + [(name, name) for name in service_fields()]
        self.fields["field"].choices = choices  # type: ignore[attr-defined]
        plan, lines = known.get("plan") or [], known.get("budget_lines") or []
        PLAN.put(self, max(ROWS, len(plan) + SPARE), plan)
        BUDGET.put(self, max(ROWS, len(lines) + SPARE), lines)

    @property
    def plain_fields(self) -> list[Any]:
        """The bound fields outside the rows."""
        rows = {b.name for row in (*PLAN.bound(self), *BUDGET.bound(self)) for b in row}
        return [bound for bound in self if bound.name not in rows]

    @property
    def plan_rows(self) -> list[list[Any]]:
        """Rows of the plan."""
        return PLAN.bound(self)

    @property
    def budget_rows(self) -> list[list[Any]]:
        """Rows of the budget."""
        return BUDGET.bound(self)

    def clean(self) -> dict[str, Any]:
        """The fields of a project, rows gathered."""
        data = super().clean() or {}
        data["plan"] = PLAN.take(self, data)
        data["budget_lines"] = BUDGET.take(self, data)
        return data


class ProposeForm(ProjectForm):
    """A project that no stated need stands behind (yet): also where."""

    area = forms.ModelChoiceField(label="在哪个社区", queryset=Area.objects.none(), empty_label="请选择")

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        rows = Area.objects.filter(level=AreaLevel.COMMUNITY, valid_to=None).select_related("parent").order_by("lo")
        rule = may_propose.q(viewer)
        field = self.fields["area"]
        field.queryset = rows.none() if rule is False else rows if rule is True else rows.filter(rule)  # type: ignore[attr-defined]
        field.label_from_instance = lambda a: f"{a.parent} · {a}" if a.parent else str(a)  # type: ignore[attr-defined]
        self.order_fields(["area"])


class ApproveForm(forms.Form):
    """The street's approval: where the money comes from."""

    budget_source = Text(
        label="资金来源", max_length=80,
        help_text="例如「2027 年度社区治理专项预算」。未列入预算的项目不能采购（财政部令第102号第十四条）。",
    )  # fmt: skip
    opinion = Text(rows=3, label="审核意见", required=False, max_length=2000)
