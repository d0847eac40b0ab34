"""The form of the window: one for a matter, a question and an application, from the first word to the receipt."""

from __future__ import annotations

from typing import Any

from django import forms

from ..queries import subjects
from ..words import Channel, MatterKind
from .fields import CommunityField, PhotosField, Words

#: Keys of the fields: Alt and the digit, shown beside the label. 0 files.
KEYS = {
    "kind": "1", "caller": "2", "contact_name": "3", "contact_phone": "4", "service_text": "5", "text": "6",
    "place_text": "7", "area": "8", "answer": "9",
}  # fmt: skip


class _Kinds(forms.RadioSelect):
    """The kinds; the key that leads to them stands at the first alone, for a key may stand at one field only."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        if option["index"] != "0":
            option["attrs"].pop("accesskey", None)
        return option


class DeskForm(forms.Form):
    """What somebody came for. The caller's details are the caller's; the worker's own are never touched."""

    kind = forms.ChoiceField(label="来办什么", choices=MatterKind.choices, initial=MatterKind.MATTER, widget=_Kinds)
    # Not kept as a draft: the desk's machine is shared, and these are somebody else's.
    caller = Words(
        label="来电人或来访人",
        help_text="手机号、公民身份号码，或姓名和楼栋房号（周小满 3栋2单元501），回车查找。查不到就直接往下填。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-nodraft": "", "data-look": ""}),
    )
    person = forms.IntegerField(label="来电人", required=False, widget=forms.HiddenInput)
    contact_name = Words(label="怎么称呼", widget=forms.TextInput(attrs={"autocomplete": "off", "data-nodraft": ""}))
    contact_phone = Words(label="联系电话", widget=forms.TextInput(
        attrs={"inputmode": "tel", "autocomplete": "off", "data-nodraft": ""}))  # fmt: skip
    channel = forms.ChoiceField(label="渠道", choices=[(c.value, c.label) for c in (
        Channel.PHONE, Channel.DESK, Channel.PATROL, Channel.MEETING)], initial=Channel.PHONE)  # fmt: skip
    service_text = Words(
        label="申请的服务事项",
        help_text="输入几个字就会列出来，例如：高龄津贴。选定后往下核对材料。",
        widget=forms.TextInput(attrs={"list": "services", "autocomplete": "off"}),
    )
    text = Words(rows=5, label="什么事", help_text="按对方说的记，一件事一条。申请服务的，有要说明的再写。")
    answer = Words(rows=3, label="当场答复", help_text="能当场说清的写在这里，登记后直接办结；不写就按咨询分流。")
    place_text = Words(label="在哪里", help_text="小区、楼栋或路口；申请服务的，写申请人住哪里。")
    area = CommunityField(required=False)
    subject = forms.ChoiceField(label="主题", required=False)
    photos = PhotosField()
    wants_reply = forms.BooleanField(label="对方需要答复", required=False, initial=True)
    optional = {"subject", "photos"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = [("", "不分主题"), *subjects()]  # type: ignore[attr-defined]
        for name, key in KEYS.items():
            self.fields[name].widget.attrs |= {"accesskey": key, "aria-keyshortcuts": f"Alt+{key}"}

    def clean(self) -> dict[str, Any]:
        """Words are needed for all but an application, whose item says what it is about."""
        given = super().clean() or {}
        if given.get("kind") != MatterKind.APPLICATION and not str(given.get("text", "")).strip():
            self.add_error("text", "请写明是什么事、在哪里，一两句话即可。")
        return given
