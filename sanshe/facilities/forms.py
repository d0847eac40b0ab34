"""Forms of facilities: what is asked for, in the words of the people who fill it in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from sanshe.areas.public import Area, bodies_in
from sanshe.kernel.access import Viewer

from . import norms, queries
from .access import FacilityAccess
from .models import DeveloperDuty, FacilityPlan
from .words import FacilityState, Means, SiteState

_PICK = {"required": "请选择一项。", "invalid_choice": "请从列出的各项中选择。"}


class Day(forms.DateField):
    """A date, with the phone's own picker."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        messages = {"invalid": "请填写日期，例如 2027-07-03。", "required": "请填写日期。"}
        super().__init__(**{"widget": widget, "error_messages": messages, **kwargs})


class SquareMetres(forms.DecimalField):
    """A floor area in m²."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {
            "required": "请填写面积（平方米）。",
            "invalid": "请填写数字。",
            "max_decimal_places": "最多两位小数。",
            "max_digits": "数字太大，请核对单位是平方米。",
            "max_whole_digits": "数字太大，请核对单位是平方米。",
            "min_value": "面积应大于 0。",
        }
        super().__init__(**{"max_digits": 9, "decimal_places": 2, "min_value": Decimal("0.01"),
                            "error_messages": messages, **kwargs})  # fmt: skip


class Degrees(forms.DecimalField):
    """A latitude or longitude in degrees."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {
            "required": "请填写，或在地图上点一下。",
            "invalid": "请填写小数形式的度数，例如 29.612345。",
            "max_decimal_places": "最多六位小数。",
            "max_digits": "最多六位小数。",
            "max_whole_digits": "请填写小数形式的度数，例如 29.612345。",
        }
        super().__init__(**{"max_digits": 9, "decimal_places": 6, "error_messages": messages, **kwargs})


class Line(forms.CharField):
    """One line of text."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {
            "required": f"请填写{kwargs.get('label', '内容')}。",
            "null_characters_not_allowed": f"{kwargs.get('label', '内容')}里有无法识别的符号。",
            "max_length": "太长，最多 %(limit_value)d 个字，现在 %(show_value)d 个字。",
        }
        super().__init__(**{"max_length": 120, "error_messages": messages, **kwargs})


def _kinds() -> list[tuple[str, str]]:
    return list(norms.kinds().items())


def _parts() -> list[tuple[str, str]]:
    return list(norms.parts().items())


class PlanForm(forms.Form):
    """What is planned for a community."""

    means = forms.ChoiceField(
        label="方式",
        choices=Means.choices,
        widget=forms.RadioSelect,
        error_messages=_PICK,
        help_text="通知二(一)2 的五种方式。",
    )
    kind = forms.ChoiceField(label="设施类型", choices=_kinds, error_messages=_PICK)
    floor_area = SquareMetres(label="预计建筑面积（平方米）")
    due = Day(label="计划完成日期")
    body = forms.ModelChoiceField(
        queryset=None, label="责任单位", required=False, empty_label="（以后再定）", error_messages=_PICK
    )
    site = forms.ModelChoiceField(
        queryset=None, label="候选地点", required=False, empty_label="（没有或以后再定）", error_messages=_PICK
    )
    note = Line(label="说明", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, area: Area, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        street = area.parent or area
        self.fields["body"].queryset = bodies_in(street).order_by("area__lo", "name")  # type: ignore[attr-defined]
        sites = queries.sites_of(viewer, area).filter(state=SiteState.OPEN)
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]


class DutyForm(forms.Form):
    """What a developer has agreed to."""

    project = Line(label="开发项目", help_text="例如：礼嘉某地块住宅项目。")
    developer = Line(label="开发建设单位")
    floor_area = SquareMetres(label="约定建筑面积（平方米）")
    parts = forms.MultipleChoiceField(
        label="所含设施", choices=_parts, widget=forms.CheckboxSelectMultiple, error_messages=_PICK
    )
    due = Day(label="约定移交日期")
    note = Line(label="说明", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class ReasonForm(forms.Form):
    """Why."""

    reason = Line(label="原因", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ChangePlanForm(forms.Form):
    """What becomes of an open plan."""

    wants_object = True
    floor_area = SquareMetres(label="预计建筑面积（平方米）")
    due = Day(label="计划完成日期")
    note = Line(label="说明", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    reason = Line(label="为什么调整", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, obj: FacilityPlan, viewer: Viewer, **kwargs: Any) -> None:
        given = {"floor_area": obj.floor_area, "due": obj.due, "note": obj.note}
        super().__init__(*args, initial=given, **kwargs)


class FinishPlanForm(forms.Form):
    """What has come of a plan."""

    wants_object = True
    existing = forms.ModelChoiceField(
        queryset=None,
        label="启用原有的闲置设施",
        required=False,
        empty_label="（不是，登记为新的设施）",
        help_text="改造、整合共享常常是把闲置的设施用起来：选中它，就不会重复登记。",
        error_messages=_PICK,
    )
    name = Line(label="设施名称", required=False, max_length=80, help_text="启用原有设施的不用填。")
    floor_area = SquareMetres(label="实际建筑面积（平方米）")
    on = Day(label="建成启用日期")
    address = Line(label="地址", required=False, max_length=200)
    owner = Line(label="产权单位", required=False)

    def __init__(self, *args: Any, obj: FacilityPlan, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, initial={"floor_area": obj.floor_area}, **kwargs)
        idle = FacilityAccess.rows(viewer).filter(area=obj.area_id, state=FacilityState.IDLE, valid_to=None)
        self.fields["existing"].queryset = idle  # type: ignore[attr-defined]


class CheckForm(forms.Form):
    """The result of the check of a developer's centre."""

    wants_object = True
    measured_area = SquareMetres(label="实测建筑面积（平方米）")
    measured_parts = forms.MultipleChoiceField(
        label="现场已有的设施",
        choices=_parts,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="按现场实际勾选；六项齐全才能通过验收。",
        error_messages=_PICK,
    )
    note = Line(label="验收说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, obj: DeveloperDuty, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, initial={"measured_area": obj.floor_area, "measured_parts": obj.parts}, **kwargs)


class HandOverForm(forms.Form):
    """The hand-over."""

    wants_object = True
    name = Line(label="设施名称", max_length=80)
    on = Day(label="移交日期")
    address = Line(label="地址", required=False, max_length=200)
    owner = Line(label="产权单位", required=False)

    def __init__(self, *args: Any, obj: DeveloperDuty, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, initial={"name": f"{obj.area}综合服务中心"}, **kwargs)


class PointForm(forms.Form):
    """Where something of a community lies."""

    what = forms.ChoiceField(label="要定位的是", error_messages=_PICK)
    lat = Degrees(label="纬度", help_text="例如 29.612345。WGS84 坐标；手机地图上的多经过偏移，会差几百米。")
    lng = Degrees(label="经度", help_text="例如 106.512345。")
    households = forms.IntegerField(
        label="居住户数",
        required=False,
        min_value=0,
        max_value=1_000_000,
        help_text="小区填写；不填的，按社区户数平均摊到各小区。",
        error_messages={"invalid": "请填写整数。", "min_value": "不能小于 0。", "max_value": "数字太大，请核对。"},
    )
    source = Line(label="坐标来源", required=False, help_text="例如：现场定位。小区和社区必填。")

    def __init__(self, *args: Any, area: Area, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = FacilityAccess.rows(viewer, "keep").filter(area=area, valid_to=None).order_by("name")
        sites = queries.sites_of(viewer, area)
        groups: list[tuple[str, list[tuple[str, str]]]] = [
            ("社区", [("area", f"{area}（居委会所在地）")]),
            ("小区和地点", [(f"place:{p.pk}", p.name) for p in queries.places_in(area)]),
            ("设施", [(f"facility:{f.pk}", f.name) for f in here]),
            ("候选地点", [(f"site:{s.pk}", s.name) for s in sites]),
        ]
        self.fields["what"].choices = [g for g in groups if g[1]]  # type: ignore[attr-defined]


class BorderForm(forms.Form):
    """The border of an area."""

    geojson = Line(
        label="边界（GeoJSON）",
        max_length=3_000_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="一个 Polygon 或 MultiPolygon，WGS84 坐标，经度在前。测绘或规划部门的软件都能导出。",
    )
    source = Line(label="边界来源", help_text="例如：街道规划图。")


class StudyForm(forms.Form):
    """What a computation of sites is asked for."""

    kind = forms.ChoiceField(label="要让居民走得到的是", required=False, error_messages=_PICK)
    share = forms.IntegerField(
        label="覆盖到多少户即可（%）",
        required=False,
        min_value=1,
        max_value=100,
        help_text="不填：覆盖全部候选地点所能覆盖的住户。",
        error_messages={
            "invalid": "请填写 1 到 100 的整数。",
            "min_value": "不能小于 1。",
            "max_value": "不能大于 100。",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "任何一处综合服务设施"), *_kinds()]  # type: ignore[attr-defined]


class BoardFilter(forms.Form):
    """Which gaps are listed."""

    area = forms.ChoiceField(label="区域", required=False)
    on = Day(label="截至", required=False)
    kind = forms.ChoiceField(label="缺哪项设施", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = [(str(a.pk), a.short_name) for a in queries.areas_to_choose()]
        self.fields["area"].choices = areas  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", "不限"), *_parts()]  # type: ignore[attr-defined]
