"""Numbers of people in free texts: which texts are looked at, what is found in one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from sanshe.kernel.errors import Invalid
from sanshe.kernel.fields import EncryptedText, LookupHash
from sanshe.kernel.identifiers import clean_citizen, clean_phone
from sanshe.kernel.mask import mask_citizen, mask_phone

from .words import FindingKind

#: What the database looks for, before the check digit is asked.
CANDIDATE = r"1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}|[0-9]{6}[ -]?[0-9]{8}[ -]?[0-9]{3}[0-9Xx]"
_CITIZEN = re.compile(r"(?<![0-9A-Za-z])[0-9]{6}[ -]?[0-9]{8}[ -]?[0-9]{3}[0-9Xx](?![0-9A-Za-z])")
_PHONE = re.compile(r"(?<![0-9A-Za-z])1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9A-Za-z])")
#: Shorter fields hold codes and words.
SHORTEST = 20
#: Fields that are meant to hold a number: public telephones, codes, addresses of pages.
_MEANT = ("phone", "contact", "code", "hash", "number", "digest", "commitment", "url", "key", "masked", "username")
#: Tables that nothing may change: the audit and its chain.
_APART = ("kernel", "people.Finding")


@dataclass(frozen=True)
class Found:
    """A number in a text, as it stands there, and masked."""

    kind: FindingKind
    text: str
    masked: str


def numbers_in(text: str) -> list[Found]:
    """Citizen numbers with a right check digit, and mobile numbers, in the order in which they stand."""
    found: list[tuple[int, Found]] = []
    rest = text
    for hit in _CITIZEN.finditer(text):
        try:
            number = clean_citizen(hit[0])
        except Invalid:
            continue
        found.append((hit.start(), Found(FindingKind.CITIZEN, hit[0], mask_citizen(number))))
        rest = rest[: hit.start()] + "·" * len(hit[0]) + rest[hit.end() :]
    for hit in _PHONE.finditer(rest):
        try:
            number = clean_phone(hit[0])
        except Invalid:
            continue
        found.append((hit.start(), Found(FindingKind.PHONE, hit[0], mask_phone(number))))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def masked_text(text: str, masked: str) -> tuple[str, list[str]]:
    """The text with every number of that mask masked, and the numbers as they stood."""
    gone = [one.text for one in numbers_in(text) if one.masked == masked]
    for number in gone:
        text = text.replace(number, masked)
    return text, list(dict.fromkeys(gone))


def text_fields() -> Iterator[tuple[type[models.Model], models.Field]]:  # type: ignore[type-arg]
    """The free texts of all our models that are classed public or internal."""
    for model in apps.get_models():
        meta = model._meta
        ours = meta.app_config is not None and str(meta.app_config.name).startswith("sanshe.")
        if not ours or meta.proxy or not meta.managed or meta.app_label in _APART or meta.label in _APART:
            continue
        classes = getattr(model, "privacy", {})
        open_ones = f"{classes.get('public', '')} {classes.get('internal', '')}".split()
        for field in meta.local_concrete_fields:
            if field.name in open_ones and _is_free_text(field):
                yield model, field


def _is_free_text(field: models.Field) -> bool:  # type: ignore[type-arg]
    if isinstance(field, EncryptedText | LookupHash) or not isinstance(field, models.CharField | models.TextField):
        return False
    if field.choices or any(word in field.name for word in _MEANT):
        return False
    limit = getattr(field, "max_length", None)
    return limit is None or limit >= SHORTEST


def area_path(model: type[models.Model]) -> str:
    """The way from a row to the id of its area: its own column, or one table further; "" when there is none."""
    hops = []
    for field in model._meta.concrete_fields:
        target = field.related_model
        if target is None or isinstance(target, str):
            continue
        if target._meta.label == "areas.Area":  # type: ignore[union-attr]
            return field.attname
        hops += [
            f"{field.name}__{other.attname}"
            for other in target._meta.concrete_fields  # type: ignore[union-attr]
            if getattr(other.related_model, "_meta", None) is not None
            and other.related_model._meta.label == "areas.Area"  # type: ignore[union-attr]
            and target._meta.label not in ("accounts.User", "people.Person")  # type: ignore[union-attr]
        ]
    return hops[0] if hops else ""


def field_of(model_label: str, field_name: str) -> tuple[type[models.Model], models.Field] | None:  # type: ignore[type-arg]
    """The model and field that a finding names, None when they are gone."""
    try:
        model = apps.get_model(model_label)
        return model, model._meta.get_field(field_name)  # type: ignore[return-value]
    except (LookupError, FieldDoesNotExist):
        return None
