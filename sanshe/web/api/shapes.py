"""Answers drawn from the models: the title of a field is the model's, its class decides whether it may be named."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.db import models
from ninja import Schema
from pydantic import BeforeValidator, Field, create_model

JSON = Any


class Ref(Schema):
    """Another record: its id and what it is called."""

    id: int = Field(title="编号")
    name: str = Field(title="名称")

    @staticmethod
    def resolve_name(obj: Any) -> str:
        """What the record calls itself."""
        return str(obj)


class AreaRef(Schema):
    """An area."""

    code: str = Field(title="区划代码")
    name: str = Field(title="名称", validation_alias="short_name")
    level: str = Field(title="层级")


class Choice(Schema):
    """One of a fixed list."""

    code: str = Field(title="标识")
    label: str = Field(title="名称")


class PersonalField(TypeError):
    """An answer names a field whose class does not allow it."""


def allowed(model: type[models.Model], internal: bool) -> set[str]:
    """Names of the fields that an answer may hold: the public ones, and the internal ones if it is for staff."""
    stated: dict[str, str] = getattr(model, "privacy", {})
    names = stated.get("public", "").split()
    return set(names + (stated.get("internal", "").split() if internal else []))


def _chosen(field: models.Field[Any, Any]) -> Any:
    labels = {code: str(label) for code, label in field.flatchoices}

    def tell(value: Any) -> Any:
        if value in ("", None):
            return None
        return {"code": str(value), "label": labels.get(value, "")} if not isinstance(value, dict | Choice) else value

    kind = Annotated[Choice, BeforeValidator(tell)] if not (field.blank or field.null) else None
    return kind or Annotated[Choice | None, BeforeValidator(tell)]


_KINDS: list[tuple[type[models.Field[Any, Any]], Any]] = [
    (models.DateTimeField, datetime),
    (models.DateField, date),
    (models.BooleanField, bool),
    (models.IntegerField, int),
    (models.JSONField, list[Any]),
    (models.CharField, str),
    (models.TextField, str),
]


def _title(field: Any) -> str:
    """What the field is called in Chinese; a foreign key without a name of its own is called after what it names."""
    said = str(field.verbose_name)
    return str(field.related_model._meta.verbose_name) if said.isascii() and field.is_relation else said


def _kind(field: models.Field[Any, Any]) -> Any:
    if isinstance(field, models.ForeignKey):
        target = field.related_model
        label = target if isinstance(target, str) else target._meta.label
        return AreaRef if label == "areas.Area" else Ref
    if field.flatchoices:
        return _chosen(field)
    for known, kind in _KINDS:
        if isinstance(field, known):
            return kind
    raise PersonalField(f"{field} has no plain form")


def shape(
    name: str, model: type[models.Model], fields: str, doc: str, *, internal: bool = False, **more: Any
) -> type[Schema]:
    """The answer `name`: the model's fields of that list, and `more` computed ones (type, Field).

    Raises PersonalField when a field is not public (nor internal, where that is allowed).
    """
    may = allowed(model, internal)
    parts: dict[str, Any] = {"id": (int, Field(title="编号"))} if "id" in fields.split() else {}
    for one in fields.split():
        if one == "id":
            continue
        if one not in may:
            raise PersonalField(f"{model._meta.label}.{one} must not be part of {name}")
        field = model._meta.get_field(one)
        kind = _kind(field)  # type: ignore[arg-type]
        if field.null and not field.flatchoices:  # type: ignore[union-attr]
            kind = kind | None
        parts[one] = (kind, Field(title=_title(field)))
    return create_model(name, __base__=Schema, __doc__=doc, **parts, **more)


def pages(item: type[Schema]) -> type[Schema]:
    """The answer of a list of these."""
    return create_model(
        f"{item.__name__}List",
        __base__=Schema,
        __doc__=f"A page of {item.__name__}, and the key to read on with.",
        items=(list[item], Field(title="记录")),  # type: ignore[valid-type]
        next=(str | None, Field(title="下一页的 after", description="null at the end of the list")),
    )


#: The address of the record's page on the site.
PAGE = (str, Field(title="页面地址", validation_alias="get_absolute_url"))
