"""The form of merging: the likely ones to choose from, or another by its number."""

from __future__ import annotations

from typing import Any

from django import forms

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer

from ..models import Matter
from ..same.finding import similar_to
from .fields import Words


class MergeForm(forms.Form):
    """Into which matter: one of those that are likely the same, or one by its number."""

    wants_object = True
    choice = forms.ChoiceField(label="并入哪一件", required=False, widget=forms.RadioSelect)
    into = Words(label="别的编号", help_text="不在上面的，填写要并入的事项编号。")
    reason = Words(label="为什么是同一件事", rows=2, help_text="例如：同一盏路灯，同一天坏的。", required=True,
                   error_messages={"required": "请写明为什么是同一件事，一句话即可。"})  # fmt: skip

    def __init__(self, *args: Any, obj: Matter, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What was only released of a neighbouring community can not be merged from here.
        found = [s for s in similar_to(viewer, obj, clock.now()) if type(s.matter) is Matter]
        self.optional = {"into"}
        if not found:
            del self.fields["choice"]
            self.fields["into"].label, self.fields["into"].help_text = "并入哪一件", "填写要并入的事项编号。"
            return
        self.fields["choice"].choices = [  # type: ignore[attr-defined]
            *((str(s.matter.pk), f"{s.matter}（{s.matter.number}，{s.why}）") for s in found), ("", "别的事项")
        ]  # fmt: skip
        self.fields["choice"].initial = str(found[0].matter.pk)

    def clean(self) -> dict[str, Any]:
        """The one that was named, under `into`."""
        given = super().clean() or {}
        choice = given.pop("choice", "")
        given["into"] = given.get("into") or choice
        if not given["into"]:
            self.add_error("into", "请选择或填写要并入的事项。")
        return given
