"""The part of the sign-up form that is ours: how a resident is called."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest


class NameForm(forms.Form):
    """Base of allauth's sign-up form (ACCOUNT_SIGNUP_FORM_CLASS). Imports nothing of allauth: it imports this."""

    name = forms.CharField(
        label="姓名",
        max_length=40,
        help_text="办理事项时工作人员会这样称呼您，例如：王小明。",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "请填写姓名。", "max_length": "姓名最多 40 个字。"},
    )

    field_order = ["name", "phone", "password1"]

    def clean_name(self) -> str:
        """Refuse what is no name at all."""
        name = " ".join(str(self.cleaned_data["name"]).split())
        if not name or not name.isprintable():
            raise forms.ValidationError("请填写姓名，不能含有特殊控制字符。")
        return name

    def signup(self, request: HttpRequest, user: Any) -> None:
        """Nothing more to do: the adapter has stored the name."""
