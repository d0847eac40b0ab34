"""Forms of returning, assisting and ending."""

from __future__ import annotations

from typing import Any

from django import forms

from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer

from ..models import Matter
from .fields import DayField, whole
from .steps import _reason, unit_choices


class ReturnForm(forms.Form):
    """The unit returns a matter, for one of the reasons that the rule allows."""

    ground = forms.ChoiceField(
        label="属于哪种情形", widget=forms.RadioSelect,
        error_messages={"required": "请选择退回的情形；不属于所列情形的，不能退回。",
                        "invalid_choice": "请从列出的情形中选择；不属于所列情形的，不能退回。"},
    )  # fmt: skip
    reason = _reason("退回的理由", "写明为什么明显不属本单位职责，应由哪个单位办理。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = params.get("watch.return_reasons", on=clock.today())
        rows = [(row["code"], f"{row['name']}（{row['hint']}）") for row in found.value]
        self.fields["ground"].choices = rows  # type: ignore[attr-defined]


class AskAssistForm(forms.Form):
    """The host unit asks another unit for its part."""

    wants_object = True
    unit = forms.TypedChoiceField(label="请哪个单位协办", coerce=whole, empty_value=None, error_messages={
        "required": "请选择协办单位。", "invalid_choice": "请从列出的单位中选择。"})  # fmt: skip
    part = _reason("请它做什么", "写清要它做的、要它答复的；它只看这一部分答复，结果由主办单位统一告诉反映人。")
    until = DayField(label="答复期限", required=False, help_text="不填的，按规定的协办期限，不超过这件事项自己的期限。")

    def __init__(self, *args: Any, obj: Matter, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = [pair for pair in unit_choices(obj) if pair[0] != str(obj.host_unit_id)]
        self.fields["unit"].choices = [("", "请选择协办单位"), *units]  # type: ignore[attr-defined]


class TerminateForm(forms.Form):
    """Ending on a written review."""

    reason = _reason("终止办理的理由", "反映人会看到：为什么不能继续办，还可以走什么途径。")
    review = _reason("书面复核意见", "查了什么、依据什么、谁参加复核、为什么不能继续办。只有办理和监督的人能看到。", 6)


class EndWaitingForm(forms.Form):
    """Ending because nothing came."""

    reason = _reason("终止办理的理由", "写明缺什么、为什么不补充就办不了。反映人会看到，可以提出异议或重新反映。")
