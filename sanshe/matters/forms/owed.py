"""Forms of what an application lacks: begun without it, asked for once, refused, sent by the applicant."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer

from ..actions.applying import last_day
from ..models import Matter
from ..words import UNSETTLED, MaterialState
from .fields import DayField, PhotosField, Words
from .steps import _reason


class LackingForm(forms.Form):
    """Which materials are to come, what is wanted of each, by which day. What is not there yet is ticked already."""

    wants_object = True
    until = DayField(label="请在哪天前补齐")

    def __init__(self, *args: Any, obj: Matter, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = last_day(clock.now())
        self.fields["until"].initial = last
        self.fields["until"].help_text = f"最晚 {last.month}月{last.day}日。到期前系统会提醒申请人。"
        self.rows = list(obj.materials.filter(state__in=UNSETTLED).prefetch_related("files__file"))
        for row in self.rows:
            missing = row.state != MaterialState.SENT
            self.fields[f"need-{row.position}"] = forms.BooleanField(
                label=row.name, required=False, initial=missing,
                help_text="还没有交" if missing else "已经上传，不合格的才勾选",
            )  # fmt: skip
            self.fields[f"why-{row.position}"] = Words(
                label="要什么样的", help_text="例如：租房合同要有签字页；照片要看得清号码。",
            )  # fmt: skip
        self.order_fields([name for row in self.rows for name in (f"need-{row.position}", f"why-{row.position}")])
        self.fields["until"] = self.fields.pop("until")
        self.optional = {f"why-{row.position}" for row in self.rows}

    def clean(self) -> dict[str, Any]:
        """As the action takes it: position → what is wanted, and the day."""
        given = super().clean() or {}
        lacking = {
            row.position: str(given.get(f"why-{row.position}", ""))
            for row in self.rows if given.get(f"need-{row.position}")
        }  # fmt: skip
        return {"lacking": lacking, "until": given.get("until")}

    @property
    def pairs(self) -> list[dict[str, Any]]:
        """Each material with its two fields, for the page."""
        return [
            {"row": row, "need": self[f"need-{row.position}"], "why": self[f"why-{row.position}"]} for row in self.rows
        ]


REMEDY = "对不予受理有异议的，可以自收到之日起六十日内申请行政复议，或者六个月内提起行政诉讼。"


class RefuseForm(forms.Form):
    """Refusing an application before it is begun."""

    reason = _reason("不予受理的理由", "写明哪一条不符合。申请人会看到。")
    basis = _reason("依据", "写明法律、文件和条款。申请人会看到。", 2)
    other_way = _reason("不服可以走的途径", "行政复议、诉讼的期限已写好，按本项服务的规定修改。", 3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other_way"].initial = REMEDY


class LongerForm(forms.Form):
    """A later day for all that is still owed."""

    wants_object = True
    until = DayField(label="放宽到哪天")
    reason = _reason("为什么放宽", "例如：开具证明要等十天。申请人会看到。", 2)

    def __init__(self, *args: Any, obj: Matter, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = last_day(clock.now())
        self.fields["until"].initial = last
        owed = obj.owed_on
        now = f"现在最早一份的日期是 {owed.month}月{owed.day}日；" if owed is not None else ""
        self.fields["until"].help_text = f"{now}最晚 {last.month}月{last.day}日。"


class SendBackForm(forms.Form):
    """One material that is no good."""

    note = Words(label="哪里不合格、要什么样的", required=True, error_messages={"required": "请写明哪里不合格。"})
    until = DayField(label="请在哪天前重交")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = last_day(clock.now())


class MaterialFilesField(PhotosField):
    """Photos or PDF files of one material."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs["accept"] = "image/jpeg,image/png,image/webp,application/pdf"


def put_material(form: forms.Form, position: int, name: str, words: bool, due: date | None = None) -> None:
    """Add the fields of one material to a form: its files, and words instead where a paper is not needed."""
    until = f"{due.month}月{due.day}日前补齐。" if due is not None else ""
    form.fields[f"file-{position}"] = MaterialFilesField(label=name, help_text=f"{until}拍照上传，或选 PDF。")
    if words:
        form.fields[f"said-{position}"] = Words(
            label="或者直接写", widget=forms.TextInput(attrs={"autocomplete": "off"})
        )


class BringForm(forms.Form):
    """What the applicant still owes, each with its files or words."""

    def __init__(self, *args: Any, obj: Matter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = (MaterialState.LATER, MaterialState.MISSING)
        self.rows = list(obj.materials.filter(state__in=wanted))
        originals = (
            {at for at, row in enumerate(obj.service.materials) if row.get("original")} if obj.service else set()
        )
        for row in self.rows:
            put_material(self, row.position, row.name, row.position not in originals, row.due_on)

    @property
    def pairs(self) -> list[dict[str, Any]]:
        """Each material with its fields, for the page."""
        return [
            {"row": row, "file": self[f"file-{row.position}"],
             "said": self[f"said-{row.position}"] if f"said-{row.position}" in self.fields else None}
            for row in self.rows
        ]  # fmt: skip
