"""Readers of tasks: who may ask for whom, the list, the figures of each asking department with the rows behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from sanshe.accounts.public import Post, posts_held
from sanshe.areas.public import Area, AreaLevel, communities_of, home_area
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer

from ..lists.queries import duty_items
from ..lists.words import DutyKind
from .access import ASKERS, TaskOrderAccess, TaskPartAccess
from .words import SPARED, OrderState

#: What the figures count: name → what it is called and which states it takes in.
FIGURES: dict[str, tuple[str, tuple[str, ...]]] = {
    "asked": ("提出", tuple(OrderState.values)),
    "spared": ("挡下", tuple(SPARED)),
    "waiting": ("待审核", (OrderState.WAITING,)),
    "own": ("属自治未作任务", (OrderState.OWN,)),
    "out": ("已下达", (OrderState.OUT, OrderState.DONE)),
    "done": ("已完成", (OrderState.DONE,)),
}


def asking_posts(viewer: Viewer, on: date) -> list[Post]:
    """The posts for which the viewer may ask a task of communities."""
    if viewer.user_id is None:
        return []
    rows = posts_held(viewer, on).filter(role__in=[role.value for role in ASKERS])
    found: dict[tuple[int | None, int | None], Post] = {}
    for post in rows.select_related("area", "body__area"):
        found.setdefault((post.area_id, post.body_id), post)
    return list(found.values())


def reach_of(post: Post) -> Area:
    """The area whose communities a post may ask."""
    found = post.body.area if post.body is not None else post.area
    assert found is not None, "a post is held in an area or in a body"
    return found


def reachable(post: Post) -> list[Area]:
    """The communities that may be asked for a post, in the order of the tree."""
    area = reach_of(post)
    if area.level == AreaLevel.COMMUNITY:
        return [area]
    return list(communities_of(area.pk))


def gate_of(communities: list[Area]) -> Area:
    """Where a task that stands on no list is admitted: the one street of all its communities, else the home area."""
    parents = {area.parent_id for area in communities}
    if len(parents) == 1:
        parent = communities[0].parent
        if parent is not None:
            return parent
    return home_area()


def grounds(on: date) -> list[tuple[str, Any]]:
    """The items that an asker may name, for a select: those of the assistance list."""
    return [(str(item.pk), f"{item.code} {item.name}") for item in duty_items(on, DutyKind.ASSIST)]


def grounds_to_refuse(on: date) -> list[tuple[str, Any]]:
    """The items that a refusal may cite."""
    items = duty_items(on, DutyKind.EXCLUDED, DutyKind.OWN)
    return [(str(item.pk), f"{item.get_kind_display()} {item.code} {item.name}") for item in items]


def tasks(viewer: Viewer, chosen: Mapping[str, Any]) -> QuerySet[Any]:
    """The tasks the viewer may see, newest first, narrowed by `figure`, `asker` ("b12" a unit, "a5" an area), `year`
    and `state`."""
    rows = TaskOrderAccess.rows(viewer)
    figure = FIGURES.get(chosen.get("figure") or "")
    if figure is not None:
        rows = rows.filter(state__in=figure[1])
    if chosen.get("state") in OrderState.values:
        rows = rows.filter(state=chosen["state"])
    asker = str(chosen.get("asker") or "")
    if asker[1:].isdigit() and len(asker) < 18:
        rows = rows.filter(unit_id=int(asker[1:])) if asker[0] == "b" else rows.filter(area_id=asker[1:], unit=None)
    year = chosen.get("year")
    if year:
        rows = rows.filter(asked_at__gte=clock.at(year, 1, 1), asked_at__lt=clock.at(year + 1, 1, 1))
    return rows.select_related("unit", "area", "item").annotate(places=Count("parts")).order_by("-asked_at", "-pk")


def parts_of(viewer: Viewer, order: Any) -> list[Any]:
    """The parts of a task that the viewer may see."""
    return list(TaskPartAccess.rows(viewer).filter(order=order).select_related("area", "handler").order_by("area__lo"))


@dataclass(frozen=True)
class Line:
    """One asking department: how many tasks of each kind, the hours that were spared and those that went out."""

    key: str
    name: str
    counts: Mapping[str, int]
    spared: int
    given: int

    @property
    def cells(self) -> list[tuple[str, str, int]]:
        """Figure, what it is called, number."""
        return [(name, label, self.counts[name]) for name, (label, _) in FIGURES.items()]


def figures(viewer: Viewer, year: int) -> list[Line]:
    """The figures of each asking department in a year, those who were refused most first."""
    rows = TaskOrderAccess.rows(viewer).filter(
        asked_at__gte=clock.at(year, 1, 1), asked_at__lt=clock.at(year + 1, 1, 1)
    )
    counted: Any = (
        rows.order_by()
        .values("unit", "unit__name", "area", "area__name")
        .annotate(
            **{
                f"n_{name}": Count("pk", filter=Q(state__in=states), distinct=True)
                for name, (_, states) in FIGURES.items()
            }
        )
    )
    spent: Any = rows.filter(parts__isnull=False).order_by().values("unit", "area").annotate(
        spared=Sum("hours", filter=Q(state__in=SPARED)), given=Sum("hours", filter=Q(state__in=FIGURES["out"][1]))
    )  # fmt: skip
    hours = {(row["unit"], row["area"]): (row["spared"] or 0, row["given"] or 0) for row in spent}
    lines = []
    for row in counted:
        key = f"b{row['unit']}" if row["unit"] else f"a{row['area']}"
        name = row["unit__name"] or f"{row['area__name']}（机关）"
        counts = {figure: row[f"n_{figure}"] for figure in FIGURES}
        lines.append(Line(key, name, counts, *hours.get((row["unit"], row["area"]), (0, 0))))
    return sorted(lines, key=lambda line: (-line.counts["spared"], -line.counts["asked"], line.name))


def total(lines: list[Line]) -> Line:
    """All departments together."""
    counts = {name: sum(line.counts[name] for line in lines) for name in FIGURES}
    return Line("", "合计", counts, sum(line.spared for line in lines), sum(line.given for line in lines))
