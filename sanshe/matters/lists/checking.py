"""Whether a version can stand: what must be put right before it is put in force, and what is worth a look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..words import Route
from .kinds import CRITERIA, Kind
from .words import DutyKind

#: A shorter word says too little: one character stands in half of all texts.
SHORTEST = 2


@dataclass(frozen=True)
class Finding:
    """One thing found: in which item, said in a sentence. `blocks`: it must be put right first."""

    item: Any | None
    sentence: str
    blocks: bool = True


def check(kind: Kind, items: Sequence[Any]) -> list[Finding]:
    """What is wrong with the items of a version, blocking things first."""
    if not items:
        return [Finding(None, f"一{kind.item_title}也没有，至少要有一条。")]
    found: list[Finding] = []
    for item in items:
        found += _words(item)
        found += _criterion(item) if kind is CRITERIA else _duty(item)
    found += _shared(items)
    names: dict[str, Any] = {}
    for item in items:
        if item.name in names:
            found.append(Finding(item, f"{item.code} 与 {names[item.name].code} 同名「{item.name}」。"))
        names[item.name] = item
    return sorted(found, key=lambda one: not one.blocks)


def _words(item: Any) -> list[Finding]:
    if not item.covers:
        return [Finding(item, f"{item.code}「{item.name}」没有关键词，凭描述就认不出它。")]
    short = [word for word in item.covers if len(word) < SHORTEST]
    if short:
        return [Finding(item, f"{item.code}「{item.name}」的关键词“{short[0]}”只有一个字，太宽，请写成词。")]
    return []


def _criterion(item: Any) -> list[Finding]:
    named = f"{item.code}「{item.name}」"
    found = []
    if item.urgent and not item.hours:
        found.append(Finding(item, f"{named}是紧急事项，请写明几小时内办理。"))
    if item.hours and not item.urgent:
        found.append(Finding(item, f"{named}写了小时数，但没有标为紧急。"))
    if item.urgent and item.route != Route.GOVERNMENT:
        found.append(Finding(item, f"{named}标为紧急，紧急事项只能是大事。"))
    if item.route == Route.SELF and not item.guidance:
        found.append(Finding(item, f"{named}是私事，请写明告诉居民的指引。"))
    if item.route == Route.GOVERNMENT and not item.unit_hint:
        found.append(Finding(item, f"{named}没有写一般由谁承办，分流时不能先列出单位。", blocks=False))
    return found


def _duty(item: Any) -> list[Finding]:
    named = f"{item.code}「{item.name}」"
    found = []
    if not item.basis:
        found.append(Finding(item, f"{named}没有写依据，拒收或下派时无从引用。"))
    if item.kind == DutyKind.ASSIST and not item.says:
        found.append(Finding(item, f"{named}没有写明社区协助到哪一步。"))
    if item.kind != DutyKind.ASSIST and (item.needs_funds or item.needs_people):
        found.append(Finding(item, f"{named}不在协助清单，经费和人手的要求不起作用。", blocks=False))
    if item.kind != DutyKind.OWN and not item.leads:
        found.append(Finding(item, f"{named}没有写牵头单位。", blocks=False))
    return found


def _shared(items: Sequence[Any]) -> list[Finding]:
    """Words that stand in two items: a text with it fits both, and the suggestion can not decide."""
    where: dict[str, list[Any]] = defaultdict(list)
    for item in items:
        for word in item.covers:
            where[word].append(item)
    found = []
    for word, those in where.items():
        if len(those) > 1:
            codes = "、".join(f"{item.code}「{item.name}」" for item in those)
            found.append(Finding(those[1], f"关键词“{word}”在 {codes} 里都有，描述里只有它时分不清。", blocks=False))
    return found
