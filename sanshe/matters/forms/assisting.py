"""What the form of finishing shows of the assisting units."""

from __future__ import annotations

from django import forms

from ..models import Matter
from ..words import AssistState
from .fields import Words


def put_parts(form: forms.Form, obj: Matter) -> None:
    """Begin the result with what the units answered; where a part is open, ask why it is not waited for.

    One answer goes to the reporter, and the host unit composes it.
    """
    rows = list(obj.assists.exclude(state=AssistState.LAPSED).select_related("unit").order_by("pk"))
    answered = [row for row in rows if row.state == AssistState.ANSWERED]
    waiting = "、".join(str(row.unit) for row in rows if row.state == AssistState.ASKED)
    result = form.fields["result"]
    if answered:
        result.initial = "\n".join(f"{row.unit}：{row.answer}" for row in answered)
        result.help_text = f"已写入 {len(answered)} 个协办单位的答复，请合成一个完整的结果。{result.help_text}"
    if waiting:
        form.fields["without"] = Words(
            rows=2, label="为什么不等协办答复", required=False,
            help_text=f"{waiting}还没有答复。请等它答复；不等的，在这里写明理由。",
        )  # fmt: skip
