"""Forms of filing: the resident's on a phone, and of whoever has lost the receipt."""

from __future__ import annotations

from typing import Any

from django import forms

from .fields import CommunityField, PhotosField, Words


class ReportForm(forms.Form):
    """A resident's own matter: three questions, everything else is optional."""

    text = Words(
        rows=6,
        label="什么事",
        required=True,
        error_messages={"required": "请写明是什么事、在哪里，一两句话即可。"},
        help_text="想到什么就写什么。例如：3 栋电梯这周停了两次，老人上下楼不方便。",
    )
    place_text = Words(label="在哪里", help_text="例如：悦澜小区 3 栋。写了地点，我们帮您找社区。")
    area = CommunityField(required=False)
    photos = PhotosField(help_text="可选多张，最多 6 张。照片里的拍摄地点等信息会自动去掉。")
    contact_name = Words(label="怎么称呼您", help_text="例如：王女士。")
    contact_phone = Words(label="联系电话", help_text="只有办理人员在需要时能看到，每次查看都有记录。",
                          widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}))  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Photos speak for themselves: who sends some need not write."""
        given = super().clean() or {}
        if given.get("photos") and "text" in self.errors and not self.data.get("text", "").strip():
            del self.errors["text"]
            given["text"] = ""
        return given


class FindForm(forms.Form):
    """Progress by number and phone, for who has lost the receipt."""

    number = Words(
        label="编号",
        required=True,
        error_messages={"required": "请填写回执上的编号。"},
        help_text="回执上的编号，例如 20260610-000123-7。",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    phone = Words(
        label="反映时留的电话",
        required=True,
        error_messages={"required": "请填写反映时留的电话。"},
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
