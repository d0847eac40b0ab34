"""The service catalogue: what may be applied for, who decides it, which windows take it in, what the index knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from sanshe.areas.public import Area, Body, BodyKind, bodies_in, handling_units_for, home_area
from sanshe.kernel.access import Viewer
from sanshe.people.public import HouseholdMember, Person

from .access import DraftFileAccess, ServiceItemAccess
from .models import ServiceItem
from .models.services import FACTS

#: Situations in life, in their order; others that a catalogue names stand behind.
LIVES = ("出生", "上学", "就业", "住房", "迁入", "生病", "残疾", "救助", "退休", "身故", "邻里")
#: What a form of an application would ask the applicant to write; each that the file holds is one field saved.
ASKED = ("name", "citizen_number", "phone", "address", "born_on")


@dataclass(frozen=True)
class Material:
    """A material as the catalogue asks for it; `known` when a fact of this person's file stands for it."""

    position: int
    name: str
    fact: str = ""
    original: bool = False
    known: bool = False

    @property
    def instead(self) -> str:
        """The fact that stands for it, in words."""
        return FACTS.get(self.fact, "")


def items_in_force(viewer: Viewer, on: date) -> QuerySet[ServiceItem]:
    """The items that may be applied for on a day, in the order of their codes."""
    rows = ServiceItemAccess.rows(viewer).filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)
    return rows.order_by("code", "-valid_from")


def find_items(viewer: Viewer, text: str, on: date, field: str = "", life: str = "") -> list[ServiceItem]:
    """Items whose name, class, people, guidance, materials or common names hold every word of the text; by name first.

    When none does, those that share most with it: people write a sentence, not the name of an item.
    """
    words = text.replace("\x00", "").split()[:6]
    rows = [
        item for item in items_in_force(viewer, on) if field in ("", item.field) and (not life or life in item.life)
    ]  # fmt: skip
    found = []
    for item in rows:
        near = " ".join((item.code, item.name, *item.says))
        far = " ".join((near, item.field, item.who, item.guidance, *item.life, *(m["name"] for m in item.materials)))
        if all(word in near for word in words):
            found.append((0, item))
        elif all(word in far for word in words):
            found.append((1, item))
    return [item for _, item in sorted(found, key=lambda pair: pair[0])] or _alike(rows, "".join(words))


#: What stands in every question and says nothing of what is wanted.
_EMPTY = ("怎么", "怎样", "如何", "什么", "可以", "办理", "申请", "需要", "我要", "我想", "哪里", "一下")


def _alike(rows: list[ServiceItem], text: str) -> list[ServiceItem]:
    """The items that share pairs of characters with a text, most first."""
    for word in _EMPTY:
        text = text.replace(word, " ")
    pairs = {part[i : i + 2] for part in text.split() for i in range(len(part) - 1)}
    ranked = []
    for item in rows:
        near, far = " ".join((item.name, *item.says)), " ".join((item.field, item.who))
        shared = 2 * sum(pair in near for pair in pairs) + sum(pair in far for pair in pairs)
        if shared >= 2:
            ranked.append((-shared, item.code, item))
    ranked.sort(key=lambda one: one[:2])
    best = -ranked[0][0] if ranked else 0
    return [item for score, _, item in ranked if -score * 2 >= best][:12]


def lives_in_force(viewer: Viewer, on: date) -> list[str]:
    """The situations in life that items in force name, in the order of a life."""
    named = {name for item in items_in_force(viewer, on) for name in item.life}
    return [name for name in LIVES if name in named] + sorted(named - set(LIVES))


def drafts_of(viewer: Viewer, on: date) -> list[ServiceItem]:
    """The items that the viewer began to apply for and for which something chosen is kept."""
    if not viewer.signed_in:
        return []
    codes = DraftFileAccess.rows(viewer).values("code")
    return list(items_in_force(viewer, on).filter(code__in=codes))


def near_windows(area: Area | None, on: date) -> list[Body]:
    """The windows of a community: its station, then its street's centre."""
    if area is None:
        return []
    kinds = (BodyKind.COMMUNITY_CENTRE, BodyKind.STREET_CENTRE)
    own = list(bodies_in(area, kinds[:1], on))
    street = area.parent
    above = [one for one in bodies_in(street, kinds[1:], on) if one.area_id == street.pk] if street is not None else []
    return [*own, *above]


def item_typed(viewer: Viewer, typed: str, on: date) -> tuple[ServiceItem | None, list[ServiceItem]]:
    """The one item that a typed text means, and else those it may mean: a whole name or code is that one."""
    typed = typed.strip()
    if not typed:
        return None, []
    for item in items_in_force(viewer, on):
        if typed in (item.name, item.code):
            return item, []
    found = find_items(viewer, typed, on)
    return (found[0], []) if len(found) == 1 else (None, found[:8])


def item_of(viewer: Viewer, code: str, on: date) -> ServiceItem | None:
    """The item of a code that is in force on a day."""
    return items_in_force(viewer, on).filter(code=code).first()


def versions_of(viewer: Viewer, code: str) -> list[ServiceItem]:
    """All versions of an item, newest first."""
    return list(ServiceItemAccess.rows(viewer).filter(code=code).order_by("-valid_from"))


def fields_in_force(viewer: Viewer, on: date) -> list[str]:
    """The classes, in the order of the items."""
    return list(dict.fromkeys(items_in_force(viewer, on).values_list("field", flat=True)))


def known_facts(person: Person | None, on: date) -> set[str]:
    """Which facts the index holds of a person on a day; nothing of what they are."""
    if person is None:
        return set()
    held = {name for name in ("name", "citizen_number", "phone", "address", "born_on") if getattr(person, name)}
    homes = HouseholdMember.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), person=person, valid_from__lte=on)
    return held | ({"household"} if homes.exists() else set())


def materials_for(item: ServiceItem, held: set[str]) -> list[Material]:
    """The materials of an item, each marked when the facts held stand for it."""
    return [
        Material(
            position=at, name=str(row["name"]), fact=str(row.get("known") or ""), original=bool(row.get("original")),
            known=bool(row.get("known")) and row.get("known") in held,
        )
        for at, row in enumerate(item.materials)
    ]  # fmt: skip


def deciding_body(area: Area, item: ServiceItem, on: date) -> Body | None:
    """The body of the community's, its street's or the New Area's back office that decides an item; None without any.

    The nearest of those that bear the name; else the one whose name shares most with it, else the street's own.
    """
    units = list(handling_units_for(area, on))
    named = [unit for unit in units if unit.name.endswith(item.decides)]
    if named:
        return min(named, key=lambda unit: (-unit.area.lo, unit.pk))
    pairs = {item.decides[i : i + 2] for i in range(len(item.decides) - 1)}

    # Of the others the street's own come first: what no one is named for is the street's to give to the right one.
    def far(unit: Body) -> tuple[Any, ...]:
        shared = sum(pair in unit.name for pair in pairs)
        elsewhere, office = unit.area_id != area.parent_id, unit.kind == BodyKind.STREET_OFFICE
        return (-shared, unit.kind == BodyKind.UTILITY, elsewhere, not office, unit.pk)

    ranked = sorted(units, key=far)
    return ranked[0] if ranked else None


def windows(on: date) -> list[dict[str, Any]]:
    """Where one may apply: each street with its centre and the stations of its communities."""
    try:
        home = home_area()
    except Area.DoesNotExist:
        return []
    rows = bodies_in(home, (BodyKind.COMMUNITY_CENTRE, BodyKind.STREET_CENTRE), on).order_by("area__lo")
    streets: dict[int | None, dict[str, Any]] = {}
    for body in rows.select_related("area", "area__parent"):
        of_street = body.kind == BodyKind.STREET_CENTRE
        street = body.area if of_street else body.area.parent
        entry = streets.setdefault(street.pk if street else None, {"street": street, "centre": None, "stations": []})
        if of_street:
            entry["centre"] = body
        else:
            entry["stations"].append(body)
    return list(streets.values())
