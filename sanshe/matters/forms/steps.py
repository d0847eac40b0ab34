"""Forms of the steps of a matter and of its parts."""

from __future__ import annotations

from typing import Any

from django import forms

from sanshe.areas.public import Body, handling_units_for
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer

from .. import deadlines
from ..models import Matter
from ..proposal import criteria_in_force
from ..suggesting.view import proposals_of, suggestion_for
from ..words import Decision, Grade, MatterKind, Route
from .assisting import put_parts
from .fields import DayField, PhotosField, Words, criterion_choices, whole


def _reason(label: str, hint: str = "", rows: int = 3) -> Words:
    """Words that must be there; a hint that begins with 选填 makes them optional."""
    needed = not hint.startswith("选填")
    missing = {"required": f"请填写{label}。"}
    return Words(rows=rows, label=label, help_text=hint, required=needed, error_messages=missing)


class _TriageForm(forms.Form):
    """What the three ways of triage ask alike."""

    wants_object = True
    route = Route.GOVERNMENT
    criterion = forms.TypedChoiceField(
        label="依据的标准", coerce=whole, empty_value=None,
        error_messages={"required": "请选择依据的分流标准。", "invalid_choice": "请从列出的标准中选择。"},
    )  # fmt: skip
    reason = _reason("理由", "一句话说清为什么这样分流，反映人会看到。")

    def __init__(self, *args: Any, obj: Matter, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today, now = clock.today(), clock.now()
        self.suggestion = suggestion_for(obj, now)
        self.proposals = proposals_of(self.suggestion, now)
        self.others = [p for p in self.proposals if p.criterion.pk != self.suggestion.criterion_id]
        rows = criteria_in_force(today).filter(route=self.route)
        proposed = [p.criterion.pk for p in self.proposals]
        self.fields["criterion"].choices = criterion_choices(rows, proposed)  # type: ignore[attr-defined]
        self.matter = obj


class _Public(forms.Form):
    """The released wording."""

    public = forms.BooleanField(label="在公示板公开（类别、社区、谁在办、期限和结果）", required=False, initial=True)
    public_title = Words(label="公开标题", help_text="不写姓名、门牌和电话。不写就显示标准的名称。")
    public_text = Words(rows=2, label="公开内容", help_text="写了才会显示；反映人的原话不会公开。")


class TriageGovernmentForm(_TriageForm, _Public):
    """大事."""

    route = Route.GOVERNMENT
    host_unit = forms.TypedChoiceField(label="主办单位", coerce=whole, empty_value=None, error_messages={
        "required": "请选择主办单位。", "invalid_choice": "请从列出的承办单位中选择。"})  # fmt: skip
    urgent = forms.BooleanField(label="紧急事项，按小时限时办理", required=False)
    assisting = forms.TypedMultipleChoiceField(label="协办单位", coerce=int, required=False, error_messages={
        "invalid_choice": "请从列出的单位中选择。", "invalid_list": "请从列出的单位中选择。"})  # fmt: skip
    assist_part = Words(label="请协办单位做什么")
    field_order = ("criterion", "reason", "host_unit", "urgent", "assisting", "assist_part", "public", "public_title",
                   "public_text")  # fmt: skip

    def __init__(self, *args: Any, obj: Matter, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, viewer=viewer, **kwargs)
        units = unit_choices(obj)
        likely = str(self.suggestion.unit_id) if self.suggestion.certain and self.suggestion.unit_id else ""
        first = [pair for pair in units if pair[0] == likely]
        rest = [pair for pair in units if pair[0] != likely]
        grouped = [("多半由它承办（仅供参考）", first), ("其他单位", rest)] if first else rest
        self.fields["host_unit"].choices = [("", "请选择主办单位"), *grouped]  # type: ignore[attr-defined]
        self.fields["assisting"].choices = units  # type: ignore[attr-defined]
        self.fields["assisting"].widget = forms.SelectMultiple(attrs={"size": 5}, choices=units)


class TriageJointForm(_TriageForm, _Public):
    """小事."""

    route = Route.JOINT
    field_order = ("criterion", "reason", "public", "public_title", "public_text")


class TriageSelfForm(_TriageForm):
    """私事."""

    route = Route.SELF
    guidance = _reason("自办指引", "告诉居民可以怎样自己办，找谁、几点、带什么。", 5)
    help_wanted = forms.BooleanField(label="在公示板征集邻里帮助", required=False)
    public_title = Words(label="公开标题", help_text="征集帮助时必填，不写姓名、门牌和电话。")
    public_text = Words(rows=2, label="公开内容")

    def __init__(self, *args: Any, obj: Matter, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, viewer=viewer, **kwargs)
        fitting = [p.criterion for p in self.proposals if p.criterion.route == Route.SELF]
        if fitting and fitting[0].guidance:
            self.fields["guidance"].initial = fitting[0].guidance


def unit_choices(matter: Matter) -> list[tuple[str, str]]:
    """The units that may take a matter, those nearest to its community first."""
    units = handling_units_for(matter.area, clock.today())
    return [(str(u.pk), _named(u)) for u in sorted(units, key=lambda u: (-u.area.lo, u.name))]


def _named(unit: Body) -> str:
    return f"{unit.name}（{unit.area}）" if str(unit.area) not in unit.name else unit.name


class DeclineForm(forms.Form):
    """Refusing what is not the platform's."""

    reason = _reason("不予受理的理由", "例如：已进入诉讼、仲裁、信访程序；属于政府信息公开申请。")
    other_way = _reason("可以走的其他途径", "写清找谁、怎么找，例如法院、仲裁委、信访窗口的电话和地址。")


class DesignateForm(forms.Form):
    """The street names the unit."""

    wants_object = True
    host_unit = forms.TypedChoiceField(label="承办单位", coerce=whole, empty_value=None, error_messages={
        "required": "请选择承办单位。", "invalid_choice": "请从列出的承办单位中选择。"})  # fmt: skip
    reason = _reason("指定的理由", "被指定的单位不得再退回。")

    def __init__(self, *args: Any, obj: Matter, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["host_unit"].choices = [("", "请选择承办单位"), *unit_choices(obj)]  # type: ignore[attr-defined]


class AskResidentForm(forms.Form):
    """A question to the reporter."""

    question = _reason("需要反映人补充什么", "写清要什么、为什么要，例如：请补充漏水的楼层和时间，以便联系楼上住户。")


class AnswerForm(forms.Form):
    """Words and photos of the reporter."""

    note = Words(rows=4, label="补充的情况", help_text="写几句话，或只传照片。")
    photos = PhotosField()


class ReasonForm(forms.Form):
    """A reason and nothing else."""

    reason = _reason("理由")


class WithdrawForm(forms.Form):
    """Taking a matter back."""

    reason = _reason("撤回的原因", "选填。撤回后不再办理；以后仍可重新反映。")


class ObjectForm(forms.Form):
    """An objection to the triage."""

    reason = _reason("您的意见", "写明您认为应当怎样分流、为什么。一件事项只能提一次，由街道决定。", 4)


class ObjectEndingForm(forms.Form):
    """An objection to an ending without result."""

    reason = _reason("您的意见", "写明为什么应当继续办理。只能提一次，由街道决定。", 4)


class ReopenForm(forms.Form):
    """Opening again."""

    reason = _reason("哪里没有解决", rows=4)


class ExtendForm(forms.Form):
    """More time."""

    days = forms.IntegerField(label="延长几个工作日", min_value=1, error_messages={
        "required": "请填写延长几个工作日。", "invalid": "请填写整数。", "min_value": "至少 1 个工作日。"})  # fmt: skip
    reason = _reason("为什么需要延期")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].help_text = f"最多 {deadlines.days('extension_most', clock.now())} 个工作日。"


class FinishForm(forms.Form):
    """The result, composed from what assisting units answered."""

    wants_object = True
    result = _reason("办理结果", "做了什么、什么时候、现在怎样。反映人会看到。", 5)
    decision = forms.ChoiceField(label="决定", choices=Decision.choices, widget=forms.RadioSelect, error_messages={
        "required": "请选择准予还是不予。", "invalid_choice": "请选择准予还是不予。"})  # fmt: skip
    public_result = Words(rows=2, label="公开的办理结果", help_text="写了会显示在公示板上；不写姓名、门牌和电话。")
    photos = PhotosField(label="办理后的照片")

    def __init__(self, *args: Any, obj: Matter, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        put_parts(self, obj)
        if obj.kind != MatterKind.APPLICATION:
            del self.fields["decision"]
        else:
            self.order_fields(["decision"])
            self.fields["result"].label = "决定的说明"
            self.fields["result"].help_text = "准予的写明怎样领取、从哪天起；不予的写明理由和复核的途径。申请人会看到。"
            self.fields["photos"].label = "照片"


class ResultForm(forms.Form):
    """The result of following up."""

    result = _reason("跟进的情况", rows=4)


class HelpDoneForm(forms.Form):
    """The reporter says it is settled."""

    result = _reason("怎样解决的", "选填，一句话即可。")


class OverseeForm(forms.Form):
    """An oversight order."""

    requirement = _reason("督办要求", "写明要做到什么、要说明什么。", 4)
    until = DayField(label="回复期限")


class RateForm(forms.Form):
    """Five grades, three optional indicators."""

    grade = forms.TypedChoiceField(
        label="您对这次办理", coerce=int, choices=list(Grade.choices)[:], widget=forms.RadioSelect,
        error_messages={"required": "请在五个等级中选择一个。", "invalid_choice": "请在五个等级中选择一个。"},
    )  # fmt: skip
    speed = forms.TypedChoiceField(label="服务效率", coerce=int, required=False, empty_value=None)
    skill = forms.TypedChoiceField(label="服务水平", coerce=int, required=False, empty_value=None)
    manner = forms.TypedChoiceField(label="服务态度", coerce=int, required=False, empty_value=None)
    comment = _reason("想说的话", "选填。只有回访的人能看到。")
    # Set by the page when the way in was a notice that asked for it.
    invited = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("speed", "skill", "manner"):
            self.fields[name].choices = [("", "不评"), *Grade.choices]  # type: ignore[attr-defined]


class TextForm(forms.Form):
    """One answer; the name of the field is the action's."""

    answer = _reason("答复", rows=4)


class DecideForm(forms.Form):
    """A decision with its reason."""

    answer = _reason("理由", "反映人会看到。", 4)


class GrantForm(forms.Form):
    """Granting; a word is optional."""

    answer = _reason("意见", "选填。")


class CloseForm(forms.Form):
    """Closing an oversight order."""

    closing = _reason("意见", "选填。")


class PressForm(forms.Form):
    """Asking again."""

    closing = _reason("还要做什么")


class FixForm(forms.Form):
    """A call-back that ends at once."""

    found = _reason("回访核实的情况", "什么时候联系的、反映人怎么说。")
    answer = _reason("怎样处理、怎样答复的")


class ListForm(forms.Form):
    """A call-back that needs time."""

    found = _reason("回访核实的情况")
    plan = _reason("整改措施")
    until = DayField(label="整改期限")


class AppealForm(forms.Form):
    """The handler's appeal."""

    appeal = _reason("为什么认为是误评", "由街道复核；复核期间不影响反映人查看。", 4)


class ReviewForm(forms.Form):
    """The street's review."""

    review = _reason("复核的依据", rows=4)
