"""The form of triage one after another: one form for all three ways, led by the criterion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from ..models import Criterion, Matter, Suggestion
from ..words import Route
from .fields import Words

#: The choice of a way without a criterion that fits.
WITHOUT = "none-"


class BatchForm(forms.Form):
    """Criterion (or a way without one), reason, and what each way needs besides: a unit, a guidance, the release."""

    #: What a way does not need is not shown, so nothing that is shown may be left empty.
    optional: tuple[str, ...] = ()

    criterion = forms.ChoiceField(label="依据的标准", error_messages={
        "required": "请选择依据的分流标准。", "invalid_choice": "请从现行的标准中选择。"})  # fmt: skip
    reason = Words(rows=2, label="理由", required=True, help_text="反映人会看到，请核对后再确定。",
                   error_messages={"required": "请写明分流的理由，一句话即可。"})  # fmt: skip
    host_unit = forms.TypedChoiceField(
        label="主办单位", coerce=int, required=False, empty_value=None, help_text="大事填写。",
        error_messages={"invalid_choice": "请从列出的承办单位中选择。"},
    )  # fmt: skip
    guidance = Words(rows=4, label="自办指引", help_text="私事填写：告诉居民可以怎样自己办。")
    public = forms.BooleanField(label="在公示板公开类别、社区、谁在办、期限和结果", required=False, initial=True)

    def __init__(
        self, *args: Any, criteria: Sequence[Criterion], units: list[tuple[str, str]], near: list[int], first: str,
        suggestion: Suggestion, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.suggestion, self.first = suggestion, first
        self.by_key = {str(row.pk): row for row in criteria}
        named = {key: f"{row.get_route_display()}：{row.name}" for key, row in self.by_key.items()}
        close = [(str(pk), named[str(pk)]) for pk in near if str(pk) in named]
        groups: list[tuple[str, Any]] = [("", "请选择依据的标准")]
        if close:
            groups.append(("与描述相符的（仅供参考）", close))
        for route in Route:
            groups.append((str(route.label), [(k, row.name) for k, row in self.by_key.items() if row.route == route]))
        without = [(f"{WITHOUT}{route.value}", f"{route.label}，理由写详细") for route in Route]
        groups.append(("没有合适的标准", without))
        self.fields["criterion"].choices = groups  # type: ignore[attr-defined]
        self.fields["host_unit"].choices = [("", "请选择主办单位"), *units]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The way follows from the criterion; a reason left over from another criterion is no reason."""
        given = super().clean() or {}
        chosen = given.get("criterion", "")
        row = self.by_key.get(chosen)
        given["route"] = Route(row.route if row is not None else chosen.removeprefix(WITHOUT) or Route.GOVERNMENT)
        suggested = self.suggestion.criterion if self.suggestion.certain else None
        other = suggested is not None and (row is None or row.code != suggested.code)
        if other and self.first and given.get("reason") == self.first:
            self.add_error("reason", "您换了标准，理由还是原来建议的，请写明为什么用这一条。")
        return given


def decision(matter: Matter, given: dict[str, Any]) -> dict[str, Any]:
    """What the action of the chosen way takes."""
    chosen = given["criterion"]
    told: dict[str, Any] = {
        "matter_id": matter.pk,
        "criterion": None if chosen.startswith(WITHOUT) else int(chosen),
        "reason": given["reason"],
    }
    if given["route"] == Route.SELF:
        return {**told, "guidance": given["guidance"]}
    if given["route"] == Route.GOVERNMENT:
        told["host_unit"] = given["host_unit"]
    return {**told, "public": given["public"]}
