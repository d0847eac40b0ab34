"""Model fields for personal data: encrypted text, and the keyed hash by which it is found.

    phone = EncryptedText(verbose_name="电话", blank=True)
    phone_hash = LookupHash(of="phone", kind="phone")
    ...
    Person.objects.filter(phone_hash=hash_of("phone", "138 0000 0001"))

Note: `save(update_fields=["phone"])` writes the phone alone; name the hash as well. `QuerySet.update`
computes nothing at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core import checks
from django.core.exceptions import FieldError, ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import BaseExpression

from sanshe.kernel import crypto
from sanshe.kernel.errors import Invalid
from sanshe.kernel.identifiers import NORMALISERS
from sanshe.kernel.mask import mask_address, mask_citizen, mask_code, mask_name, mask_phone

__all__ = [
    "CheckedField",
    "EncryptedText",
    "LookupHash",
    "hash_of",
    "mask_address",
    "mask_citizen",
    "mask_code",
    "mask_name",
    "mask_phone",
]


class EncryptedText(models.TextField):  # type: ignore[type-arg]
    """Text that is stored encrypted (kernel.crypto) and is a plain `str` in Python.

    It can not be searched, sorted, indexed or unique: filtering by anything but `isnull` raises `FieldError`.
    `context` pins the associated data; set it to the old `app.model.field` when model or field is renamed,
    or the values already stored can not be read.
    """

    def __init__(self, *args: Any, context: str = "", **kwargs: Any) -> None:
        self._context = context
        super().__init__(*args, **kwargs)

    @property
    def context(self) -> str:
        """Where a value of this field belongs: `app.model.field`."""
        return self._context or f"{self.model._meta.label_lower}.{self.name}"

    def deconstruct(self) -> Any:
        """With `context`, when it is pinned."""
        name, path, args, kwargs = super().deconstruct()
        if self._context:
            kwargs["context"] = self._context
        return name, path, args, kwargs

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """Refuse what encryption makes meaningless."""
        found = super().check(**kwargs)
        if self.unique or getattr(self, "db_index", False):
            what = "An encrypted field can be neither unique nor indexed: use LookupHash."
            found.append(checks.Error(what, obj=self))
        return found

    def get_prep_value(self, value: Any) -> Any:
        """Plain text; encryption follows in `get_db_prep_save`, where the column is known."""
        return super().get_prep_value(value)

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """Encrypt on the way into the table."""
        if isinstance(value, BaseExpression):
            raise FieldError(f"{self.name} is encrypted: give it a text, not an expression.")
        text = self.get_prep_value(value)
        return None if text is None else crypto.encrypt(text, self.context)

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        """Decrypt on the way out."""
        return None if value is None else crypto.decrypt(value, self.context)

    def get_lookup(self, lookup_name: str) -> Any:
        """`isnull` only."""
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted and can not be filtered by: use its LookupHash.")
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        """None: no transform makes sense on ciphertext."""
        raise FieldError(f"{self.name} is encrypted and can not be filtered by: use its LookupHash.")

    def formfield(self, **kwargs: Any) -> Any:
        """One line unless the form says otherwise."""
        return super().formfield(**{"widget": forms.TextInput, **kwargs})


class LookupHash(models.CharField):  # type: ignore[type-arg]
    """HMAC-SM3 (64 hex characters) of another field's normalised text, computed whenever the row is saved.

    `of` names the field, `kind` the normaliser (`identifiers.NORMALISERS`) and the space of the hash: equal
    kinds are comparable across models. Empty text gives "". Indexed; unique only if you say so.
    """

    def __init__(self, *args: Any, of: str, kind: str, **kwargs: Any) -> None:
        self.of, self.kind = of, kind
        kwargs.update(max_length=64, editable=False)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        if not kwargs.get("unique"):
            kwargs.setdefault("db_index", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """With `of` and `kind`, and a refusal of the index, which Django leaves out because False is its default."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.setdefault("db_index", self.db_index)  # type: ignore[attr-defined]
        return name, path, args, {**kwargs, "of": self.of, "kind": self.kind}

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """The normaliser must exist."""
        found = super().check(**kwargs)
        if self.kind not in NORMALISERS:
            found.append(checks.Error(f"There is no normaliser for kind {self.kind!r}.", obj=self))
        return found

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Compute the hash from the text as it stands now."""
        digest = hash_of(self.kind, getattr(model_instance, self.of) or "")
        setattr(model_instance, self.attname, digest)
        return digest


def hash_of(kind: str, text: str) -> str:
    """The hash to search by: `filter(phone_hash=hash_of("phone", typed))`; any spelling will do.

    An empty text gives "", which matches every row without one: test for it before you search.
    """
    return crypto.lookup(kind, NORMALISERS[kind](text))


class CheckedField(forms.CharField):
    """A form field that runs one of `identifiers.clean_*` and shows its sentence at the field.

    phone = CheckedField(clean_phone, label="电话", required=False)
    """

    def __init__(self, cleaner: Callable[[str], str], **kwargs: Any) -> None:
        self.cleaner = cleaner
        super().__init__(**{"max_length": 60, **kwargs})

    def clean(self, value: Any) -> str:
        """The one stored spelling."""
        text: str = super().clean(value)
        if not text:
            return text
        try:
            return self.cleaner(text)
        except Invalid as wrong:
            raise ValidationError(wrong.sentence) from None
