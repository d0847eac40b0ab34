"""The form of an application from home: who applies, where, the materials."""

from __future__ import annotations

from typing import Any

from django import forms

from ..catalogue import Material
from ..models import ServiceItem
from .fields import CommunityField, Words
from .owed import put_material

WHOM = [("self", "本人"), ("other", "家里人或别人")]


class ApplyForm(forms.Form):
    """What is known is filled in; of the materials those that the file does not hold have a field each."""

    whom = forms.ChoiceField(label="替谁申请", choices=WHOM, initial="self", widget=forms.RadioSelect, required=False)
    for_name = Words(label="申请人姓名", widget=forms.TextInput(attrs={"autocomplete": "off"}))
    relation = Words(label="您是申请人的", help_text="例如：女儿。")
    for_number = Words(
        label="申请人公民身份号码",
        help_text="和您登记在同一户的，填了号码，档案里已有的材料就不用再交。不会存在草稿里。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-nodraft": ""}),
    )
    contact_name = Words(label="您的姓名")
    contact_phone = Words(label="联系电话", widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}))
    area = CommunityField(
        required=False, label="在哪个社区办",
        error_messages={"required": "请选择住在哪个社区。", "invalid_choice": "请从列出的社区中选择。"},
    )  # fmt: skip
    place_text = Words(label="住在哪里", help_text="例如：悦澜小区 3 栋 501。")
    text = Words(rows=3, label="要说明的", help_text="没有就不用写。")
    optional = {"place_text", "text", "relation", "for_number"}

    def __init__(
        self, *args: Any, item: ServiceItem, materials: list[Material], signed_in: bool, **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.item, self.materials = item, materials
        if not item.for_others or not signed_in:
            for name in ("whom", "for_name", "relation", "for_number"):
                del self.fields[name]
        for material in materials:
            if not material.known and not (material.fact in ("phone", "address") and not material.original):
                put_material(self, material.position, material.name, not material.original)
        self.optional = {*ApplyForm.optional, *(n for n in self.fields if n.startswith(("file-", "said-")))}

    def clean(self) -> dict[str, Any]:
        """For somebody else the name is needed."""
        given = super().clean() or {}
        if given.get("whom") == "other" and not str(given.get("for_name", "")).strip():
            self.add_error("for_name", "请填写替谁申请，写姓名。")
        return given

    @property
    def other(self) -> bool:
        """Whether one applies for somebody else."""
        return "whom" in self.fields and self["whom"].value() == "other"

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each material with its fields, or why it has none."""
        found = []
        for m in self.materials:
            file, said = f"file-{m.position}", f"said-{m.position}"
            found.append({
                "m": m, "file": self[file] if file in self.fields else None,
                "said": self[said] if said in self.fields else None,
            })  # fmt: skip
        return found
