"""The form and the filter row of a register, made from its columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join

from sanshe.kernel.access import Viewer

from . import values
from .declare import Column, Reference, Register
from .query import CHOOSE_FROM, Asked

DATE = {"type": "date"}


#: More suggestions than this make the page heavy and help nobody.
SUGGEST = 3000


class Suggest(forms.TextInput):
    """A text with suggestions: what begins alike is offered by the browser, without a script."""

    def __init__(self, offered: list[str]) -> None:
        super().__init__(attrs={"autocomplete": "off"})
        self.offered = offered

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """The input and its list."""
        known = f"list-{name}"
        field = super().render(name, value, {**(attrs or {}), "list": known}, renderer)
        options = format_html_join("", '<option value="{}"></option>', ((text,) for text in self.offered))
        return format_html('{}<datalist id="{}">{}</datalist>', field, known, options)


def _offered(reference: Reference | None, viewer: Viewer) -> list[str]:
    """The texts of what may be chosen."""
    assert reference is not None
    return [reference.text(row) for row in reference.offer(viewer)[:SUGGEST]]


def _field(column: Column, viewer: Viewer, row: Any | None) -> forms.Field:
    required = column.is_required and not (column.encrypted and row is not None)
    hint = column.hint
    if column.example:
        hint = f"{hint}{'，' if hint else ''}例如 {column.example}"
    if column.encrypted and row is not None and getattr(row, column.name):
        hint = f"{hint}{'；' if hint else ''}已有，留空就不改"
    base: dict[str, Any] = {"label": column.head, "required": required, "help_text": hint}
    kind = column.kind
    if kind == "reference":
        offered = _offered(column.reference, viewer)
        if len(offered) > CHOOSE_FROM:
            base["help_text"] = hint or "输入几个字，从提示中选取；也可写代码"
            return forms.CharField(max_length=200, widget=Suggest(offered), **base)
        held = values.typed(column, row) if row is not None else ""
        texts = offered if not held or held in offered else [held, *offered]
        return forms.ChoiceField(choices=[("", "请选择"), *[(text, text) for text in texts]], **base)
    if kind == "choice":
        return forms.ChoiceField(choices=[("", "请选择"), *[(str(v), w) for v, w in column.options if v != ""]], **base)
    if kind == "yes":
        return forms.ChoiceField(choices=[("", "请选择"), ("是", "是"), ("否", "否")], **base)
    if kind in ("date", "moment"):
        # A day is typed in many ways: it is read by the register, with its own sentence.
        return forms.CharField(widget=forms.TextInput(attrs=DATE), **base)
    if kind == "number":
        return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **base)
    if kind in ("long", "list"):
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 2 if kind == "list" else 4}), **base)
    limit = getattr(column.db, "max_length", None) or 200
    return forms.CharField(max_length=max(limit, 60), **base)


class RowForm(forms.Form):
    """All editable columns of a row. What is typed is read by the register itself, so errors are its own."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any,
        *,
        register: Register,
        viewer: Viewer,
        row: Any | None,
        seen: str = "",
        known: Mapping[str, str] | None = None,
    ) -> None:
        # `known`: what the page that led here knows of a new row, by column.
        told = known or {}
        initial: dict[str, Any] = {c.name: told[c.name] for c in register.editable if c.name in told}
        initial["seen"] = seen
        if row is not None:
            for column in register.editable:
                value = getattr(row, column.name) if column.kind == "choice" else values.typed(column, row)
                initial[column.name] = "" if value is None else str(value)
        super().__init__(data, initial=initial)
        self.register = register
        for column in register.editable:
            field = _field(column, viewer, row)
            # Whether a cell is missing or unknown is said by the register, all cells at once and in its own words.
            field.validate = lambda value: None  # type: ignore[method-assign]
            self.fields[column.name] = field
        if row is not None:
            self.fields["reason"] = forms.CharField(
                label="修改的原因", required=False, max_length=200, help_text="写入这一条的历史，方便以后查考"
            )

    @property
    def cells(self) -> dict[str, Any]:
        """What was typed; an encrypted cell that was left empty stays as it is."""
        assert self.data is not None
        out = {}
        for column in self.register.editable:
            text = self.cleaned_data.get(column.name, "")
            if column.encrypted and not text:
                continue
            out[column.name] = text
        return out

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        """Bound fields in the order of the columns, the reason last."""
        names = [*(column.name for column in self.register.editable), "reason"]
        return [self[name] for name in names if name in self.fields]


class FilterForm(forms.Form):
    """The filter row, filled with what is asked."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(initial={**asked.filters, "q": asked.text, "ended": asked.ended})
        register, viewer = asked.register, asked.viewer
        if register.search or register.exact:
            what = "、".join(_said(register, name) for name in [*register.search, *register.exact])
            self.fields["q"] = forms.CharField(
                label="查找", required=False, max_length=80,
                widget=forms.TextInput(attrs={"type": "search", "placeholder": what[:40]}),
            )  # fmt: skip
        for name in register.filters:
            self._add(register.column(name), viewer)
        if register.validity is not None:
            self.fields["ended"] = forms.BooleanField(
                label="含已结束的", required=False, widget=forms.CheckboxInput(attrs={"value": "1"})
            )

    def _add(self, column: Column, viewer: Viewer) -> None:
        kind, base = column.kind, {"required": False}
        if kind in ("date", "moment", "number"):
            attrs = DATE if kind != "number" else {"inputmode": "decimal", "size": "6"}
            for end, word in (("from", "起"), ("to", "止")):
                self.fields[f"{column.name}.{end}"] = forms.CharField(
                    label=f"{column.title}{word}", widget=forms.TextInput(attrs=attrs), **base
                )
            return
        if kind == "reference":
            reference = column.reference
            offered = _offered(reference.wider or reference if reference else None, viewer)
            if len(offered) <= CHOOSE_FROM:
                choices = [("", "全部"), *[(text, text) for text in offered]]
                self.fields[column.name] = forms.ChoiceField(label=column.title, choices=choices, **base)
            else:
                self.fields[column.name] = forms.CharField(label=column.title, widget=Suggest(offered), **base)
            return
        if kind == "choice":
            choices = [("", "全部"), *[(str(v), w) for v, w in column.options if str(v) != ""]]
            self.fields[column.name] = forms.ChoiceField(label=column.title, choices=choices, **base)
            return
        if kind == "yes":
            choices = [("", "全部"), ("是", "是"), ("否", "否")]
            self.fields[column.name] = forms.ChoiceField(label=column.title, choices=choices, **base)
            return
        self.fields[column.name] = forms.CharField(label=column.title, max_length=100, **base)


def _said(register: Register, name: str) -> str:
    plain = name.removesuffix("_hash").split("__")[0]
    try:
        return register.column(plain).title
    except KeyError:
        words = {"citizen": "证件号码", "paper": "其他证件号码", "phone": "电话号码"}
        found = words.get(plain)
        if found:
            return found
        from django.core.exceptions import FieldDoesNotExist

        try:
            return str(getattr(register.model._meta.get_field(plain), "verbose_name", plain))
        except FieldDoesNotExist:
            return "名称"


class BulkForm(forms.Form):
    """One column and what it becomes, for many rows."""

    column = forms.ChoiceField(label="要修改的栏目")
    value = forms.CharField(
        label="改成",
        required=False,
        max_length=400,
        help_text="日期写成 2026-11-23；有固定选项的照选项填写；留空表示清空",
    )
    reason = forms.CharField(label="修改的原因", max_length=200, help_text="写入每一条的历史")

    def __init__(self, data: Any, *, register: Register) -> None:
        super().__init__(data)
        unique = {name for key in register.key for name in key if len(key) == 1}
        offered = [c for c in register.editable if c.name not in unique and not c.encrypted]
        self.fields["column"].choices = [(c.name, c.title) for c in offered]  # type: ignore[attr-defined]


class ViewForm(forms.Form):
    """A name for the list as it stands."""

    name = forms.CharField(
        label="名称", required=False, max_length=40, help_text="例如：本街道闲置设施；不写名称，就作为打开台账时的样子"
    )
