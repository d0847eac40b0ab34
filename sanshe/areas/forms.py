"""Forms of community set-up and of published affairs."""

from __future__ import annotations

from typing import Any

from django import forms

from sanshe.kernel import clock

from . import directory
from .divisions import short_name
from .models import Area, SetupApplication
from .references import area_text
from .words import InterimKind, NoticeKind


class Words(forms.CharField):
    """A text without characters that nobody can see; lengths are the actions' to judge."""

    def __init__(self, rows: int = 0, **kwargs: Any) -> None:
        if rows:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """The typed text."""
        text = str(super().to_python(value) or "")
        return "".join(c for c in text if c >= " " or c in "\n\r\t").strip()


def _count(label: str, hint: str = "") -> forms.IntegerField:
    wrong = {"invalid": "应为整数。", "min_value": "不能小于 0。"}
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return forms.IntegerField(
        label=label, required=False, min_value=0, help_text=hint, widget=widget, error_messages=wrong
    )


def _size(label: str, hint: str = "") -> forms.DecimalField:
    wrong = {"invalid": "应为数字，单位平方米。", "min_value": "不能小于 0。"}
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.DecimalField(
        label=label, required=False, min_value=0, help_text=hint, widget=widget, error_messages=wrong
    )


class SetupForm(forms.Form):
    """The figures of a new community. What is not known yet stays empty and shows as 无数据."""

    wants_object = True

    name = Words(label="拟设社区名称", help_text="例如：云岭社区", max_length=40)
    places = Words(
        label="拟管辖的小区、楼栋", required=False, help_text="用顿号分开，例如：云岭苑、听松府", max_length=400
    )
    planned_households = _count("规划总户数", "单位：户。入住率按它计算")
    registered_households = _count("户籍户数", "单位：户")
    other_households = _count("居住辖区的非户籍户数", "单位：户。没有的填 0，不清楚的先不填")
    moved_in_households = _count("已入住户数", "单位：户")
    radius_minutes = _count("服务半径", "从最远的住户步行到社区用房要几分钟")
    office_m2 = _size("办公服务用房建筑面积", "单位：平方米")
    rooms = Words(
        rows=5, label="功能室", required=False, max_length=2000,
        help_text="一行一间，先写名称再写面积（平方米），例如：便民服务大厅 200",
    )  # fmt: skip
    elderly_m2 = _size("养老服务用房建筑面积", "单位：平方米")
    boundary_fits = forms.TypedChoiceField(
        label="管辖范围与设施布局规划", required=False, empty_value=None, coerce=lambda v: v == "yes",
        choices=[("", "还没有核对"), ("yes", "相符"), ("no", "不符")],
    )  # fmt: skip
    boundary_reference = Words(
        label="布局规划的名称、图号", required=False, max_length=200, help_text="例如：街道民政服务设施布局规划 图 3"
    )

    def __init__(self, *args: Any, obj: SetupApplication | None = None, viewer: Any = None, **kwargs: Any) -> None:
        if obj is not None:
            first = {name: getattr(obj, name) for name in self.base_fields if hasattr(obj, name)}
            first["rooms"] = "\n".join(f"{room['name']} {room['m2']:g}" for room in obj.rooms or [])
            first["boundary_fits"] = {True: "yes", False: "no", None: ""}[obj.boundary_fits]
            kwargs["initial"] = {**first, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)


class NewSetupForm(SetupForm):
    """The first form of it: with the street."""

    wants_object = False
    field_order = ["area", "name"]

    area = forms.TypedChoiceField(label="所在街道", coerce=int, error_messages={"required": "请选择所在街道。"})

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        streets = [(area.pk, area.short_name) for area in directory.own_streets(viewer)]
        self.fields["area"].choices = streets if len(streets) == 1 else [("", "请选择街道"), *streets]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """A step that asks why."""

    reason = Words(rows=3, label="理由", max_length=500)


class ApproveForm(forms.Form):
    """Approval, with its document."""

    document = Words(label="批准文号", required=False, max_length=80, help_text="还没有文号的可以不填")


class EstablishForm(forms.Form):
    """The day, and the code when the list of divisions has one already."""

    wants_object = True

    on = forms.DateField(
        label="设立日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请选择日期。", "invalid": "日期请写成 2026-06-30 的样子。"},
    )  # fmt: skip
    name = Words(label="社区名称", required=False, max_length=40)
    code = Words(
        label="区划代码", required=False, max_length=12,
        help_text="12 位数字。正式代码未下达的不填，先用本系统的内部代码",
    )  # fmt: skip

    def __init__(self, *args: Any, obj: SetupApplication, viewer: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": clock.today(), "name": obj.name}
        super().__init__(*args, **kwargs)


class ArrangeForm(forms.Form):
    """Who looks after the residents until the community stands."""

    wants_object = True

    kind = forms.ChoiceField(label="怎样安排", choices=InterimKind.choices, widget=forms.RadioSelect)
    manager_id = forms.TypedChoiceField(
        label="代管或代为接收的社区", coerce=int, help_text="居民反映的事项会转到这个社区的窗口",
        error_messages={"required": "请选择同一街道内相邻的社区。"},
    )  # fmt: skip
    receiver_name = Words(label="接收人姓名", required=False, max_length=40, help_text="成立居民小组的必须写明")
    receiver_phone = Words(
        label="接收人办公电话", required=False, max_length=40, help_text="会向居民公开，请勿填私人号码"
    )
    receiver_account = Words(
        label="接收人的用户名", required=False, max_length=40, help_text="填了的，有新事项时会通知本人"
    )

    def __init__(self, *args: Any, obj: SetupApplication, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        around = [(area.pk, area.short_name) for area in directory.neighbours(obj)]
        self.fields["manager_id"].choices = [("", "请选择社区"), *around]  # type: ignore[attr-defined]


class AffairForm(forms.Form):
    """An affair to be published."""

    kind = forms.ChoiceField(label="类别", choices=NoticeKind.choices)
    title = Words(label="标题", max_length=80)
    text = Words(rows=8, label="内容", max_length=20_000, help_text="公开前请去掉居民的姓名、电话和住址")


class QuestionForm(forms.Form):
    """A question on it."""

    text = Words(rows=3, label="您想问什么", max_length=500, help_text="答复后，提问和答复会一并公开，不显示您的姓名")


class AnswerForm(forms.Form):
    """The answer."""

    answer = Words(rows=4, label="答复", max_length=1000)


class DatedForm(forms.Form):
    """A change of an area: from which day, and on whose decision."""

    def __init__(self, *args: Any, area: Area, **kwargs: Any) -> None:
        self.area = area
        super().__init__(*args, **kwargs)
        self.fields["on"] = forms.DateField(
            label="自何日起", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            initial=clock.today(), help_text="这一天起按新的算，之前的报表仍按原来的区划",
            error_messages={"required": "请选择日期。", "invalid": "日期请写成 2026-06-30 的样子。"},
        )  # fmt: skip
        self.fields["source"] = Words(
            label="依据", max_length=300, help_text="批复的机关、文号，例如：两江府〔2026〕3号"
        )


class RenameForm(DatedForm):
    """Name, code or superior of an area from a day on."""

    name = Words(label="全称", required=False, max_length=80, help_text="不改的留空")
    short_name = Words(label="简称", required=False, max_length=80)
    code = Words(label="区划代码", required=False, max_length=12, help_text="12 位数字，不改的留空")
    provisional = forms.BooleanField(label="代码待正式公布", required=False)
    parent_id = forms.TypedChoiceField(label="划归", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, area: Area, **kwargs: Any) -> None:
        super().__init__(*args, area=area, **kwargs)
        above = [(row.pk, row.short_name) for row in directory.possible_parents(area)]
        self.fields["parent_id"].choices = [("", "不变"), *above]  # type: ignore[attr-defined]


class MergeForm(DatedForm):
    """The area ends and another stands for it."""

    into_id = forms.TypedChoiceField(
        label="并入", coerce=int, error_messages={"required": "请选择并入哪个区域。"},
        help_text="它会接过原区域的地点和事项，原区域的记录计入它",
    )  # fmt: skip

    def __init__(self, *args: Any, area: Area, **kwargs: Any) -> None:
        super().__init__(*args, area=area, **kwargs)
        others = [(row.pk, area_text(row)) for row in directory.siblings(area)]
        self.fields["into_id"].choices = [("", "请选择"), *others]  # type: ignore[attr-defined]


class SplitForm(DatedForm):
    """Several areas out of one."""

    parts = Words(
        rows=4, label="分设出的区域", max_length=800,
        help_text="一行一个：全称，需要时在后面空一格写 12 位代码。第一个承接原有记录",
    )  # fmt: skip
    keep = forms.BooleanField(
        label="原区域保留", required=False, help_text="只从中析出一部分的选这一项；不选则原区域撤销"
    )

    def clean_parts(self) -> list[dict[str, str]]:
        """Name and code of each line."""
        found = []
        for line in self.cleaned_data["parts"].splitlines():
            name, _, code = line.strip().rpartition(" ")
            if not (name and code.isdigit()):
                name, code = line.strip(), ""
            if name:
                short = short_name(name)
                found.append({"name": name.strip(), "short_name": short.strip(), "code": code})
        return found
