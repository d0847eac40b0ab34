"""Forms of filing: the resident's on a phone, the desk's for a caller."""

from __future__ import annotations

from typing import Any

from django import forms

from ..queries import subjects
from ..words import Channel
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


class DeskForm(forms.Form):
    """A matter filed for a caller. The caller's details are the caller's; the worker's own are never touched."""

    caller = Words(label="来电人或来访人", help_text="输入手机号或公民身份号码，按回车查找。查不到就直接往下填。")
    person = forms.IntegerField(required=False, widget=forms.HiddenInput)
    # Not kept as a draft: the desk's machine is shared, and these are somebody else's.
    contact_name = Words(label="怎么称呼", widget=forms.TextInput(attrs={"autocomplete": "off", "data-nodraft": ""}))
    contact_phone = Words(label="联系电话", widget=forms.TextInput(
        attrs={"inputmode": "tel", "autocomplete": "off", "data-nodraft": ""}))  # fmt: skip
    channel = forms.ChoiceField(label="渠道", choices=[(c.value, c.label) for c in (
        Channel.PHONE, Channel.DESK, Channel.PATROL, Channel.MEETING)], initial=Channel.PHONE)  # fmt: skip
    text = Words(rows=5, label="什么事", help_text="按对方说的记，一件事一条。", required=True,
                 error_messages={"required": "请写明是什么事、在哪里，一两句话即可。"})  # fmt: skip
    place_text = Words(label="在哪里", help_text="小区、楼栋或路口。")
    area = CommunityField(required=False)
    subject = forms.ChoiceField(label="主题", required=False)
    photos = PhotosField()
    wants_reply = forms.BooleanField(label="对方需要答复", required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = [("", "不分主题"), *subjects()]  # type: ignore[attr-defined]


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
