"""The rules of the person register for a whole sheet: what `PersonRegister.clean` asks of a row, asked of many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from .access import PersonAccess
from .identity import clean_paper
from .models import Person

#: The fields that the rules against the index look at.
TOGETHER = ("name", "citizen_hash", "paper_hash", "phone_hash")
Sentences = dict[int, dict[str, str]]


def within_rows(columns: dict[str, list[Any]]) -> Sentences:
    """Papers checked, brought to their one spelling and masked; addresses not too long."""
    wrong: Sentences = {}
    numbers = columns.get("paper_number")
    kinds = columns.get("paper_kind") or [""] * len(numbers or ())
    if numbers is None and any(kinds):
        wrong.update({i: {"paper_kind": "填了证件类别，也要填证件号码。"} for i, kind in enumerate(kinds) if kind})
    if numbers is not None:
        masked = [""] * len(numbers)
        for i, (kind, number) in enumerate(zip(kinds, numbers, strict=True)):
            if kind or number:
                try:
                    numbers[i], masked[i] = clean_paper(kind or "", number or "")
                except Invalid as error:
                    wrong.setdefault(i, {}).update(error.errors)
        columns["paper_masked"] = masked
    for i, address in enumerate(columns.get("address") or ()):
        if address and len(address) > 200:
            wrong.setdefault(i, {})["address"] = "住址最多 200 个字。"
    return wrong


def against_index(fields: Mapping[str, Sequence[str | None]], targets: Sequence[int | None], by: Viewer) -> Sentences:
    """Nobody twice, and no number typed over another. What is told of an existing file is no more than that it is."""
    n = len(targets)
    column = {name: fields.get(name) or [""] * n for name in TOGETHER}
    wrong: Sentences = {}
    for name, title, key in (
        ("citizen_hash", "公民身份号码", "citizen_number"), ("paper_hash", "证件号码", "paper_number")
    ):  # fmt: skip
        owners = _owners(name, [text for text in column[name] if text])
        kept = _kept(name, [target for target in targets if target is not None])
        for i, text in enumerate(column[name]):
            if not text:
                continue
            if owners.get(text, targets[i]) != targets[i]:
                wrong.setdefault(i, {})[key] = f"这个{title}已有另一份档案，请先在「疑似重复」里核对。"
            elif kept.get(targets[i] or 0, text) != text:
                wrong.setdefault(i, {})[key] = f"{title}不能直接改写，请在档案页登记「更正」，原号码会留存备查。"
    _alike(column, targets, wrong, by)
    return wrong


def _owners(name: str, texts: list[str]) -> dict[str, int]:
    return dict(_among(Person.every.all(), name, texts).values_list(name, "pk")) if texts else {}


def _among(rows: QuerySet[Person], name: str, values: list[Any]) -> QuerySet[Person]:
    """Rows whose column is one of many values, as one array: a list of thousands takes longer to write than to find."""
    return rows.extra(where=[f"people_person.{name} = ANY(%s)"], params=[values])


def _kept(name: str, pks: list[int]) -> dict[int, str]:
    return dict(_among(Person.every.exclude(**{name: ""}), "id", pks).values_list("pk", name)) if pks else {}


def _alike(
    column: Mapping[str, Sequence[str | None]], targets: Sequence[int | None], wrong: Sentences, by: Viewer
) -> None:
    """New rows whose name and phone are those of a file: father and son may share them, if each has a number."""
    phones = {text for i, text in enumerate(column["phone_hash"]) if text and targets[i] is None}
    if not phones:
        return
    held: dict[tuple[str, str], list[tuple[int, str]]] = {}
    rows = _among(Person.objects.all(), "phone_hash", list(phones))
    for phone, name, pk, citizen in rows.values_list("phone_hash", "name", "pk", "citizen_hash"):
        held.setdefault((phone, name), []).append((pk, citizen))
    if not held:
        return
    seen = set(PersonAccess.rows(by).filter(pk__in=[pk for found in held.values() for pk, _ in found]).values_list(
        "pk", flat=True))  # fmt: skip
    for i, target in enumerate(targets):
        found = held.get((column["phone_hash"][i] or "", column["name"][i] or ""), [])
        likely = [pk for pk, citizen in found if not (citizen and column["citizen_hash"][i])]
        if target is None and likely:
            where = "在您的档案中可以查到" if likely[0] in seen else "由其他社区建立"
            wrong.setdefault(i, {})["phone"] = f"已有姓名和电话都相同的档案（{where}），请核对后使用，不必再建。"
