"""The form of a neighbour who offers help."""

from __future__ import annotations

from django import forms

from .fields import Words


class HelpForm(forms.Form):
    """One sentence."""

    text = Words(
        rows=3,
        label="怎样帮忙",
        required=True,
        error_messages={"required": "请写一句您可以怎样帮忙、什么时候方便。"},
        help_text="写清能帮什么、什么时候方便。对方接受之前，双方都看不到电话；接受之后，互相能看到。",
    )
