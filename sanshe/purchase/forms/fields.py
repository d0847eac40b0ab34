"""Fields that the forms of buying share, with sentences of our own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

#: What a person may type as money, in yuan. Larger figures are slips of the pen.
MOST_YUAN = Decimal("9999999999.99")


class Text(forms.CharField):
    """Words without control characters, of a stated length; `rows` makes it a text area."""

    def __init__(self, rows: int = 0, **kwargs: Any) -> None:
        if rows:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        most = kwargs.setdefault("max_length", 3000 if rows else 120)
        kwargs.setdefault("error_messages", {"max_length": f"最多 {most} 个字，请缩短。"})
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """The typed text without characters that nobody can see and the database does not take."""
        text = str(super().to_python(value) or "")
        return "".join(c for c in text if c >= " " or c in "\n\r\t").strip()


class YuanField(forms.DecimalField):
    """Money as people write it, in yuan; cleaned to fen."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 0)
        kwargs.setdefault("max_value", MOST_YUAN)
        kwargs.setdefault("decimal_places", 2)
        kwargs.setdefault("help_text", "以元为单位，可带两位小数，例如 1280.50")
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        kwargs.setdefault(
            "error_messages",
            {
                "invalid": "请填数字，例如 1280.50。",
                "max_decimal_places": "最多两位小数。",
                "min_value": "金额不能小于 %(limit_value)s 元。",
                "max_value": "金额太大，请核对单位是不是元。",
            },
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        """Fen, or None for an empty field."""
        if isinstance(value, str):
            for sign in (",", "，", "元", "￥", "¥", " "):
                value = value.replace(sign, "")
        amount = super().clean(value)
        return None if amount is None else int(amount * 100)

    def prepare_value(self, value: Any) -> Any:
        """Stored fen as yuan; what was typed stays as it was typed."""
        if not isinstance(value, int):
            return value
        whole, rest = divmod(value, 100)
        return f"{whole}.{rest:02d}" if rest else str(whole)


class Points(forms.DecimalField):
    """Points with two decimals at most; cleaned to hundredths."""

    def __init__(self, full: int, **kwargs: Any) -> None:
        said = f"请填 0 到 {full} 之间的分数，最多两位小数。"
        super().__init__(
            min_value=0, max_value=full, decimal_places=2,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 5}),
            error_messages={k: said for k in ("invalid", "min_value", "max_value", "max_decimal_places", "required")},
            **kwargs,
        )  # fmt: skip

    def clean(self, value: Any) -> Any:
        """Hundredths of a point, or None."""
        points = super().clean(value)
        return None if points is None else int(points * 100)


class Moment(forms.DateTimeField):
    """A local date and time, typed into one field."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"])
        kwargs.setdefault("widget", forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
        kwargs.setdefault("error_messages", {"invalid": "请填日期和时间，例如 2026-12-01 17:00。"})
        super().__init__(**kwargs)


class Day(forms.DateField):
    """A date."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        kwargs.setdefault("error_messages", {"invalid": "请填日期，例如 2026-12-01。"})
        super().__init__(**kwargs)


class Rows:
    """Rows of small fields in one form: fixed in number, blank ones ignored, each error at its own cell.

    `parts`: name → (label, field factory). Works without a script. Cell names are `<rows>_<part>_<nr>`.
    """

    def __init__(self, name: str, parts: dict[str, tuple[str, Any]], needed: tuple[str, ...]) -> None:
        self.name, self.parts, self.needed = name, parts, needed

    def put(self, form: forms.Form, count: int, known: list[dict[str, Any]] | None = None) -> None:
        """Add the fields of `count` rows to a form, filled from `known`."""
        form.row_counts = {**getattr(form, "row_counts", {}), self.name: count}  # type: ignore[attr-defined]
        for nr in range(count):
            for part, (label, make) in self.parts.items():
                field = make()
                field.label, field.required = f"第 {nr + 1} 行：{label}", False
                field.widget.attrs["aria-label"] = field.label
                if known and nr < len(known):
                    field.initial = known[nr].get(part)
                form.fields[self.cell(part, nr)] = field

    def cell(self, part: str, nr: int) -> str:
        """The name of one cell's field."""
        return f"{self.name}_{part}_{nr}"

    def bound(self, form: forms.Form) -> list[list[Any]]:
        """The bound fields, row by row, for a template."""
        count = form.row_counts[self.name]  # type: ignore[attr-defined]
        return [[form[self.cell(part, nr)] for part in self.parts] for nr in range(count)]

    def take(self, form: forms.Form, data: dict[str, Any]) -> list[dict[str, Any]]:
        """Move the rows out of the cleaned data. A row that is begun needs its needed parts."""
        out = []
        for nr in range(form.row_counts[self.name]):  # type: ignore[attr-defined]
            row = {part: data.pop(self.cell(part, nr), None) for part in self.parts}
            wrong = any(self.cell(part, nr) in form.errors for part in self.parts)
            begun = [part for part in self.parts if row[part] not in (None, "", False)]
            if not begun:
                continue
            for part in self.needed:
                if row[part] in (None, "") and self.cell(part, nr) not in form.errors:
                    form.add_error(self.cell(part, nr), f"第 {nr + 1} 行还缺「{self.parts[part][0]}」。")
                    wrong = True
            if not wrong:
                out.append(row)
        return out
