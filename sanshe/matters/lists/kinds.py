"""What each list is made of: its tables, rules, the fields of an item and how they are shown. Said once.

Forms, comparison, checks, history and the sheet are drawn from the fields named here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from sanshe.kernel.access import Access
from sanshe.kernel.errors import NotVisible

from ..access import CriteriaSetAccess
from ..models import CriteriaSet, Criterion, DutyItem, DutyList
from ..models.versions import ListItem, ListVersion
from ..words import ROUTE_SAYS, DeadlineKind, Route
from .access import DutyListAccess
from .words import DUTY_SAYS, DutyKind


@dataclass(frozen=True)
class Field:
    """One field of an item: its name, what it is called, and how a value is written for people."""

    name: str
    label: str
    shown: Callable[[Any], str] = lambda value: str(value or "")


@dataclass(frozen=True)
class Kind:
    """One list. `group`: the field by which its items are told apart, with the choices and what each one says.

    `letters`: the letter with which the codes of a group begin. `searched`: further fields that a search looks into.
    """

    key: str
    title: str
    item_title: str
    versions: type[Any]
    items: type[Any]
    access: type[Access[Any]]
    fields: tuple[Field, ...]
    group: str
    groups: tuple[tuple[str, str, str], ...]
    letters: dict[str, str] = field(default_factory=dict)
    searched: tuple[str, ...] = ()

    def in_force(self, on: date) -> ListVersion | None:
        """The version in force on a day, None when there is none."""
        rows: QuerySet[Any] = self.versions.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on
        )
        return rows.order_by("-valid_from", "-pk").first()

    def items_of(self, version: ListVersion) -> list[Any]:
        """The items of a version in their order: by group, then by code."""
        order = {value: place for place, (value, _, _) in enumerate(self.groups)}
        rows = self.items.objects.filter(set=version)
        return sorted(rows, key=lambda row: (order.get(getattr(row, self.group), 9), row.code))

    def values(self, item: ListItem) -> dict[str, Any]:
        """The fields of an item that a version may change."""
        return {one.name: getattr(item, one.name) for one in self.fields}

    def group_label(self, item: ListItem) -> str:
        """What the group of an item is called."""
        return next((label for value, label, _ in self.groups if value == getattr(item, self.group)), "")


def _yes(value: Any) -> str:
    return "是" if value else "否"


def _hours(value: Any) -> str:
    return f"{value} 小时" if value else ""


def _words(value: Any) -> str:
    return "、".join(value or [])


CRITERIA = Kind(
    key="criteria",
    title="三事分流清单",
    item_title="标准",
    versions=CriteriaSet,
    items=Criterion,
    access=CriteriaSetAccess,
    fields=(
        Field("name", "名称"),
        Field("route", "分类", lambda value: str(Route(value).label)),
        Field("covers", "包括（关键词）", _words),
        Field("unit_hint", "一般由谁承办"),
        Field("deadline", "期限", lambda value: str(DeadlineKind(value).label)),
        Field("urgent", "紧急", _yes),
        Field("hours", "紧急办理期限", _hours),
        Field("guidance", "指引"),
    ),
    group="route",
    groups=tuple((r.value, str(r.label), ROUTE_SAYS[r]) for r in Route),
    letters={Route.GOVERNMENT: "D", Route.JOINT: "X", Route.SELF: "S"},
    searched=("guidance", "unit_hint"),
)

DUTIES = Kind(
    key="duties",
    title="社区职责清单",
    item_title="条目",
    versions=DutyList,
    items=DutyItem,
    access=DutyListAccess,
    fields=(
        Field("name", "名称"),
        Field("kind", "清单", lambda value: str(DutyKind(value).label)),
        Field("covers", "包括（关键词）", _words),
        Field("says", "界限说明"),
        Field("leads", "牵头单位"),
        Field("basis", "依据"),
        Field("needs_funds", "须随任务拨付经费", _yes),
        Field("needs_people", "须派人到场", _yes),
    ),
    group="kind",
    groups=tuple((k.value, str(k.label), DUTY_SAYS[k]) for k in DutyKind),
    letters={DutyKind.OWN: "Z", DutyKind.ASSIST: "B", DutyKind.EXCLUDED: "F"},
    searched=("says", "leads", "basis"),
)

KINDS = {kind.key: kind for kind in (CRITERIA, DUTIES)}


def kind_of(key: str) -> Kind:
    """The list of that key. Raises NotVisible: it is part of an address."""
    try:
        return KINDS[key]
    except KeyError:
        raise NotVisible() from None
