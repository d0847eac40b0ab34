"""Readers of the lists: the version in force, all versions, one version, and a search by a resident's own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sanshe.kernel import audit, clock, params
from sanshe.kernel.access import Viewer

from ..words import Route
from .kinds import Kind
from .words import DutyKind


@dataclass(frozen=True)
class Shown:
    """An item as pages show it: its group in words, and its further fields that say something."""

    item: Any
    label: str
    facts: tuple[tuple[str, str], ...]


def shown(kind: Kind, item: Any) -> Shown:
    """An item with what there is to say of it; name, group and words have places of their own."""
    facts = []
    for one in kind.fields:
        if one.name in ("name", kind.group, "covers"):
            continue
        text = one.shown(getattr(item, one.name))
        if one.name == "deadline":
            # Only what a unit handles has such a deadline; in days, for those who do not know the kinds.
            text = _days(item)
        if text and text != "否":
            facts.append((one.label, text))
    return Shown(item, kind.group_label(item), tuple(facts))


def _days(item: Any) -> str:
    """The deadline of a criterion in working days; "" where another one counts."""
    if item.route != Route.GOVERNMENT or item.urgent:
        return ""
    return str(params.get(f"matter.deadline_{item.deadline}", on=clock.today()).shown)


@dataclass(frozen=True)
class Group:
    """The items of one group, with what is said of it."""

    value: str
    label: str
    says: str
    items: list[Shown]


def grouped(kind: Kind, items: Sequence[Any]) -> list[Group]:
    """The items by group, in the order of the groups; groups without items are left out."""
    return [
        Group(value, label, says, found)
        for value, label, says in kind.groups
        if (found := [shown(kind, item) for item in items if getattr(item, kind.group) == value])
    ]


@dataclass(frozen=True)
class Standing:
    """A version in the list of versions: since when, until when, and what it is now."""

    version: Any
    word: str
    tone: str
    count: int


def versions(kind: Kind, viewer: Viewer, on: date) -> list[Standing]:
    """All versions that the viewer may see, drafts first, then the newest."""
    from django.db.models import Count

    rows = list(kind.access.rows(viewer).annotate(n=Count("items")).select_related("based_on", "drafted_by"))
    rows.sort(key=lambda v: (not v.is_draft, -(v.valid_from or on).toordinal(), -v.pk))
    return [Standing(v, *standing(v, on), v.n) for v in rows]


def standing(version: Any, on: date) -> tuple[str, str]:
    """What a version is on a day, as a word and its tone."""
    if version.is_draft:
        return "草案", "todo"
    if version.valid_from > on:
        return "待施行", "info"
    if version.valid_to is not None and version.valid_to <= on:
        return "已失效", "off"
    return "施行中", "done"


def draft_of(kind: Kind, viewer: Viewer) -> Any | None:
    """The draft that is being written, for those who may see it."""
    return kind.access.rows(viewer).filter(valid_from__isnull=True).first()


def before(kind: Kind, version: Any) -> Any | None:
    """What a version is compared with first: what it was drafted from, else the one before it in time."""
    if version.based_on_id is not None:
        return version.based_on
    if version.is_draft:
        return None
    return kind.versions.objects.filter(valid_from__lt=version.valid_from).order_by("-valid_from").first()


def last_changed_by(version: Any, viewer: Viewer) -> Any | None:
    """The last entry in the history of a draft, when it was made by somebody else; None otherwise."""
    entry = audit.history(version).order_by("-pk").first()
    return entry if entry is not None and entry.actor != viewer.user_id else None


def free_version(kind: Kind, on: date) -> str:
    """A number for the next version: the year and the next number in it."""
    used = set(kind.versions.objects.values_list("version", flat=True))
    return next(name for n in range(1, 1000) if (name := f"{on.year}-{n}") not in used)


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


@dataclass(frozen=True)
class Hit:
    """An item found, with the words of the list that the text holds."""

    shown: Shown
    words: tuple[str, ...]


def search(kind: Kind, items: Sequence[Any], text: str) -> list[Hit]:
    """The items for what somebody typed, best first: a word or a whole sentence, in the words of the list or near them.

    A word of the item that stands in the text counts most, then the text standing in the item, then shared pairs of
    characters (a part of the text's, see NEAR).
    """
    text = text.strip()
    if not text:
        return []
    pairs = _pairs(text)
    found = []
    for item in items:
        words = tuple(word for word in item.covers if word in text)
        score = 3.0 * sum(len(word) for word in words)
        whole = [item.name, *item.covers, *(getattr(item, name) or "" for name in kind.searched)]
        if any(text in part for part in whole):
            score += 8.0 if any(text in part for part in whole[: 1 + len(item.covers)]) else 3.0
        elif pairs and not words:
            own = whole[: 1 + len(item.covers)]
            shared = len(pairs & set().union(*(_pairs(part) for part in own))) / len(pairs)
            # Between equals the one goes first whose words hold more of the characters that were typed.
            single = max(len(set(text) & set(part)) for part in own) / len(set(text))
            score += 2.0 * shared + single if shared >= NEAR else 0.0
        if score:
            found.append((score, Hit(shown(kind, item), words)))
    found.sort(key=lambda pair: (-pair[0], pair[1].shown.item.code))
    return [hit for _, hit in found]


#: How much of what was typed must at least be shared with an item that holds none of its words.
NEAR = 0.3


def duty_items(on: date, *kinds: DutyKind) -> list[Any]:
    """The duties in force on a day, of all lists or of some."""
    from .kinds import DUTIES

    version = DUTIES.in_force(on)
    if version is None:
        return []
    return [item for item in DUTIES.items_of(version) if not kinds or item.kind in kinds]
